import { RandomStream, drawSeed } from '../../../core/random.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { dataParallelism, world } from '../../../core/world.ts';
import { RowBuffer } from './array-slicing.ts';
import { type Batch, type DataAdapter, DataStructure } from './data-adapter.ts';
import { dealBatch, dealRows, sliceBatch } from './deal-rows.ts';
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
    yield inFeedTypes(dealBatch(sliceBatch(whole, 0, size)), float);
    const rest = this.rowCount % size;
    if (rest > 0) yield inFeedTypes(dealBatch(sliceBatch(whole, this.rowCount - rest, this.rowCount)), float);
  }

  pass(): Iterator<Batch> | AsyncIterator<Batch> {
    if (!this.#options.shuffle) return this.#batches(null);
    const seed = drawSeed();
    if (dataParallelism() !== null) return this.#shuffledAlike(seed);
    return this.#batches(this.#orderOf(seed));
  }

  /** A pass in an order that all processes have. */
  async *#shuffledAlike(seed: number): AsyncIterator<Batch> {
    const shared = Float64Array.of(seed);
    await world().broadcast(new Uint8Array(shared.buffer), 0);
    yield* this.#batches(this.#orderOf(shared[0] ?? seed));
  }

  #orderOf(seed: number): Int32Array {
    return new RandomStream(seed).permutation(this.rowCount);
  }

  *#batches(order: Int32Array | null): Generator<Batch, void, undefined> {
    const { batchSize } = this.#options;
    for (let start = 0; start < this.rowCount; start += batchSize) {
      yield this.#batch(start, Math.min(start + batchSize, this.rowCount), order);
    }
  }

  #batch(first: number, last: number, order: Int32Array | null): Batch {
    const dealt = dealRows(first, last);
    const end = Math.min(dealt?.end ?? last, last);
    const start = Math.min(dealt?.start ?? first, last - 1);
    const gather = (buffers: readonly RowBuffer[]): Tensor[] => buffers.map((each) => each.gather(start, end, order));
    return {
      ...(dealt !== null && { share: { rows: dealt.rows, of: last - first } }),
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
