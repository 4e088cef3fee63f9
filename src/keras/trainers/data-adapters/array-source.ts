import { RandomStream, drawSeed } from '../../../core/random.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { type Tree, fillTree, flatten, mapTree } from '../../../core/tree.ts';
import type { Batch, DataSource } from './batch.ts';
import { type FloatType, feedType, isTensor } from './read-data.ts';
import { RowBuffer, sliceRows } from './row-buffer.ts';

/** Whole arrays in memory, all with the same number of rows. */
export interface Arrays {
  readonly x: Tree<Tensor>;
  readonly y: Tree<Tensor> | null;
  readonly sampleWeight: Tree<Tensor> | null;
  readonly rows: number;
}

export interface ArraySourceOptions {
  readonly batchSize: number;
  /** Another order of the rows in every pass. */
  readonly shuffle: boolean;
  readonly float: FloatType;
}

/** Batches cut from arrays; the last one is short where the rows do not divide. */
export class ArraySource implements DataSource {
  readonly batchCount: number;
  readonly rowCount: number;
  readonly #arrays: Arrays;
  readonly #options: ArraySourceOptions;
  readonly #x: readonly RowBuffer[];
  readonly #y: readonly RowBuffer[];
  readonly #sampleWeight: readonly RowBuffer[];

  constructor(arrays: Arrays, options: ArraySourceOptions) {
    const buffer = (source: Tensor): RowBuffer => new RowBuffer(source, feedType(source.dtype, options.float));
    this.#arrays = arrays;
    this.#options = options;
    this.rowCount = arrays.rows;
    this.batchCount = Math.ceil(arrays.rows / options.batchSize);
    this.#x = flatten(arrays.x, isTensor).map(buffer);
    this.#y = arrays.y === null ? [] : flatten(arrays.y, isTensor).map(buffer);
    this.#sampleWeight = arrays.sampleWeight === null ? [] : flatten(arrays.sampleWeight, isTensor).map(buffer);
  }

  *pass(): Iterator<Batch> {
    const { batchSize, shuffle } = this.#options;
    const order = shuffle ? new RandomStream(drawSeed()).permutation(this.rowCount) : null;
    for (let start = 0; start < this.rowCount; start += batchSize) {
      yield this.#batch(start, Math.min(start + batchSize, this.rowCount), order);
    }
  }

  #batch(start: number, end: number, order: Int32Array | null): Batch {
    const { x, y, sampleWeight } = this.#arrays;
    const gather = (buffers: readonly RowBuffer[]): Tensor[] => buffers.map((each) => each.gather(start, end, order));
    return {
      x: fillTree(x, isTensor, gather(this.#x)),
      y: y === null ? null : fillTree(y, isTensor, gather(this.#y)),
      sampleWeight: sampleWeight === null ? null : fillTree(sampleWeight, isTensor, gather(this.#sampleWeight)),
      size: end - start,
    };
  }
}

/** The first rows and the last rows of arrays, in the same memory. */
export function splitArrays(arrays: Arrays, at: number): readonly [Arrays, Arrays] {
  const part = (start: number, end: number): Arrays => {
    const cut = (source: Tensor): Tensor => sliceRows(source, start, end);
    return {
      x: mapTree(arrays.x, isTensor, cut),
      y: arrays.y === null ? null : mapTree(arrays.y, isTensor, cut),
      sampleWeight: arrays.sampleWeight === null ? null : mapTree(arrays.sampleWeight, isTensor, cut),
      rows: end - start,
    };
  };
  return [part(0, at), part(at, arrays.rows)];
}
