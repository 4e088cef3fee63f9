import type { Value } from '../../compiler/ir/value.ts';
import { canonicalAxis } from '../../core/axes.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { notEqual } from '../ops/index.ts';
import { unlessDefault } from '../saving/field-kinds.ts';
import { type Fields, string } from '../saving/fields.ts';
import {
  type CrossentropyOptions,
  type SparseCrossentropyOptions,
  binaryCrossentropy,
  categoricalCrossentropy,
  crossentropyFields,
  labelsOf,
  sparseCategoricalCrossentropy,
  sparseCrossentropyFields,
} from './crossentropy.ts';
import { Loss, type LossOptions } from './loss.ts';
import { checkLabels } from './targets.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** The base of the cross-entropies of probabilities. */
abstract class ProbabilityCrossentropy extends Loss {
  static override readonly positional = ['fromLogits', 'labelSmoothing', 'axis', 'reduction'] as const;
  static override readonly fields: Fields = { ...Loss.fields, ...crossentropyFields };

  /** Whether predictions are logits instead of probabilities. */
  declare readonly fromLogits: boolean;
  /** The fraction of each target that is distributed evenly over the classes. */
  declare readonly labelSmoothing: number;
  /** The axis of the classes. */
  declare readonly axis: number;

  constructor(...args: Arguments<LossOptions & CrossentropyOptions, typeof ProbabilityCrossentropy.positional>);
  constructor(options?: LossOptions & CrossentropyOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected get options(): CrossentropyOptions {
    const { fromLogits, labelSmoothing, axis } = this;
    return { fromLogits, labelSmoothing, axis };
  }
}

/**
 * The cross-entropy of targets that are 0 or 1, or between: {@link binaryCrossentropy}.
 *
 * @throws ValueError if labelSmoothing is not in [0, 1].
 * @example
 * await jit((yTrue, yPred) => new BinaryCrossentropy().apply(yTrue, yPred))([[1, 0]], [[0.8, 0.4]]);   // 0.366985
 * @see https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
 */
export class BinaryCrossentropy extends ProbabilityCrossentropy {
  static override readonly className: string = 'BinaryCrossentropy';
  static override readonly fields: Fields = {
    ...ProbabilityCrossentropy.fields,
    name: string('binary_crossentropy'),
  };

  override call(yTrue: Value, yPred: Value): Value {
    return binaryCrossentropy(yTrue, yPred, this.options);
  }
}

/**
 * The cross-entropy of targets that are probabilities of classes: {@link categoricalCrossentropy}.
 *
 * @throws ValueError if labelSmoothing is not in [0, 1].
 * @example
 * const loss = new CategoricalCrossentropy({ fromLogits: true });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[0, 1]], [[0, Math.log(3)]]);   // 0.287682
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
 */
export class CategoricalCrossentropy extends ProbabilityCrossentropy {
  static override readonly className: string = 'CategoricalCrossentropy';
  static override readonly fields: Fields = {
    ...ProbabilityCrossentropy.fields,
    name: string('categorical_crossentropy'),
  };

  override call(yTrue: Value, yPred: Value): Value {
    return categoricalCrossentropy(yTrue, yPred, this.options);
  }
}

/**
 * The cross-entropy of targets that are labels, integers from 0: {@link sparseCategoricalCrossentropy}.
 *
 * Ignored labels count neither in the sum nor in the number of samples that the mean divides by.
 * @example
 * const loss = new SparseCategoricalCrossentropy({ ignoreClass: 255 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([1, 255], [[0.5, 0.5], [0.5, 0.5]]);   // 0.693147
 * @see https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class
 */
export class SparseCategoricalCrossentropy extends Loss {
  static override readonly className: string = 'SparseCategoricalCrossentropy';
  static override readonly positional = ['fromLogits', 'ignoreClass', 'reduction', 'axis'] as const;
  static override readonly fields: Fields = {
    ...Loss.fields,
    name: string('sparse_categorical_crossentropy'),
    ...sparseCrossentropyFields,
    axis: unlessDefault(sparseCrossentropyFields.axis),
  };

  /** Whether predictions are logits instead of probabilities. */
  declare readonly fromLogits: boolean;
  /** A label that does not count. */
  declare readonly ignoreClass: number | null;
  /** The axis of the classes. */
  declare readonly axis: number;

  constructor(
    ...args: Arguments<LossOptions & SparseCrossentropyOptions, typeof SparseCategoricalCrossentropy.positional>
  );
  constructor(options?: LossOptions & SparseCrossentropyOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { fromLogits, ignoreClass, axis } = this;
    return sparseCategoricalCrossentropy(yTrue, yPred, { fromLogits, ignoreClass, axis });
  }

  override outputMask(yTrue: Value, yPred: Value): Value | null {
    if (this.ignoreClass === null) return null;
    const axis = canonicalAxis(this.axis, yPred.rank, this.className);
    return notEqual(labelsOf(yTrue, yPred, axis, this.className), this.ignoreClass);
  }

  override checkTargets(targets: Tensor, outputShape: Shape): void {
    const axis = canonicalAxis(this.axis, outputShape.length, this.className);
    const classes = outputShape[axis] ?? null;
    if (classes !== null) checkLabels(targets, classes, this.className, { ignoreClass: this.ignoreClass });
  }
}
