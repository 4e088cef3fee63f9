import { EPSILON } from '../../../core/epsilon.ts';
import { canonicalAxes, knownSize } from '../../../core/axes.ts';
import type { Json } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/checks.ts';
import { type KnownShape, type Shape, broadcastShapes, showShape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../../core/tensor.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { Ones, Zeros } from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { type Field, type Fields, boolean, field, keptAs, nullable } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type NormalizationParts, partOf } from '../base/traits.ts';
import type { AxisOption } from '../base/option-fields.ts';
import { type AdaptData, batchesOf } from './adapt-data.ts';
import { FeatureStatistics } from './feature-statistics.ts';
import { type GivenStatistics, readStatistics, spreadStatistics } from './given-statistics.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Normalization}. */
export interface NormalizationOptions extends LayerOptions {
  /** The axes that are not reduced: each of their entries has its own statistics; null reduces all. @default -1 */
  axis?: number | readonly number[] | null | undefined;
  /** The mean, if it is known: a number, or an array that fits the axes. @default null, learned by `adapt` */
  mean?: TensorLike | null | undefined;
  /** The variance; required with the mean. @default null, learned by `adapt` */
  variance?: TensorLike | null | undefined;
  /** Whether to undo the normalization instead. @default false */
  invert?: boolean | undefined;
}

/** The progress of `adapt`. */
export interface AdaptProgress {
  /** The number of batches read. */
  readonly batches: number;
  /** The number of rows in them. */
  readonly rows: number;
}

/** Options of `adapt`. */
export interface AdaptOptions {
  /** Called after each batch. @default nothing */
  onProgress?: ((progress: AdaptProgress) => void) | undefined;
}

/**
 * Normalizes each feature of the data to mean 0 and standard deviation 1, with known statistics or those of `adapt`.
 *
 *     y = (x − mean) / max(√variance, 1e-7)           y = x · max(√variance, 1e-7) + mean with `invert`
 *
 * A layer that was neither given statistics nor adapted returns its input. `fit` does not change them.
 *
 * Shapes: x and y any; mean and variance the sizes of the input on the axes, in ascending order of the axes; count `[]`,
 * an int32 that Keras's files contain and that stays 0.
 *
 * @throws ValueError if only one of mean and variance is given, or their shapes do not fit each other and the axes, and
 * for an axis out of range, named twice or of unknown size; TypeError for an axis that is not an integer.
 * @example
 * const layer = new Normalization();
 * await layer.adapt([[0, 7, 4], [2, 9, 6], [0, 7, 4], [2, 9, 6]]);
 * await layer.apply([[0, 7, 4]]);    // [[-1, -1, -1]]
 * @see https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
 */
export class Normalization extends Layer {
  static override readonly className: string = 'Normalization';
  static override readonly positional = ['axis', 'mean', 'variance', 'invert'] as const;
  static override readonly fields: Fields = {
    axis: nullable(field({ byDefault: -1, read: readAxis })),
    invert: boolean(false),
    mean: statistic('inputMean'),
    variance: statistic('inputVariance'),
  };

  override supportsMasking = true;
  /** The axes that are not reduced: each of their entries has its own statistics; null reduces all. */
  declare readonly axis: AxisOption | null;
  /** Whether to undo the normalization instead. */
  declare readonly invert: boolean;
  /** The option `mean`. */
  declare readonly inputMean: Tensor | null;
  /** The option `variance`. */
  declare readonly inputVariance: Tensor | null;
  /** The learned mean; null before `build`, and if the statistics were options. */
  adaptMean: Variable | null = null;
  /** The learned variance; null before `build`, and if the statistics were options. */
  adaptVariance: Variable | null = null;
  /** A weight of Keras's files, always 0; null before `build`, and if the statistics were options. */
  count: Variable | null = null;
  readonly #given: GivenStatistics | null;
  /** The given statistics in the sizes of the kept axes. */
  #fixed: GivenStatistics | null = null;

