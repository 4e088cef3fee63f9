import type { Config } from '../../core/config.ts';
import { snakeCase } from '../../core/names.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { notEqual } from '../ops/elementwise.ts';
import { canonicalAxis } from '../../core/axes.ts';
import {
  type CrossentropyOptions,
  type SparseCrossentropyOptions,
  binaryCrossentropy,
  categoricalCrossentropy,
  crossentropyOptions,
  labelsOf,
  readOptions,
  sparseCategoricalCrossentropy,
} from './crossentropy.ts';
import { Loss, type LossOptions, lossOptions } from './loss.ts';
import { checkLabels } from './targets.ts';

/** What the cross-entropies of probabilities have in common: all but their function. */
abstract class ProbabilityCrossentropy extends Loss {
  /** Whether predictions are logits, not probabilities. */
  readonly fromLogits: boolean;
  /** How much of each target is spread evenly over the classes. */
  readonly labelSmoothing: number;
  /** The axis of the classes. */
  readonly axis: number;
  readonly #crossentropy: typeof binaryCrossentropy;

  constructor(who: string, crossentropy: typeof binaryCrossentropy, options: LossOptions & CrossentropyOptions) {
    checkOptions(who, options, [...lossOptions, ...crossentropyOptions]);
    super(options, snakeCase(who));
    this.#crossentropy = crossentropy;
    const read = readOptions(who, options);
    this.fromLogits = read.fromLogits;
    this.labelSmoothing = read.labelSmoothing;
    this.axis = read.axis;
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { fromLogits, labelSmoothing, axis } = this;
    return this.#crossentropy(yTrue, yPred, { fromLogits, labelSmoothing, axis });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      from_logits: this.fromLogits,
      label_smoothing: this.labelSmoothing,
      axis: this.axis,
    };
  }
}

/**
 * Cross-entropy of targets that are 0 or 1, or between: {@link binaryCrossentropy}.
 *
 * @throws ValueError if labelSmoothing lies outside [0, 1].
 * @example
 * await jit((yTrue, yPred) => new BinaryCrossentropy().apply(yTrue, yPred))([[1, 0]], [[0.8, 0.4]]);   // 0.366985
 * @see https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
 */
export class BinaryCrossentropy extends ProbabilityCrossentropy {
  constructor(options: LossOptions & CrossentropyOptions = {}) {
    super('BinaryCrossentropy', binaryCrossentropy, options);
  }
}

/**
 * Cross-entropy of targets that are probabilities of classes: {@link categoricalCrossentropy}.
 *
 * @throws ValueError if labelSmoothing lies outside [0, 1].
 * @example
 * const loss = new CategoricalCrossentropy({ fromLogits: true });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[0, 1]], [[0, Math.log(3)]]);   // 0.287682
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
 */
export class CategoricalCrossentropy extends ProbabilityCrossentropy {
  constructor(options: LossOptions & CrossentropyOptions = {}) {
    super('CategoricalCrossentropy', categoricalCrossentropy, options);
  }
}

/**
 * Cross-entropy of targets that are labels, whole numbers from 0: {@link sparseCategoricalCrossentropy}.
 *
 * Ignored labels count neither in the sum nor in the number of samples that the mean divides by.
 * @example
 * const loss = new SparseCategoricalCrossentropy({ ignoreClass: 255 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([1, 255], [[0.5, 0.5], [0.5, 0.5]]);   // 0.693147
 * @see https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class
 */
export class SparseCategoricalCrossentropy extends Loss {
  /** Whether predictions are logits, not probabilities. */
  readonly fromLogits: boolean;
  /** A label that does not count. */
  readonly ignoreClass: number | null;
  /** The axis of the classes. */
  readonly axis: number;

  constructor(options: LossOptions & SparseCrossentropyOptions = {}) {
    const who = 'SparseCategoricalCrossentropy';
    checkOptions(who, options, [...lossOptions, 'fromLogits', 'ignoreClass', 'axis']);
    super(options, 'sparse_categorical_crossentropy');
    this.fromLogits = checkBoolean(who, 'fromLogits', options.fromLogits ?? false);
    const ignored = options.ignoreClass ?? null;
    this.ignoreClass = ignored === null ? null : checkNumber(who, 'ignoreClass', ignored);
    this.axis = checkNumber(who, 'axis', options.axis ?? -1);
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { fromLogits, ignoreClass, axis } = this;
    return sparseCategoricalCrossentropy(yTrue, yPred, { fromLogits, ignoreClass, axis });
  }

  override outputMask(yTrue: Value, yPred: Value): Value | null {
    if (this.ignoreClass === null) return null;
    const axis = canonicalAxis(this.axis, yPred.rank, 'SparseCategoricalCrossentropy');
    return notEqual(labelsOf(yTrue, yPred, axis, 'SparseCategoricalCrossentropy'), this.ignoreClass);
  }

  override checkTargets(targets: Tensor, outputShape: Shape): void {
    const axis = canonicalAxis(this.axis, outputShape.length, 'SparseCategoricalCrossentropy');
    const classes = outputShape[axis] ?? null;
    if (classes === null) return;
    checkLabels(targets, classes, 'SparseCategoricalCrossentropy', { ignoreClass: this.ignoreClass });
  }

  /** Keras never writes the axis; here it is written where it is not −1, which Keras reads. */
  override getConfig(): Config {
    const config = { ...super.getConfig(), from_logits: this.fromLogits, ignore_class: this.ignoreClass };
    return this.axis === -1 ? config : { ...config, axis: this.axis };
  }
}
