import { RandomStream, drawSeed } from '../../../core/random.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { RowBuffer, sliceRows } from './array-slicing.ts';
import { type Batch, type DataAdapter, DataStructure } from './data-adapter.ts';
import type { FloatType } from './expected-data.ts';
import { inFeedTypes } from './read-batch.ts';
import { feedType } from './read-data.ts';

/** Options of an {@link ArrayDataAdapter}. */
export interface ArrayDataOptions {
  /** Rows in a batch. */
  readonly batchSize: number;
  /** Whether every pass visits the rows in a new order. */
  readonly shuffle: boolean;
  /** The type in which floating-point data is fed. */
  readonly float: FloatType;
}

/**
 * Cuts arrays in memory into batches. The last batch is shorter where the batch size does not divide the rows.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/data_adapters/array_data_adapter.py
 */
export class ArrayDataAdapter implements DataAdapter {
  readonly known: readonly [whole: Batch];
  readonly batchCount: number;
  readonly rowCount: number;
  readonly #options: ArrayDataOptions;
  readonly #x: readonly RowBuffer[];
  readonly #y: readonly RowBuffer[];
  readonly #sampleWeight: readonly RowBuffer[];

  constructor(whole: Batch, options: ArrayDataOptions) {
    const buffer = (source: Tensor): RowBuffer => new RowBuffer(source, feedType(source.dtype, options.float));
    this.known = [whole];
    this.rowCount = whole.size;
    this.batchCount = Math.ceil(whole.size / options.batchSize);
    this.#options = options;
    this.#x = whole.x.map(buffer);
    this.#y = whole.y.map(buffer);
    this.#sampleWeight = whole.sampleWeight.map(buffer);
  }

  *examples(): Generator<Batch, void, undefined> {
    const [whole] = this.known;
    const { batchSize, float } = this.#options;
    const size = Math.min(batchSize, this.rowCount);
    yield inFeedTypes(sliceBatch(whole, 0, size), float);
    const rest = this.rowCount % size;
    if (rest > 0) yield inFeedTypes(sliceBatch(whole, this.rowCount - rest, this.rowCount), float);
  }

  *pass(): Iterator<Batch> {
    const { batchSize, shuffle } = this.#options;
    const order = shuffle ? new RandomStream(drawSeed()).permutation(this.rowCount) : null;
    for (let start = 0; start < this.rowCount; start += batchSize) {
      yield this.#batch(start, Math.min(start + batchSize, this.rowCount), order);
    }
  }

  #batch(start: number, end: number, order: Int32Array | null): Batch {
    const gather = (buffers: readonly RowBuffer[]): Tensor[] => buffers.map((each) => each.gather(start, end, order));
    return {
      x: gather(this.#x),
      y: gather(this.#y),
      sampleWeight: gather(this.#sampleWeight),
      structure: this.known[0].structure,
      size: end - start,
    };
  }

  /**
   * Splits the data into the first `count` rows and the rest, without copying. `last` are the options of the rest.
   * @param isWeightedByClass - whether the weights of the rows are those of their classes, which apply to training only
   */
  split(
    count: number,
    last: ArrayDataOptions,
    isWeightedByClass: boolean,
  ): readonly [ArrayDataAdapter, ArrayDataAdapter] {
    const [whole] = this.known;
    const rest = sliceBatch(whole, count, this.rowCount);
    return [
      new ArrayDataAdapter(sliceBatch(whole, 0, count), this.#options),
      new ArrayDataAdapter(isWeightedByClass ? withoutWeights(rest) : rest, last),
    ];
  }
}

function withoutWeights(batch: Batch): Batch {
  const { x, y } = batch.structure;
  return { ...batch, sampleWeight: [], structure: new DataStructure(x, y, null) };
}

function sliceBatch({ x, y, sampleWeight, structure }: Batch, start: number, end: number): Batch {
  const slice = (source: Tensor): Tensor => sliceRows(source, start, end);
  return {
    x: x.map(slice),
    y: y.map(slice),
    sampleWeight: sampleWeight.map(slice),
    structure,
    size: end - start,
  };
}