  /** The statistics' shape in the rank that the layer was built for: 1 for axes that are reduced. */
  #broadcast: KnownShape = [];

  constructor(...args: Arguments<NormalizationOptions, typeof Normalization.positional>);
  constructor(options?: NormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#given = readStatistics(this.who, this.inputMean, this.inputVariance, listOf(this.axis).length);
  }

  override build(inputShape: Shape): void {
    const kept = this.#keptAxes(inputShape.length);
    const sizes = kept.map((axis) => knownSize(inputShape, axis, this.who));
    if (this.#given === null) {
      this.adaptMean = this.addWeight({ name: 'mean', shape: sizes, initializer: 'zeros', trainable: false });
      this.adaptVariance = this.addWeight({ name: 'variance', shape: sizes, initializer: 'ones', trainable: false });
      this.count = this.addWeight({ name: 'count', shape: [], dtype: 'int32', trainable: false });
    } else {
      const spread = (values: Tensor): Tensor => spreadStatistics(this.who, values, sizes);
      this.#fixed = { mean: spread(this.#given.mean), variance: spread(this.#given.variance) };
    }
    // The statistics broadcast from the last axis, also to inputs of another rank.
    const rank = inputShape.length;
    this.#broadcast = inputShape.map((_, axis) => (kept.includes(axis) ? (sizes[kept.indexOf(axis)] ?? 1) : 1));
    const axes = Object.fromEntries(kept.map((axis, i) => [axis - rank, sizes[i] ?? 0]));
    const first = kept[0];
    this.inputSpec = first === undefined ? null : { minNdim: rank - first, axes };
  }

  /** The mean, in the sizes of the kept axes; null before `build`. */
  get mean(): Tensor | null {
    return this.#fixed?.mean ?? this.adaptMean?.value ?? null;
  }

  /** The variance, in the sizes of the kept axes; null before `build`. */
  get variance(): Tensor | null {
    return this.#fixed?.variance ?? this.adaptVariance?.value ?? null;
  }

  override get normalizationParts(): NormalizationParts {
    const isAdapted = this.adaptMean !== null;
    return {
      mean: partOf(this.mean, isAdapted ? new Zeros() : null),
      variance: partOf(this.variance, isAdapted ? new Ones() : null),
      isAdapted,
    };
  }

