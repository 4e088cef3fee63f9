import { type DType, type TypedArray, allocate } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';

/** Narrower rows are copied number by number: a view of a row costs more than its numbers. */
const NARROW = 16;

/**
 * Gathers rows of an array into a buffer that is reused, one for each number of rows. Rows in the order of the array, of the dtype
 * that is asked for, share its memory instead.
 */
export class RowBuffer {
  readonly #source: Tensor;
  readonly #dtype: DType;
  readonly #width: number;
  readonly #buffers = new Map<number, Tensor>();

  constructor(source: Tensor, dtype: DType) {
    this.#source = source;
    this.#dtype = dtype;
    this.#width = sizeOf(source.shape.slice(1));
  }

  /** The rows `start` to `end` (exclusive) of an order; `null` is the order of the array. */
  gather(start: number, end: number, order: Int32Array | null): Tensor {
    if (order === null && this.#source.dtype === this.#dtype) return sliceRows(this.#source, start, end);
    const target = this.#buffer(end - start);
    const width = this.#width;
    const source = this.#source.data;
    if (order === null) target.data.set(source.subarray(start * width, end * width));
    else if (width < NARROW) copyNumbers(source, target.data, order.subarray(start, end), width);
    else {
      for (let i = start; i < end; i++) {
        const row = order[i] ?? 0;
        target.data.set(source.subarray(row * width, (row + 1) * width), (i - start) * width);
      }
    }
    return target;
  }

  #buffer(rows: number): Tensor {
    const found = this.#buffers.get(rows);
    if (found !== undefined) return found;
    const shape = [rows, ...this.#source.shape.slice(1)];
    const made = new Tensor(allocate(this.#dtype, rows * this.#width), shape, this.#dtype);
    this.#buffers.set(rows, made);
    return made;
  }
}

function copyNumbers(source: TypedArray, target: TypedArray, rows: Int32Array, width: number): void {
  let at = 0;
  for (const row of rows) {
    const from = row * width;
    for (let i = 0; i < width; i++) target[at++] = source[from + i] ?? 0;
  }
}

/** The rows `start` to `end` (exclusive) of an array, sharing its memory. */
export function sliceRows(source: Tensor, start: number, end: number): Tensor {
  const width = sizeOf(source.shape.slice(1));
  const shape = [end - start, ...source.shape.slice(1)];
  return new Tensor(source.data.subarray(start * width, end * width), shape, source.dtype);
}
