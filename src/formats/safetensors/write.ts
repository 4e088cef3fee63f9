import { ValueError, show } from '../../core/errors.ts';
import { bytesOf, elementSize } from '../arrays/elements.ts';
import type { StoredArray } from '../arrays/stored.ts';
import { LARGEST_HEADER, METADATA, NAMES } from './types.ts';

/**
 * Writes a safetensors file. Tensors are sorted by descending element size, then by name, so every tensor is aligned
 * and equal tensors produce equal bytes. Attributes are not stored.
 *
 * @throws ValueError if a tensor's elements do not match its shape, or its name is reserved by the format.
 * @see https://huggingface.co/docs/safetensors/index#format
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredArray>,
  metadata: ReadonlyMap<string, string> = new Map(),
  who = 'writeSafetensors',
): Uint8Array {
  const sorted = [...tensors].sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => elementSize(y) - elementSize(x) || (a < b ? -1 : 1),
  );
  const header: [string, unknown][] = [];
  if (metadata.size > 0) header.push([METADATA, Object.fromEntries(metadata)]);
  let length = 0;
  for (const [name, array] of sorted) {
    checkTensor(name, array, who);
    const end = length + array.data.byteLength;
    header.push([name, { dtype: NAMES.get(array.dtype), shape: array.shape, data_offsets: [length, end] }]);
    length = end;
  }
  // Written key by key, because an object would move integer-like names to the front.
  const entries = header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const text = new TextEncoder().encode(`{${entries.join(',')}}`);
  const headerLength = Math.ceil(text.byteLength / 8) * 8;
  if (headerLength > LARGEST_HEADER) {
    throw new ValueError(
      `[${who}] names, shapes and metadata must have at most ${LARGEST_HEADER} bytes. Received: ${headerLength}.`,
    );
  }
  const file = new Uint8Array(8 + headerLength + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  // The header is padded with spaces to align the data.
  file.fill(0x20, 8, 8 + headerLength).set(text, 8);
  let at = 8 + headerLength;
  for (const [, { data }] of sorted) {
    file.set(bytesOf(data), at);
    at += data.byteLength;
  }
  return file;
}

function checkTensor(name: string, array: StoredArray, who: string): void {
  if (name === METADATA || name === '__proto__') {
    throw new ValueError(`[${who}] a tensor must not be named ${show(name)}. Received: one.`);
  }
  const bytes = array.shape.reduce((product, size) => product * size, elementSize(array.dtype));
  if (bytes !== array.data.byteLength) {
    throw new ValueError(
      `[${who}] a tensor's elements must fit its shape and type. Received: shape=${show(array.shape)}, dtype=${array.dtype} and ${array.data.byteLength} bytes of ${show(name)}.`,
    );
  }
}
