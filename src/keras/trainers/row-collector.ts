import { allocate } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { sameShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';

/** Concatenates batches of rows; into one preallocated array where the number of rows is known. */
export class RowCollector {
  readonly #who: string;
  readonly #rows: number | null;
  readonly #parts: Tensor[] = [];
  #whole: Tensor | null = null;
  #filled = 0;

  constructor(who: string, rows: number | null) {
    this.#who = who;
    this.#rows = rows;
  }

  /** @throws ValueError if the shape of a row differs from that of earlier rows. */
  add(part: Tensor): void {
    const [first] = this.#parts;
    if (first !== undefined && !sameShape(first.shape.slice(1), part.shape.slice(1))) {
      throw new ValueError(
        `[${this.#who}] predict: the outputs of all batches must have the same shape except for the rows. Received: ${showShape(first.shape)} and ${showShape(part.shape)}.`,
      );
    }
    // Kept without a copy: the engine never writes to an output again.
    this.#parts.push(part);
    if (this.#rows === null || part.shape[0] === this.#rows) return;
    this.#whole ??= new Tensor(
      allocate(part.dtype, this.#rows * sizeOf(part.shape.slice(1))),
      [this.#rows, ...part.shape.slice(1)],
      part.dtype,
    );
    this.#whole.data.set(part.data, this.#filled);
    this.#filled += part.size;
    this.#parts.length = 1;
  }

  /** All rows in one tensor. */
  join(): Tensor {
    const [first] = this.#parts;
    if (first === undefined) throw new ValueError(`[${this.#who}] predict needs data. Received: no batch.`);
    const row = first.shape.slice(1);
    const whole = this.#whole;
    if (whole !== null) {
      const rows = this.#filled / Math.max(1, sizeOf(row));
      return rows === whole.shape[0]
        ? whole
        : new Tensor(whole.data.slice(0, this.#filled), [rows, ...row], whole.dtype);
    }
    const rows = this.#parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
    const joined = new Tensor(allocate(first.dtype, rows * sizeOf(row)), [rows, ...row], first.dtype);
    let offset = 0;
    for (const part of this.#parts) {
      joined.data.set(part.data, offset);
      offset += part.size;
    }
    return joined;
  }
}
