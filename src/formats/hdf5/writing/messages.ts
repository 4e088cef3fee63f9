import { ValueError } from '../../../core/errors.ts';
import { bytesOf } from '../../arrays/elements.ts';
import type { StoredArray, StoredAttribute } from '../../arrays/stored.ts';
import { Bytes } from './bytes.ts';
import { checkArray } from './check.ts';
import { longTextType, writeDataspace, writeDatatype } from './datatype.ts';
import type { TextHeap } from './text-heap.ts';

/** Keras's maximum attribute size, in bytes, slightly below HDF5's 64 KiB per message. */
const LARGEST_ATTRIBUTE = 64_512;

/** A message of an object header, by its type number in the format. */
export interface Message {
  readonly type: number;
  readonly body: Uint8Array;
  /** Whether the message is constant. */
  readonly isConstant: boolean;
}

/** Writes an object header with its messages. */
export function writeHeader(messages: readonly Message[]): Uint8Array {
  const body = new Bytes();
  for (const { type, body: content, isConstant } of messages) {
    body
      .uint16(type)
      .uint16(Math.ceil(content.byteLength / 8) * 8)
      .byte(isConstant ? 1 : 0)
      .zeros(3);
    body.bytes(content).align();
  }
  const head = new Bytes().byte(1).byte(0).uint16(messages.length).uint32(1).uint32(body.length).zeros(4);
  return head.bytes(body.done()).done();
}

/** The messages of an array with elements at an address (undefined if it is empty). */
export function arrayMessages(array: StoredArray, address: number | undefined): Message[] {
  const layout = new Bytes().byte(3).byte(1);
  if (address === undefined) layout.undefinedAddress();
  else layout.word(address);
  layout.word(array.data.byteLength);
  return [
    { type: 0x01, body: writeDataspace(array.shape), isConstant: false },
    { type: 0x03, body: writeDatatype(array.dtype), isConstant: true },
    // The fill value: zeros.
    { type: 0x05, body: new Uint8Array([2, 2, 2, 1, 0, 0, 0, 0]), isConstant: true },
    { type: 0x08, body: layout.done(), isConstant: false },
  ];
}

/** The message of an attribute. */
export function attributeMessage(
  who: string,
  path: string,
  name: string,
  value: StoredAttribute,
  heap: TextHeap,
): Message {
  const { type, space, data } = encode(who, `${path}@${name}`, value, heap);
  const encoded = new TextEncoder().encode(`${name}\0`);
  if (name === '' || name.includes('\0') || encoded.byteLength > LARGEST_ATTRIBUTE) {
    throw new ValueError(
      `[${who}] attributes must have names without zero bytes. Received: ${JSON.stringify(name.slice(0, 40))} at ${path}.`,
    );
  }
  if (data.byteLength > LARGEST_ATTRIBUTE) {
    throw new ValueError(
      `[${who}] an attribute must have at most ${LARGEST_ATTRIBUTE} bytes. Received: ${data.byteLength} at ${path}@${name}. Split it, as Keras does: ${name}0, ${name}1, ….`,
    );
  }
  // Non-ASCII names need version 3, which has a character-set field and no padding.
  const isAscii = encoded.byteLength === name.length + 1;
  const body = new Bytes().byte(isAscii ? 1 : 3).byte(0);
  body.uint16(encoded.byteLength).uint16(type.byteLength).uint16(space.byteLength);
  if (isAscii) body.bytes(encoded).align().bytes(type).align().bytes(space).align();
  else body.byte(1).bytes(encoded).bytes(type).bytes(space);
  return { type: 0x0c, body: body.bytes(data).done(), isConstant: false };
}

interface Encoded {
  readonly type: Uint8Array;
  readonly space: Uint8Array;
  readonly data: Uint8Array;
}

function encode(who: string, where: string, value: StoredAttribute, heap: TextHeap): Encoded {
  if (typeof value === 'number') {
    const isInteger = Number.isSafeInteger(value) && !Object.is(value, -0);
    const data = isInteger ? BigInt64Array.of(BigInt(value)) : Float64Array.of(value);
    return { type: writeDatatype(isInteger ? 'int64' : 'float64'), space: writeDataspace([]), data: bytesOf(data) };
  }
  if (typeof value === 'string' || isList(value)) {
    const data = new Bytes();
    const texts = typeof value === 'string' ? [value] : value;
    if (texts.length * 16 <= LARGEST_ATTRIBUTE) for (const text of texts) heap.add(text, data);
    else data.zeros(texts.length * 16);
    const shape = typeof value === 'string' ? [] : [value.length];
    return { type: longTextType(), space: writeDataspace(shape), data: data.done() };
  }
  checkArray(who, where, value);
  return { type: writeDatatype(value.dtype), space: writeDataspace(value.shape), data: bytesOf(value.data) };
}

function isList(value: readonly string[] | StoredArray): value is readonly string[] {
  return Array.isArray(value);
}
