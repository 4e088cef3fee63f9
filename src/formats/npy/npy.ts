import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { bytesOf, elementSize, elementsOf } from '../arrays/elements.ts';
import type { StoredArray } from '../arrays/stored.ts';
import { damaged, readHeader } from './header.ts';
import { CODES, MAGIC } from './types.ts';

/**
 * Reads an array in NumPy's format: any version, either byte order, C or Fortran order.
 * The elements are a view of `bytes` if they need no conversion, so `bytes` must not change while they are in use.
 *
 * @throws ValueError if the file is damaged or contains more than one array.
 * @throws NotImplementedError if the elements are not numbers or booleans.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(bytes: Uint8Array, who: string): StoredArray {
  const { dtype, isBigEndian, fortranOrder, shape, dataAt } = readHeader(bytes, who);
  const size = elementSize(dtype);
  const length = shape.includes(0) ? 0 : shape.reduce((product, each) => product * each, size);
  const data = bytes.subarray(dataAt);
  if (data.byteLength !== length) {
    throw damaged(who, `${data.byteLength} bytes of elements, where shape=${show(shape)} and ${dtype} need ${length}`);
  }
  const ordered = isBigEndian && size > 1 ? swapped(data, size) : data;
  const byRow = fortranOrder && shape.length > 1 ? rowsFirst(ordered, shape, size) : ordered;
  return { kind: 'array', dtype, shape, data: elementsOf(dtype, byRow) };
}

/** Reverses the bytes of each element. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const turned = new Uint8Array(bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += size) {
    for (let i = 0; i < size; i++) turned[at + i] = bytes[at + size - 1 - i] ?? 0;
  }
  return turned;
}

/** Converts elements from Fortran order to C order. */
function rowsFirst(bytes: Uint8Array, shape: readonly number[], size: number): Uint8Array {
  const strides: number[] = [];
  let stride = size;
  for (const each of shape) {
    strides.push(stride);
    stride *= each;
  }
  const ordered = new Uint8Array(bytes.byteLength);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < bytes.byteLength; to += size) {
    for (let i = 0; i < size; i++) ordered[to + i] = bytes[from + i] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [step = 0, most = 0, at = 0] = [strides[axis], shape[axis], index[axis]];
      if (at + 1 < most) {
        index[axis] = at + 1;
        from += step;
        break;
      }
      index[axis] = 0;
      from -= at * step;
    }
  }
  return ordered;
}

/** The number of digits that NumPy reserves for the first size, so that a file can grow in place. */
const ROOM_TO_GROW = 21;

/**
 * Writes an array as NumPy does: version 1.0, C order, little-endian.
 *
 * @throws ValueError if the elements do not match the shape.
 * @throws NotImplementedError for bfloat16, which NumPy lacks.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function writeNpy({ dtype, shape, data }: StoredArray, who = 'writeNpy'): Uint8Array {
  const code = CODES.get(dtype);
  if (code === undefined) {
    throw new NotImplementedError(
      `[${who}] NumPy must support the dtype. Received: dtype=${dtype}. Write it as float32.`,
    );
  }
  const length = shape.reduce((product, size) => product * size, elementSize(dtype));
  if (length !== data.byteLength) {
    throw new ValueError(
      `[${who}] an array's elements must fit its shape and type. Received: shape=${show(shape)}, dtype=${dtype} and ${data.byteLength} bytes.`,
    );
  }
  const order = elementSize(dtype) === 1 ? '|' : '<';
  const sizes = shape.length === 1 ? `(${shape.join('')},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': ${sizes}, }`;
  const room = shape.length === 0 ? 0 : ROOM_TO_GROW - String(shape[0]).length;
  const text = dictionary + ' '.repeat(Math.max(0, room));
  // The elements start at a multiple of 64, after a line break.
  const dataAt = Math.ceil((MAGIC.length + 4 + text.length + 1) / 64) * 64;
  const file = new Uint8Array(dataAt + length);
  const headerLength = dataAt - MAGIC.length - 4;
  file.set([...MAGIC, 1, 0, headerLength & 255, headerLength >> 8]);
  file.set(new TextEncoder().encode(`${text.padEnd(headerLength - 1)}\n`), MAGIC.length + 4);
  file.set(bytesOf(data), dataAt);
  return file;
}
