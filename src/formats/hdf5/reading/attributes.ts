import { elementsOf } from '../../arrays/elements.ts';
import type { StoredArray, StoredAttribute } from '../../arrays/stored.ts';
import { readBTreeV2 } from './btree-v2.ts';
import { countElements, readDataspace } from './dataspace.ts';
import { type Datatype, readDatatype } from './datatype.ts';
import { FractalHeap } from './fractal-heap.ts';
import type { GlobalHeaps } from './global-heap.ts';
import { MESSAGE, type Message } from './object-header.ts';
import { type Cursor, type Source, decodeText } from './source.ts';
import { toNative } from './native.ts';

/** Reads the attributes of an object from its header messages, or from its fractal heap if they are stored densely. */
export function readAttributes(
  source: Source,
  heaps: GlobalHeaps,
  messages: readonly Message[],
  path: string,
): Map<string, StoredAttribute> {
  const attributes = new Map<string, StoredAttribute>();
  const add = (body: Cursor): void => {
    const [name, value] = readAttribute(source, heaps, body, path);
    if (attributes.has(name)) throw source.malformed(`two attributes named ${name} at ${path}`);
    attributes.set(name, value);
  };
  for (const { type, body } of messages) {
    if (type === MESSAGE.attribute) add(body);
    if (type === MESSAGE.attributeInfo) readDense(source, body).forEach(add);
  }
  return attributes;
}

function readDense(source: Source, body: Cursor): Cursor[] {
  body.expect('attribute info version', body.byte(), [0]);
  if ((body.byte() & 1) !== 0) body.skip(2);
  const heapAddress = body.optionalAddress();
  const tree = body.optionalAddress();
  if (heapAddress === undefined || tree === undefined) return [];
  const heap = new FractalHeap(source, heapAddress);
  return readBTreeV2(source, tree, [8]).map((record) => {
    const id = record.body.part(heap.identifierLength);
    if ((record.body.byte() & 2) !== 0) throw source.unsupported('attributes that are shared');
    return heap.object(id);
  });
}

function readAttribute(source: Source, heaps: GlobalHeaps, body: Cursor, path: string): [string, StoredAttribute] {
  const version = body.expect('attribute version', body.byte(), [1, 2, 3]);
  const flags = body.byte();
  if (version > 1 && (flags & 3) !== 0) throw source.unsupported(`an attribute with a committed type at ${path}`);
  const nameLength = body.uint16();
  const typeLength = body.uint16();
  const spaceLength = body.uint16();
  if (version === 3) body.skip(1);
  const pad = (length: number): number => (version === 1 ? Math.ceil(length / 8) * 8 : length);
  const name = body.part(pad(nameLength)).text(nameLength);
  const where = `${path}@${name}`;
  const datatype = readDatatype(body.part(pad(typeLength)), where);
  const space = body.part(pad(spaceLength));
  const shape = readDataspace(space);
  const count = shape === undefined ? 0 : countElements(space, shape);
  const value = body.part(count * datatype.size);
  source.expand(count * datatype.size, where);
  return [name, toAttribute(source, heaps, datatype, shape ?? [0], value, where)];
}

function toAttribute(
  source: Source,
  heaps: GlobalHeaps,
  datatype: Datatype,
  shape: readonly number[],
  value: Cursor,
  where: string,
): StoredAttribute {
  if (datatype.kind === 'opaque') throw source.unsupported(`opaque bytes at ${where}`);
  if (datatype.kind === 'number') {
    const { dtype } = datatype;
    const data = elementsOf(dtype, toNative(value.bytes(value.left), datatype));
    const array: StoredArray = { kind: 'array', dtype, shape, data };
    const [only] = data;
    const isHalf = dtype === 'float16' || dtype === 'bfloat16';
    if (shape.length > 0 || only === undefined || isHalf || dtype === 'bool') return array;
    return Number.isSafeInteger(Number(only)) || typeof only === 'number' ? Number(only) : array;
  }
  const texts: string[] = [];
  while (value.left > 0) {
    const bytes = datatype.kind === 'string' ? unpad(value.bytes(datatype.size), datatype.padding) : heaps.bytes(value);
    source.expand(bytes.byteLength, where);
    texts.push(decodeText(source, bytes, where));
  }
  if (shape.length > 1) throw source.unsupported(`strings of ${shape.length} axes at ${where}`);
  return shape.length === 0 ? (texts[0] ?? '') : texts;
}

/** Removes the padding of a fixed-length string: null-terminated, null-padded or space-padded. */
function unpad(bytes: Uint8Array, padding: number): Uint8Array {
  let end = bytes.byteLength;
  if (padding === 0) {
    const zero = bytes.indexOf(0);
    return zero < 0 ? bytes : bytes.subarray(0, zero);
  }
  const pad = padding === 2 ? 32 : 0;
  while (end > 0 && bytes[end - 1] === pad) end--;
  return bytes.subarray(0, end);
}
