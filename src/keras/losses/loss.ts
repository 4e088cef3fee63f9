import type { Value } from '../../compiler/ir/value.ts';
import type { DType } from '../../core/dtype.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { logicalAnd } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { Configurable } from '../saving/configurable.ts';
import { autoName, dtype } from '../saving/field-kinds.ts';
import { type Fields, type GivenOptions, nullable, under } from '../saving/fields.ts';
import { type Reduction, type Weights, reduceWeighted, reduction } from './reduction.ts';

/** Options of all losses. */
export interface LossOptions {
  /** The name in logs. @default the class's, in snake_case */
  name?: string | null;
  /** The reduction of the losses of samples to one number. @default 'sum_over_batch_size', their mean */
  reduction?: Reduction;
  /** The type in which the loss is computed. @default null, that of the predictions */
  dtype?: DType | null;
}

/** The options of most losses that can be given by position. */
const ORDER = ['reduction', 'name', 'dtype'] as const;

/**
 * The base of losses, which training minimizes. A custom loss implements `call`, the loss of each sample; its options,
 * if it has any, are described by static `fields`.
 *
 * @throws TypeError if an option does not exist or has the wrong type.
 * @example
 * class Cubic extends Loss {
 *   call(yTrue, yPred) { return ops.mean(ops.power(ops.abs(ops.subtract(yTrue, yPred)), 3), { axis: -1 }); }
 * }
 * await jit((yTrue, yPred) => new Cubic().apply(yTrue, yPred))([[0], [0]], [[1], [3]]);   // 14
 * @see https://keras.io/api/losses/
 */
export abstract class Loss extends Configurable {
  static override readonly fields: Fields = {
    name: autoName(),
    reduction,
    dtype: under(null, nullable(dtype())),
  };
  static override readonly positional: readonly string[] = ORDER;

  /** The name in logs. */
  declare readonly name: string;
  /** The reduction of the losses of samples to one number. */
  declare readonly reduction: Reduction;
  /** The type in which the loss is computed; null for that of the predictions. */
  declare readonly dtype: DType | null;

  constructor(options?: LossOptions, positional?: GivenOptions);
  constructor(...args: Arguments<LossOptions, typeof ORDER>);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** Returns the loss of each sample, from targets and predictions in one floating type. */
  abstract call(yTrue: Value, yPred: Value): Value;

  /** Returns booleans that select the losses of `call` that count; null for all. */
  outputMask(_yTrue: Value, _yPred: Value): Value | null {
    return null;
  }

  /**
   * Checks targets on the host, for mistakes that a graph cannot report.
   * @param _outputShape the shape of the predictions
   */
  checkTargets(_targets: Tensor, _outputShape: Shape): void {
    // Most losses accept any numbers.
  }

  /**
   * Returns the loss of a batch: the losses of the samples, weighted, masked and reduced.
   *
   * Shapes: weights `[rows]` count for all values of a row of `call`'s result; others, and the mask, broadcast to it. The result is a scalar, or of that shape with
   * reduction `none`.
   */
  apply(yTrue: Operand, yPred: Operand, weights: Weights = {}): Value {
    const predictions = this.dtype === null ? toFloat(yPred) : castTo(toValue(yPred), this.dtype);
    const targets = castTo(toValue(yTrue), predictions.dtype);
    const values = this.call(targets, predictions);
    const own = this.outputMask(targets, predictions);
    const given = weights.mask ?? null;
    const mask = own === null || given === null ? (own ?? given) : logicalAnd(given, own);
    return reduceWeighted(this.name, values, { ...weights, mask }, this.reduction);
  }
}
