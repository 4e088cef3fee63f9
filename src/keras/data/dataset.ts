import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { isPlainRecord } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { RandomStream, drawSeed } from '../../core/random.ts';
import { type Batched, type Sliced, type Unbatched, rowsOf } from './elements.ts';
import { type PassSource, passesOver, passesOf } from './sources.ts';
import { stackPadded } from './padding.ts';
import { pipelined } from './pipelined.ts';
import * as passes from './transformations.ts';

/** Options of {@link Dataset.fromGenerator} and {@link Dataset.fromIterable}. */
export interface FromGeneratorOptions {
  /** The number of elements; `Infinity` if they never end. @default null, unknown */
  readonly cardinality?: number | null | undefined;
}

/** Options of {@link Dataset.map}. */
export interface MapOptions {
  /** The number of calls that are made at the same time, for functions that wait for something. The order is kept. @default 1 */
  readonly numParallelCalls?: number | undefined;
}

/** Options of {@link Dataset.batch}. */
export interface BatchOptions {
  /** Whether the last batch is dropped if it has fewer elements. @default false */
  readonly dropRemainder?: boolean | undefined;
}

/** Options of {@link Dataset.paddedBatch}. */
export interface PaddedBatchOptions extends BatchOptions {
  /** The shape to which arrays are padded; null for an axis that is as long as the longest of the batch. @default null, all axes */
  readonly paddedShape?: readonly (number | null)[] | null | undefined;
  /** The value of the padding. @default 0 */
  readonly paddingValue?: number | undefined;
}

/** Options of {@link Dataset.shuffle}. */
export interface DatasetShuffleOptions {
  /** The seed of the orders. @default null, drawn from that of `setRandomSeed` */
  readonly seed?: number | null | undefined;
  /** Whether each pass has another order. @default true */
  readonly reshuffleEachIteration?: boolean | undefined;
}

/** The elements of several datasets, in their structure. */
export type Zipped<Datasets> = {
  -readonly [K in keyof Datasets]: Datasets[K] extends Dataset<infer T> ? T : never;
};

/** The source of a dataset's elements: a function that starts a pass, and the number of elements of one. */
export interface DatasetSource<T> extends AsyncIterable<T> {
  /** The number of elements of a pass; `Infinity` if it never ends, and null if that is unknown. */
  cardinality(): number | null;
  /** The number of elements in each batch; null if the elements are no batches. */
  readonly batchSize: number | null;
}

const checkCount = (who: string, argument: string, value: unknown): number =>
  value === Infinity ? Infinity : checkInteger(who, argument, value, 0);

/**
 * A sequence of elements of any type, after TensorFlow's `tf.data.Dataset`. It is an async iterable: `fit`, `evaluate`,
 * `predict` and `adapt` accept one whose elements are batches, and begin a new pass with each epoch.
 *
 * Each method returns another dataset, and reads nothing before it is iterated over. A consumer that stops early closes the
 * source; an error of the source or of a function ends the pass, and is thrown where the element would have been.
 *
 * In an element, lists and records are structures of parts; a list of numbers is a row, and strings are kept as they are.
 *
 *     const dataset = Dataset.fromTensorSlices([x, y]).shuffle(1024).batch(32).prefetch(2);
 *     await model.fit(dataset, { epochs: 5 });
 *
 * @example
 * const dataset = Dataset.range(6).map((i) => i * i).filter((i) => i % 2 === 0).batch(2);
 * await dataset.toArray();    // [[0, 4], [16]]
 * for await (const batch of dataset) {
 *   batch.toArray();
 * }
 * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset
 */
export class Dataset<T> implements DatasetSource<T> {
  readonly #source: DatasetSource<T>;

  /** A dataset of a source, for subclasses; the static methods make datasets. */
  protected constructor(source: DatasetSource<T>) {
    this.#source = source;
  }