  override call(inputs: Value, context: CallContext): Value {
    const x = ops.cast(inputs, this.dtype);
    const shape = this.#broadcast;
    const coefficient = (learned: Variable | null, fixed: Tensor | undefined): Value =>
      ops.reshape(learned === null ? constant(fixed ?? 0, this.dtype) : context.read(learned), shape);
    const mean = coefficient(this.adaptMean, this.#fixed?.mean);
    const stddev = ops.maximum(ops.sqrt(coefficient(this.adaptVariance, this.#fixed?.variance)), EPSILON);
    if (this.invert) return ops.add(mean, ops.multiply(x, stddev));
    return ops.divide(ops.subtract(x, mean), stddev);
  }

  /**
   * Computes the mean and the variance of the features of data, in place of those learned before.
   *
   * In a training of several processes, each process gives its own part of the data, and the statistics are those of all.
   *
   * Batches of an iterable are read one at a time and not kept; their statistics are pooled exactly, in float64. Of a
   * batch `[x, y]` only x is used. After an error the layer is unchanged. Builds the layer for the data, if necessary.
   *
   * @throws ValueError if there is no data, a batch does not fit the rest or the layer, an entry is not finite, or the
   * mean and the variance were options; TypeError if the data is neither an array nor an iterable.
   * @example
   * const layer = new Normalization({ axis: null });
   * async function* stream() { yield [[1, 2]]; yield [[3, 4], [5, 6]]; }
   * await layer.adapt(stream(), { onProgress: ({ rows }) => rows });
   * layer.mean?.item();    // 3.5
   */
  async adapt(data: AdaptData, options: AdaptOptions = {}): Promise<void> {
    const { who } = this;
    checkOptions(`${who} adapt`, options, ['onProgress']);
    if (this.#given !== null) {
      throw new ValueError(`[${who}] adapt cannot change the options mean and variance. Leave them out to adapt.`);
    }
    let shape: Shape | null = this.built ? (this.builtShape as Shape | null) : null;
    let statistics: FeatureStatistics | null = null;
    let [batches, rows] = [0, 0];
    for await (const batch of batchesOf(data, who)) {
      const kept = this.#keptAxes(batch.rank);
      this.#checkBatch(batch.shape, shape, kept);
      shape ??= batch.shape.map((size, axis) => (kept.includes(axis) ? size : null));
      statistics ??= new FeatureStatistics(
        kept,
        kept.map((axis) => batch.shape[axis] ?? 0),
      );
      statistics.add(batch);
      batches++;
      rows += batch.shape[0] ?? 1;
      options.onProgress?.({ batches, rows });
    }
    statistics = await FeatureStatistics.overWorld(statistics);
    if (shape === null || statistics === null || statistics.count === 0) {
      throw new ValueError(`[${who}] adapt needs data. Received: ${batches} batches with ${rows} rows.`);
    }
    this.#learn(shape, statistics);
  }

  #learn(shape: Shape, { mean, variance }: FeatureStatistics): void {
    const wrong = mean.findIndex((entry, i) => !Number.isFinite(entry) || !Number.isFinite(variance[i]));
    if (wrong !== -1) {
      throw new ValueError(
        `[${this.who}] adapt needs finite numbers. Received: entries of feature ${wrong} that are NaN or infinite, or too large to be squared. Replace them, or leave their rows out.`,
      );
    }
    this.ensureBuilt(shape);
    const sizes = this.adaptMean?.shape ?? [];
    this.adaptMean?.assign(new Tensor(mean, sizes));
    this.adaptVariance?.assign(new Tensor(variance, sizes));
  }

  #checkBatch(batch: KnownShape, expected: Shape | null, kept: readonly number[]): void {
    if (expected === null || listOf(this.axis).length === 0) return;
    if (batch.length === expected.length && kept.every((axis) => batch[axis] === expected[axis])) return;
    throw new ValueError(
      `[${this.who}] adapt needs batches of one shape but for the axes that are reduced, as the layer was built for: ${showShape(expected)}. Received: a batch of shape ${showShape(batch)}.`,
    );
  }

  /** The axes that are not reduced, counted from the front, ascending. */
  #keptAxes(rank: number): readonly number[] {
    return [...canonicalAxes(listOf(this.axis), rank, this.who)].sort((a, b) => a - b);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    if (!this.built) this.#keptAxes(inputShape.length);
    const shape = this.checkedShape(inputShape);
    return broadcastShapes(shape, this.#broadcast) ?? shape;
  }
}

const listOf = (axis: number | readonly number[] | null): readonly number[] =>
  axis === null ? [] : typeof axis === 'number' ? [axis] : axis;

function readAxis(who: string, option: string, axis: unknown): AxisOption {
  const list: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
  if (!list.every((entry) => typeof entry === 'number' && Number.isInteger(entry))) {
    throw new TypeError(
      `[${who}] ${option} must be an integer, a list of integers, or null. Received: ${option}=${show(axis)}.`,
    );
  }
  return Array.isArray(axis) ? ([...list] as number[]) : (axis as number);
}

/** A statistic, which configs contain as nested arrays. */
function statistic(attribute: string): Field<Tensor | null> {
  return keptAs(
    attribute,
    nullable(
      field({
        read: (_who, _option, given): Tensor => tensor(given as TensorLike, undefined, 'float64'),
        write: (value): Json => value.toArray(),
      }),
    ),
  );
}
