import { DATASET_FREE_BYTES, DATASET_MAX_EXPANSION } from '../../../core/limits.ts';
import { elementsOf } from '../../arrays/elements.ts';
import type { StoredArray, StoredAttribute, StoredType } from '../../arrays/stored.ts';
import { type ChunkedDataset, assemble, findChunks } from './chunks.ts';
import { countElements, readDataspace } from './dataspace.ts';
import { type Datatype, readDatatype } from './datatype.ts';
import { readFilters } from './filters.ts';
import { type Layout, readLayout } from './layout.ts';
import { MESSAGE, type Message } from './object-header.ts';
import { toNative } from './native.ts';
import type { Cursor, Source } from './source.ts';

/** Reads all elements of a dataset: a view of the file if they need no decoding, otherwise a copy. */
export function readDataset(
  source: Source,
  messages: readonly Message[],
  attributes: ReadonlyMap<string, StoredAttribute>,
  path: string,
): StoredArray {
  const find = (type: number): Cursor | undefined => messages.find((message) => message.type === type)?.body;
  const need = (type: number, what: string): Cursor => {
    const body = find(type);
    if (body === undefined) throw source.malformed(`a dataset without ${what} at ${path}`);
    return body;
  };
  if (find(MESSAGE.externalFiles) !== undefined) {
    throw source.refersElsewhere(`a dataset with external storage at ${path}`);
  }
  const space = need(MESSAGE.dataspace, 'a shape');
  const shape = readDataspace(space) ?? [0];
  const count = countElements(space, shape);
  const datatype = readDatatype(need(MESSAGE.datatype, 'a type'), path);
  const dtype = storedType(source, datatype, attributes, path);
  const layout = readLayout(need(MESSAGE.layout, 'a layout'), path);
  const filterMessage = find(MESSAGE.filters);
  const filters = filterMessage === undefined ? [] : readFilters(filterMessage, path);
  const length = count * datatype.size;
  const fill = (): Uint8Array => filled(source, messages, length, datatype.size, path);
  let bytes: Uint8Array;
  if (length === 0) bytes = new Uint8Array(0);
  else if (layout.kind === 'chunked') {
    const dataset: ChunkedDataset = { source, path, shape, elementSize: datatype.size, layout, filters };
    const chunks = findChunks(dataset);
    checkSize(
      source,
      path,
      length,
      chunks.reduce((sum, { stored }) => sum + stored, 0),
    );
    const chunkLength = layout.chunk.reduce((product, size) => product * size, datatype.size);
    if (chunks.length > 0) source.expand(chunkLength, path);
    bytes = fill();
    assemble(dataset, chunks, bytes);
  } else {
    bytes = inOnePiece(source, layout, length, path) ?? fill();
  }
  const native = toNative(bytes, datatype);
  if (native !== bytes) source.expand(length, path);
  return { kind: 'array', dtype, shape, data: elementsOf(dtype, native), ...(attributes.size > 0 && { attributes }) };
}

function inOnePiece(
  source: Source,
  layout: Exclude<Layout, { kind: 'chunked' }>,
  length: number,
  path: string,
): Uint8Array | undefined {
  if (layout.kind === 'compact') {
    if (layout.bytes.byteLength < length) {
      throw source.malformed(`${layout.bytes.byteLength} of ${length} bytes at ${path}`);
    }
    return layout.bytes.subarray(0, length);
  }
  if (layout.address === undefined) return undefined;
  if (layout.length !== undefined && layout.length < length) {
    throw source.malformed(`${layout.length} of ${length} bytes at ${path}`);
  }
  // Counted in either case, although only unaligned elements are copied.
  source.expand(length, path);
  return source.raw(layout.address, length, path);
}

function checkSize(source: Source, path: string, length: number, stored: number): void {
  if (length > DATASET_FREE_BYTES && length > DATASET_MAX_EXPANSION * stored) {
    throw source.malformed(`${length} bytes declared at ${path}, ${stored} of them stored,`);
  }
}

/** Allocates the elements, initialized to the fill value or to zeros. */
function filled(
  source: Source,
  messages: readonly Message[],
  length: number,
  elementSize: number,
  path: string,
): Uint8Array {
  const value = fillValue(messages);
  source.expand(length, path);
  const bytes = new Uint8Array(length);
  if (value?.byteLength !== elementSize || value.every((byte) => byte === 0)) return bytes;
  bytes.set(value);
  for (let done = elementSize; done < length; done *= 2) bytes.copyWithin(done, 0, Math.min(done, length - done));
  return bytes;
}

function fillValue(messages: readonly Message[]): Uint8Array | undefined {
  for (const { type, body } of messages) {
    if (type === MESSAGE.oldFillValue) return body.bytes(body.uint32());
    if (type !== MESSAGE.fillValue) continue;
    const version = body.expect('fill value version', body.byte(), [1, 2, 3]);
    if (version === 3) return (body.byte() & 0x20) !== 0 ? body.bytes(body.uint32()) : undefined;
    body.skip(2);
    const isDefined = body.byte() !== 0;
    return isDefined && body.left >= 4 ? body.bytes(body.uint32()) : undefined;
  }
  return undefined;
}

function storedType(
  source: Source,
  datatype: Datatype,
  attributes: ReadonlyMap<string, StoredAttribute>,
  path: string,
): StoredType {
  // Keras stores bfloat16 as two opaque bytes and marks it with an attribute.
  const isBrain = attributes.get('dtype') === 'bfloat16' && datatype.size === 2;
  if (datatype.kind === 'opaque' && isBrain) return 'bfloat16';
  if (datatype.kind !== 'number') throw source.unsupported(`${datatype.kind} of ${datatype.size} bytes at ${path}`);
  return isBrain && datatype.dtype === 'uint16' ? 'bfloat16' : datatype.dtype;
}
