import { checkBoolean, checkInteger, checkOptions } from '../../core/checks.ts';
import { allocate } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { RandomStream, drawSeed } from '../../core/random.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { Dataset } from '../data/dataset.ts';

/** Options of {@link timeseriesDatasetFromArray}. */
export interface TimeseriesDatasetOptions {
  /** The number of steps between the beginnings of sequences. @default 1 */
  readonly sequenceStride?: number | undefined;
  /** The number of steps between the entries of a sequence. @default 1 */
  readonly samplingRate?: number | undefined;
  /** The number of sequences in a batch; null for single sequences, without an axis of the batch. @default 128 */
  readonly batchSize?: number | null | undefined;
  /** Whether each pass has the sequences in another random order. @default false */
  readonly shuffle?: boolean | undefined;
  /** The seed of the order. @default null, drawn from that of `setRandomSeed` */
  readonly seed?: number | null | undefined;
  /** The first step to use. @default null, 0 */
  readonly startIndex?: number | null | undefined;
  /** The step after the last one to use. @default null, all */
  readonly endIndex?: number | null | undefined;
}

/** An item of a dataset: sequences, alone or with their targets. */
export type TimeseriesItem = readonly [x: Tensor] | readonly [x: Tensor, y: Tensor];

/** Sequences of a series in memory, which can also be iterated over without promises. */
export class TimeseriesDataset extends Dataset<TimeseriesItem> implements Iterable<TimeseriesItem> {
  readonly #open: () => Iterator<TimeseriesItem>;

  /** A dataset of items that a function yields. */
  constructor(open: () => Iterator<TimeseriesItem>, count: number, batchSize: number | null) {
    const items: Iterable<TimeseriesItem> = { [Symbol.iterator]: open };
    super({
      [Symbol.asyncIterator]: async function* () {
        for (const item of items) yield await Promise.resolve(item);
      },
      cardinality: () => Math.ceil(count / (batchSize ?? 1)),
      batchSize,
    });
    this.#open = open;
  }

  /** Begins a pass. */
  [Symbol.iterator](): Iterator<TimeseriesItem> {
    return this.#open();
  }
}

const WHO = 'utils.timeseriesDatasetFromArray';
const OPTIONS = ['sequenceStride', 'samplingRate', 'batchSize', 'shuffle', 'seed', 'startIndex', 'endIndex'];

/**
 * Sequences of successive steps of a series as a dataset of batches, for `fit` and `predict`. The target of a sequence is the
 * entry of `targets` at its first step.
 *
 * Shapes: data `[steps, …]`, targets `[steps, …]` → items `[x]` or `[x, y]`, x of shape `[batch, sequenceLength, …]`.
 * @throws ValueError if an index, a stride or a rate is out of range, or no sequence fits.
 * @example
 * const dataset = utils.timeseriesDatasetFromArray([1, 2, 3, 4, 5], [30, 40, 50], 2, { batchSize: 2 });
 * [...dataset].length;       // 2
 * [...dataset][0][0];        // [[1, 2], [2, 3]]
 * [...dataset][1][1];        // [50]
 * dataset.cardinality();     // 2
 * @see https://keras.io/api/data_loading/timeseries/
 */
export function timeseriesDatasetFromArray(
  data: TensorLike,
  targets: TensorLike | null,
  sequenceLength: number,
  options: TimeseriesDatasetOptions = {},
): TimeseriesDataset {
  checkOptions(WHO, options, OPTIONS);
  const series = tensor(data);
  const total = series.shape[0] ?? 0;
  const below = (name: string, value: number, least: number): number => {
    const checked = checkInteger(WHO, name, value, least);
    if (checked < total) return checked;
    throw new ValueError(
      `[${WHO}] ${name} must be less than the number of steps, ${total}. Received: ${name}=${checked}.`,
    );
  };
  const length = checkInteger(WHO, 'sequenceLength', sequenceLength, 1);
  const rate = below('samplingRate', options.samplingRate ?? 1, 1);
  const stride = below('sequenceStride', options.sequenceStride ?? 1, 1);
  const start = below('startIndex', options.startIndex ?? 0, 0);
  const end =
    options.endIndex === undefined || options.endIndex === null ? total : below('endIndex', options.endIndex, 1);
  const batchSize = options.batchSize === null ? null : checkInteger(WHO, 'batchSize', options.batchSize ?? 128, 1);
  const shuffles = checkBoolean(WHO, 'shuffle', options.shuffle ?? false);
  const seed = checkInteger(WHO, 'seed', options.seed ?? drawSeed(), 0);
  const labels = targets === null ? null : tensor(targets);
  const fitting = end - start - (length - 1) * rate;
  const count = Math.ceil(Math.min(fitting, labels === null ? Infinity : (labels.shape[0] ?? 0)) / stride);
  if (!(count > 0)) {
    throw new ValueError(
      `[${WHO}] a sequence of ${(length - 1) * rate + 1} steps must fit. Received: ${end - start} steps, and targets of shape ${show(labels?.shape ?? null)}.`,
    );
  }
  const last = start + (count - 1) * stride;
  if (labels !== null && last >= (labels.shape[0] ?? 0)) {
    throw new ValueError(
      `[${WHO}] targets must have an entry for each first step, up to ${last}. Received: shape ${showShape(labels.shape)}.`,
    );
  }
  const stream = new RandomStream(seed);
  const item = (chosen: readonly number[]): TimeseriesItem => {
    const first = chosen.map((place) => start + place * stride);
    const steps = first.flatMap((step) => Array.from({ length }, (_, i) => step + i * rate));
    const rows = batchSize === null ? [] : [chosen.length];
    const x = take(series, steps, [...rows, length]);
    return labels === null ? [x] : [x, take(labels, first, rows)];
  };
  const open = function* (): Generator<TimeseriesItem, void, undefined> {
    const order: readonly number[] = shuffles
      ? Array.from<number>(stream.permutation(count))
      : Array.from({ length: count }, (_, i) => i);
    for (let at = 0; at < count; at += batchSize ?? 1) yield item(order.slice(at, at + (batchSize ?? 1)));
  };
  return new TimeseriesDataset(open, count, batchSize);
}

/** Rows of an array, under other leading axes. */
function take({ data, shape, dtype }: Tensor, rows: readonly number[], lead: readonly number[]): Tensor {
  const inner = shape.slice(1);
  const size = data.length / Math.max(shape[0] ?? 1, 1);
  const taken = allocate(dtype, rows.length * size);
  for (const [to, from] of rows.entries()) taken.set(data.subarray(from * size, (from + 1) * size), to * size);
  return new Tensor(taken, [...lead, ...inner], dtype);
}
