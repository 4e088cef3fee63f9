import type { Config } from '../../core/config.ts';
import { type DType, checkDType } from '../../core/dtype.ts';
import { snakeCase, uniqueName } from '../../core/names.ts';
import { checkString } from '../../core/checks.ts';
import { optionsOf } from '../saving/registry.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { logicalAnd } from '../ops/elementwise.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { type Reduction, type Weights, checkReduction, reduceWeighted } from './reduction.ts';

/** For every loss. */
export interface LossOptions {
  /** What logs call it. @default the class's, in snake_case */
  name?: string | null;
  /** How the losses of samples become one number. @default 'sum_over_batch_size', their mean */
  reduction?: Reduction;
  /** The type it is computed in. @default null, that of the predictions */
  dtype?: DType | null;
}

export const lossOptions: readonly string[] = ['name', 'reduction', 'dtype'];

/**
 * What training makes small. One's own extends this class and gives `call`, the loss of each sample.
 *
 * @throws TypeError if the reduction does not exist.
 * @example
 * class Cubic extends Loss {
 *   call(yTrue, yPred) { return ops.mean(ops.power(ops.abs(ops.subtract(yTrue, yPred)), 3), { axis: -1 }); }
 * }
 * await jit((yTrue, yPred) => new Cubic().apply(yTrue, yPred))([[0], [0]], [[1], [3]]);   // 14
 * @see https://keras.io/api/losses/
 */
export abstract class Loss {
  /** What logs call it. */
  readonly name: string;
  /** How the losses of samples become one number. */
  readonly reduction: Reduction;
  /** The type it is computed in; null for that of the predictions. */
  readonly dtype: DType | null;

  constructor(options: LossOptions = {}, defaultName?: string) {
    const name = options.name ?? defaultName ?? uniqueName(snakeCase(new.target.name));
    this.name = checkString(new.target.name, 'name', name);
    this.reduction = checkReduction(this.name, options.reduction);
    const dtype = options.dtype ?? null;
    this.dtype = dtype === null ? null : checkDType(dtype, this.name);
  }

  /** The loss of each sample; targets and predictions come in one floating type. */
  abstract call(yTrue: Value, yPred: Value): Value;

  /** Which of the losses that `call` gives count, as truth values; null for all. */
  outputMask(_yTrue: Value, _yPred: Value): Value | null {
    return null;
  }

  /**
   * Looks on the host for targets that no graph can complain about.
   * @param outputShape the shape of the predictions
   */
  checkTargets(_targets: Tensor, _outputShape: Shape): void {
    // Most losses take any numbers.
  }

  /**
   * The loss of a batch: that of each sample, times its weight, masked, reduced.
   *
   * Shapes: weights and mask broadcast against what `call` gives. With reduction `none` so is the result, else a scalar.
   */
  apply(yTrue: Operand, yPred: Operand, weights: Weights = {}): Value {
    const predictions = this.dtype === null ? toFloat(yPred) : castTo(toValue(yPred), this.dtype);
    const targets = castTo(toValue(yTrue), predictions.dtype);
    const values = this.call(targets, predictions);
    const own = this.outputMask(targets, predictions);
    const given = weights.mask ?? null;
    const mask = own === null || given === null ? (own ?? given) : logicalAnd(given, own);
    return reduceWeighted(values, { ...weights, mask }, this.reduction);
  }

  /** Keras's JSON: the arguments to make this loss again. */
  getConfig(): Config {
    return { name: this.name, reduction: this.reduction };
  }

  /** Makes a loss from what `getConfig` gave. */
  static fromConfig(this: new (options: never) => Loss, config: Config): Loss {
    return new this(optionsOf(config) as never);
  }
}