  static #of<T>(
    open: () => AsyncIterator<T>,
    cardinality: () => number | null,
    batchSize: number | null = null,
  ): Dataset<T> {
    return new Dataset({ [Symbol.asyncIterator]: open, cardinality, batchSize });
  }

  /**
   * The rows of arrays: one array, or a list or record of arrays with the same number of rows.
   *
   * @throws ValueError if the arrays differ in rows; for nested lists, pass `tensor(x)`.
   * @example
   * const pairs = Dataset.fromTensorSlices([tensor([[1, 2], [3, 4]]), tensor([0, 1])]);
   * const [[x, y]] = await pairs.toArray();
   * x;    // [1, 2]
   * y;    // 0
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#from_tensor_slices
   */
  static fromTensorSlices<const Data>(data: Data): Dataset<Sliced<Data>> {
    const { count, at } = rowsOf('Dataset.fromTensorSlices', data, true);
    const open = async function* (): AsyncGenerator<Sliced<Data>> {
      for (let i = 0; i < count; i++) yield at(i) as Sliced<Data>;
    };
    return Dataset.#of(open, () => count);
  }

  /**
   * A dataset of one element.
   *
   * @example
   * (await Dataset.fromTensors({ name: 'a' }).toArray()).length;    // 1
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#from_tensors
   */
  static fromTensors<T>(element: T): Dataset<T> {
    return Dataset.fromIterable([element]);
  }

  /**
   * The elements of an iterable that can be read again, such as an array. A generator object can be read once: pass the
   * function to {@link Dataset.fromGenerator} instead.
   *
   * @throws TypeError unless it is an iterable; ValueError from the second pass of one that can be read once.
   * @example
   * await Dataset.fromIterable(['a', 'b']).toArray();    // ['a', 'b']
   */
  static fromIterable<T>(iterable: Iterable<T> | AsyncIterable<T>, options: FromGeneratorOptions = {}): Dataset<T> {
    const who = 'Dataset.fromIterable';
    const source = passesOver(who, iterable);
    const length = Array.isArray(iterable) ? () => iterable.length : null;
    return Dataset.#fromSource(who, source, options, length);
  }

  /**
   * The elements of what a function returns at each pass: an iterable, or an async iterable, as of a generator function.
   *
   * @throws TypeError unless it is a function; ValueError, at the end of a pass, for another number of elements than `cardinality`.
   * @example
   * const dataset = Dataset.fromGenerator(function* () {
   *   yield 1;
   *   yield 2;
   * });
   * await dataset.repeat(2).toArray();    // [1, 2, 1, 2]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#from_generator
   */
  static fromGenerator<T>(
    generator: () => Iterable<T> | AsyncIterable<T> | Promise<Iterable<T> | AsyncIterable<T>>,
    options: FromGeneratorOptions = {},
  ): Dataset<T> {
    const who = 'Dataset.fromGenerator';
    return Dataset.#fromSource(who, passesOf(who, generator), options, null);
  }

  static #fromSource<T>(
    who: string,
    open: PassSource<T>,
    options: FromGeneratorOptions,
    length: (() => number) | null,
  ): Dataset<T> {
    checkOptions(who, options, ['cardinality']);
    const given = options.cardinality ?? null;
    if (given === null) return Dataset.#of(open, length ?? (() => null));
    const count = checkCount(who, 'cardinality', given);
    const source = { [Symbol.asyncIterator]: open };
    return Dataset.#of(count === Infinity ? open : () => passes.counted(who, source, count), () => count);
  }

  /**
   * The numbers from a start to an end, exclusive; from 0, if only the end is given.
   *
   * @throws TypeError unless they are integers; ValueError for a step of 0.
   * @example
   * await Dataset.range(3).toArray();           // [0, 1, 2]
   * await Dataset.range(5, 0, -2).toArray();    // [5, 3, 1]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#range
   */
  static range(startOrStop: number, end?: number, step: number = 1): Dataset<number> {
    const who = 'Dataset.range';
    const [start, stop] = end === undefined ? [0, startOrStop] : [startOrStop, end];
    checkInteger(who, 'start', start, -Infinity);
    checkInteger(who, 'stop', stop, -Infinity);
    if (checkInteger(who, 'step', step, -Infinity) === 0) {
      throw new ValueError(`[${who}] step must not be 0. Received: step=0.`);
    }
    const count = Math.max(Math.ceil((stop - start) / step), 0);
    const open = async function* (): AsyncGenerator<number> {
      for (let i = 0; i < count; i++) yield start + i * step;
    };
    return Dataset.#of(open, () => count);
  }

  /**
   * The elements of several datasets side by side, in a list or a record, until the first of them ends.
   *
   * @throws TypeError unless all are datasets.
   * @example
   * await Dataset.zip([Dataset.range(2), Dataset.range(5, 9)]).toArray();    // [[0, 5], [1, 6]]
   * await Dataset.zip({ i: Dataset.range(1) }).toArray();                    // [{ i: 0 }]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#zip
   */
  static zip<const Datasets extends readonly Dataset<unknown>[] | Readonly<Record<string, Dataset<unknown>>>>(
    datasets: Datasets,
  ): Dataset<Zipped<Datasets>> {
    const isList = Array.isArray(datasets);
    const entries: readonly (readonly [string, unknown])[] =
      isList || isPlainRecord(datasets) ? Object.entries(datasets) : [];
    const sources = entries.map(([, each]) => each).filter((each) => each instanceof Dataset);
    if (sources.length === 0 || sources.length < entries.length) {
      throw new TypeError(
        `[Dataset.zip] datasets must be a list or a record of datasets. Received: ${show(datasets)}.`,
      );
    }
    const rows: Dataset<unknown> = Dataset.#of(
      () => passes.zipped(sources),
      () => {
        const counts = sources.map((source) => source.cardinality());
        return counts.reduce((least, count) => (least === null || count === null ? null : Math.min(least, count)));
      },
    );
    if (isList) return rows as Dataset<Zipped<Datasets>>;
    return rows.map(
      (row) => Object.fromEntries(entries.map(([key], i) => [key, (row as readonly unknown[])[i]])) as Zipped<Datasets>,
    );
  }

  /** Begins a pass. */
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.#source[Symbol.asyncIterator]();
  }

  /** The number of elements in each batch; null if the elements are no batches. */
  get batchSize(): number | null {
    return this.#source.batchSize;
  }

  /**
   * The number of elements of a pass; `Infinity` if it never ends, and null if that is unknown.
   *
   * @example
   * Dataset.range(5).batch(2).cardinality();                   // 3
   * Dataset.range(5).repeat().cardinality();                   // Infinity
   * Dataset.range(5).filter((i) => i > 2).cardinality();       // null
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#cardinality
   */
  cardinality(): number | null {
    return this.#source.cardinality();
  }

  #counted(count: (own: number) => number | null): () => number | null {
    return () => {
      const own = this.cardinality();
      return own === null ? null : count(own);
    };
  }

  /**
   * Replaces each element by the result of a function, or that of its promise.
   *
   * @throws TypeError unless it is a function.
   * @example
   * const load = async (name) => name.toUpperCase();
   * await Dataset.fromIterable(['a', 'b']).map(load, { numParallelCalls: 2 }).toArray();    // ['A', 'B']
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#map
   */
  map<U>(map: (element: T) => U | Promise<U>, options: MapOptions = {}): Dataset<U> {
    const who = 'Dataset.map';
    checkOptions(who, options, ['numParallelCalls']);
    checkFunction(who, 'map', map);
    const calls = checkInteger(who, 'numParallelCalls', options.numParallelCalls ?? 1, 1);
    const open = (): AsyncIterator<U> =>
      calls === 1 ? passes.mapped(this, map) : pipelined(this[Symbol.asyncIterator](), map, { ahead: calls });
    return Dataset.#of(open, () => this.cardinality());
  }

  /**
   * Replaces each element by the elements of an iterable, such as an array or a dataset.
   *
   * @throws TypeError unless it is a function.
   * @example
   * await Dataset.range(3).flatMap((i) => Dataset.range(i)).toArray();    // [0, 0, 1]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#flat_map
   */
  flatMap<U>(
    map: (element: T) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
  ): Dataset<U> {
    checkFunction('Dataset.flatMap', 'map', map);
    return Dataset.#of(
      () => passes.flatMapped(this, map),
      () => null,
    );
  }

  /**
   * The elements for which a function, or its promise, returns true.
   *
   * @throws TypeError unless it is a function.
   * @example
   * await Dataset.range(5).filter((i) => i > 2).toArray();    // [3, 4]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#filter
   */
  filter<U extends T>(predicate: (element: T) => element is U): Dataset<U>;
  filter(predicate: (element: T) => boolean | Promise<boolean>): Dataset<T>;
  filter(predicate: (element: T) => boolean | Promise<boolean>): Dataset<T> {
    checkFunction('Dataset.filter', 'predicate', predicate);
    return Dataset.#of(
      () => passes.filtered(this, predicate),
      () => null,
    );
  }

  /**
   * Batches of consecutive elements, in their structure: numbers and arrays become tensors with an axis more, strings lists.
   * Numbers become float32.
   *
   * @throws ValueError, when iterated over, if the shapes, the dtypes or the structures of elements differ.
   * @example
   * const dataset = Dataset.fromIterable([{ x: [1, 2], name: 'a' }, { x: [3, 4], name: 'b' }]);
   * const [batch] = await dataset.batch(2).toArray();
   * batch.x;       // [[1, 2], [3, 4]]
   * batch.name;    // ['a', 'b']
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#batch
   */
  batch(batchSize: number, options: BatchOptions = {}): Dataset<Batched<T>> {
    const who = 'Dataset.batch';
    checkOptions(who, options, ['dropRemainder']);
    return this.#batched(who, batchSize, options, undefined);
  }

  /**
   * Batches of consecutive elements of different lengths: arrays are padded at the end of each axis.
   *
   * @throws ValueError, when iterated over, if the ranks of elements differ, or an array is longer than `paddedShape`.
   * @example
   * await Dataset.fromIterable([[1], [2, 3]]).paddedBatch(2).toArray();    // [[[1, 0], [2, 3]]]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#padded_batch
   */
  paddedBatch(batchSize: number, options: PaddedBatchOptions = {}): Dataset<Batched<T>> {
    const who = 'Dataset.paddedBatch';
    checkOptions(who, options, ['dropRemainder', 'paddedShape', 'paddingValue']);
    const padding = checkNumber(who, 'paddingValue', options.paddingValue ?? 0);
    const given: unknown = options.paddedShape ?? null;
    if (given !== null && !Array.isArray(given)) {
      throw new TypeError(`[${who}] paddedShape must be a shape. Received: paddedShape=${show(given)}.`);
    }
    const shape = (given as readonly unknown[] | null)?.map((size, axis) =>
      size === null ? null : checkInteger(who, `paddedShape[${axis}]`, size, 0),
    );
    return this.#batched(who, batchSize, options, (name, group) => stackPadded(name, group, padding, shape ?? null));
  }

  #batched(
    who: string,
    batchSize: number,
    { dropRemainder = false }: BatchOptions,
    combine: ((who: string, group: readonly T[]) => unknown) | undefined,
  ): Dataset<Batched<T>> {
    const size = checkInteger(who, 'batchSize', batchSize, 1);
    const drops = checkBoolean(who, 'dropRemainder', dropRemainder);
    return Dataset.#of(
      () => passes.batched(who, passes.grouped(this, size, drops), combine) as AsyncIterator<Batched<T>>,
      this.#counted((own) => (drops ? Math.floor(own / size) : Math.ceil(own / size))),
      size,
    );
  }

  /**
   * The rows of batches: the opposite of `batch`. Rows of tensors share the memory of the batch.
   *
   * @throws ValueError, when iterated over, if the parts of a batch differ in rows.
   * @example
   * await Dataset.fromIterable([tensor([[1], [2]]), tensor([[3]])]).unbatch().toArray();    // [[1], [2], [3]]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#unbatch
   */
  unbatch(): Dataset<Unbatched<T>> {
    return Dataset.#of(
      () => passes.unbatched('Dataset.unbatch', this) as AsyncIterator<Unbatched<T>>,
      () => null,
    );
  }

  /**
   * The elements in random order: each is drawn from a buffer of the next `bufferSize` elements. `null` reads all of them into
   * the buffer, for an order of which all are equally probable. Shuffle before reading what is large, and before `batch`.
   *
   * @throws TypeError if the size is not a positive integer or null, or the seed not an integer.
   * @example
   * const order = () => Dataset.range(100).shuffle(10, { seed: 1 }).toArray();
   * String(await order()) === String(await order());    // true
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#shuffle
   */
  shuffle(bufferSize: number | null, options: DatasetShuffleOptions = {}): Dataset<T> {
    const who = 'Dataset.shuffle';
    checkOptions(who, options, ['seed', 'reshuffleEachIteration']);
    const size = bufferSize === null ? Infinity : checkInteger(who, 'bufferSize', bufferSize, 1);
    const reshuffles = checkBoolean(who, 'reshuffleEachIteration', options.reshuffleEachIteration ?? true);
    const given = options.seed ?? null;
    const seeds = given === null ? null : new RandomStream(checkInteger(who, 'seed', given, 0));
    const draw = (): number => seeds?.nextSeed() ?? drawSeed();
    let only: number | null = null;
    const open = (): AsyncIterator<T> => {
      const seed = reshuffles ? draw() : (only ??= draw());
      return passes.shuffled(this, size, new RandomStream(seed));
    };
    return Dataset.#of(open, () => this.cardinality(), this.batchSize);
  }

  /**
   * Reads elements ahead while the consumer works, such as the engine in `fit`: at most `bufferSize` elements wait. What reads
   * them must be asynchronous; see `docs/data.md`.
   *
   * @throws TypeError if the size is not a positive integer.
   * @example
   * await Dataset.range(3).prefetch(2).toArray();    // [0, 1, 2]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#prefetch
   */
  prefetch(bufferSize: number = 2): Dataset<T> {
    const ahead = checkInteger('Dataset.prefetch', 'bufferSize', bufferSize, 1);
    const open = (): AsyncIterator<T> => pipelined(this[Symbol.asyncIterator](), (element) => element, { ahead });
    return Dataset.#of(open, () => this.cardinality(), this.batchSize);
  }

  /**
   * Several passes in one; without a count it never ends, and `fit` needs `stepsPerEpoch`.
   *
   * @throws TypeError if the count is not an integer ≥ 0.
   * @example
   * await Dataset.range(2).repeat(2).toArray();          // [0, 1, 0, 1]
   * await Dataset.range(2).repeat().take(3).toArray();   // [0, 1, 0]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#repeat
   */
  repeat(count: number | null = null): Dataset<T> {
    const times = count === null ? Infinity : checkCount('Dataset.repeat', 'count', count);
    return Dataset.#of(
      () => passes.repeated(this, times),
      this.#counted((own) => (own === 0 ? 0 : own * times || 0)),
      this.batchSize,
    );
  }

  /**
   * The first elements.
   *
   * @throws TypeError if the count is not an integer ≥ 0.
   * @example
   * await Dataset.range(5).take(2).toArray();    // [0, 1]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#take
   */
  take(count: number): Dataset<T> {
    const first = checkCount('Dataset.take', 'count', count);
    return Dataset.#of(
      () => passes.taken(this, first),
      this.#counted((own) => Math.min(own, first)),
      this.batchSize,
    );
  }

  /**
   * The elements after the first ones.
   *
   * @throws TypeError if the count is not an integer ≥ 0.
   * @example
   * await Dataset.range(5).skip(3).toArray();    // [3, 4]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#skip
   */
  skip(count: number): Dataset<T> {
    const first = checkInteger('Dataset.skip', 'count', count, 0);
    return Dataset.#of(
      () => passes.selected(this, (position) => position >= first),
      this.#counted((own) => Math.max(own - first, 0)),
      this.batchSize,
    );
  }

  /**
   * Every `numShards`-th element, beginning with the one at `index`: the part of one of several processes.
   *
   * @throws TypeError or ValueError if the index is not in [0, numShards).
   * @example
   * await Dataset.range(5).shard(2, 1).toArray();    // [1, 3]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#shard
   */
  shard(numShards: number, index: number): Dataset<T> {
    const who = 'Dataset.shard';
    const count = checkInteger(who, 'numShards', numShards, 1);
    if (checkInteger(who, 'index', index, 0) >= count) {
      throw new ValueError(`[${who}] index must be less than numShards, ${count}. Received: index=${index}.`);
    }
    return Dataset.#of(
      () => passes.selected(this, (position) => position % count === index),
      this.#counted((own) => (own === Infinity ? Infinity : Math.max(Math.ceil((own - index) / count), 0))),
      this.batchSize,
    );
  }

  /**
   * The elements of this dataset, and then those of another.
   *
   * @throws TypeError unless it is a dataset.
   * @example
   * await Dataset.range(2).concatenate(Dataset.range(7, 8)).toArray();    // [0, 1, 7]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#concatenate
   */
  concatenate<U>(dataset: Dataset<U>): Dataset<T | U> {
    const other: unknown = dataset;
    if (!(other instanceof Dataset)) {
      throw new TypeError(`[Dataset.concatenate] dataset must be a dataset. Received: ${show(other)}.`);
    }
    return Dataset.#of<T | U>(
      () => passes.chained<T | U>([this, dataset]),
      this.#counted((own) => {
        const rest = dataset.cardinality();
        return rest === null ? null : own + rest;
      }),
    );
  }

  /**
   * The elements with their positions.
   *
   * @example
   * await Dataset.fromIterable(['a', 'b']).enumerate().toArray();    // [[0, 'a'], [1, 'b']]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#enumerate
   */
  enumerate(start: number = 0): Dataset<[position: number, element: T]> {
    checkInteger('Dataset.enumerate', 'start', start, -Infinity);
    const open = async function* (source: AsyncIterable<T>): AsyncGenerator<[number, T]> {
      let position = start;
      for await (const element of source) yield [position++, element];
    };
    return Dataset.#of(
      () => open(this),
      () => this.cardinality(),
    );
  }

  /**
   * Keeps the elements of the first complete pass in memory, from which later passes read them. Cache before `shuffle` and
   * before random augmentation, which are to differ from pass to pass.
   *
   * @example
   * let calls = 0;
   * const dataset = Dataset.range(3).map((i) => calls++ + i).cache();
   * await dataset.toArray();    // [0, 2, 4]
   * await dataset.toArray();    // [0, 2, 4]
   * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset#cache
   */
  cache(): Dataset<T> {
    let kept: readonly T[] | null = null;
    const open = async function* (source: AsyncIterable<T>): AsyncGenerator<T> {
      if (kept !== null) {
        for (const element of kept) yield element;
        return;
      }
      const elements: T[] = [];
      for await (const element of source) {
        elements.push(element);
        yield element;
      }
      kept ??= elements;
    };
    return Dataset.#of(
      () => open(this),
      () => kept?.length ?? this.cardinality(),
      this.batchSize,
    );
  }

  /**
   * The elements of one pass.
   *
   * @throws ValueError if the passes never end.
   * @example
   * await Dataset.range(3).toArray();    // [0, 1, 2]
   */
  async toArray(): Promise<T[]> {
    if (this.cardinality() === Infinity) {
      throw new ValueError(
        '[Dataset.toArray] the dataset must end. Received: one that never does. Take a number first.',
      );
    }
    const elements: T[] = [];
    for await (const element of this) elements.push(element);
    return elements;
  }
}

function checkFunction(who: string, argument: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new TypeError(`[${who}] ${argument} must be a function. Received: ${argument}=${show(value)}.`);
}
