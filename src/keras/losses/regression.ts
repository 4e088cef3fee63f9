import type { Value } from '../../compiler/ir/value.ts';
import { EPSILON } from '../../core/epsilon.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import {
  abs,
  add,
  divide,
  lessEqual,
  log,
  maximum,
  multiply,
  negative,
  rsqrt,
  softplus,
  square,
  subtract,
  where,
  mean,
  sum,
} from '../ops/index.ts';
import { unlessDefault } from '../saving/field-kinds.ts';
import { type Fields, integer, number, string } from '../saving/fields.ts';
import { readOptions } from '../saving/function-options.ts';
import { Loss, type LossOptions } from './loss.ts';
import { alignedFloats } from './alignment.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

const last = { axis: -1 };

/**
 * mean((yTrue − yPred)², axis −1)
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => meanSquaredError(yTrue, yPred))([[0, 1]], [[1, 3]]);   // [2.5]
 * @see https://keras.io/api/losses/regression_losses/#mean_squared_error-function
 */
export function meanSquaredError(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = alignedFloats('losses.meanSquaredError', yTrue, yPred);
  return mean(square(subtract(target, prediction)), last);
}

/**
 * mean(|yTrue − yPred|, axis −1)
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => meanAbsoluteError(yTrue, yPred))([[0, 1]], [[1, 3]]);   // [1.5]
 * @see https://keras.io/api/losses/regression_losses/#mean_absolute_error-function
 */
export function meanAbsoluteError(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = alignedFloats('losses.meanAbsoluteError', yTrue, yPred);
  return mean(abs(subtract(target, prediction)), last);
}

/**
 * 100 · mean(|yTrue − yPred| / max(|yTrue|, 1e-7), axis −1)
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => meanAbsolutePercentageError(yTrue, yPred))([[1, 4]], [[2, 2]]);   // [75]
 * @see https://keras.io/api/losses/regression_losses/#mean_absolute_percentage_error-function
 */
export function meanAbsolutePercentageError(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = alignedFloats('losses.meanAbsolutePercentageError', yTrue, yPred);
  const relative = divide(subtract(target, prediction), maximum(abs(target), EPSILON));
  return multiply(mean(abs(relative), last), 100);
}

/**
 * mean((log(yTrue + 1) − log(yPred + 1))², axis −1), of numbers clipped to at least 1e-7.
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => meanSquaredLogarithmicError(yTrue, yPred))([[0, 1]], [[0, 3]]);   // [0.240227]
 * @see https://keras.io/api/losses/regression_losses/#mean_squared_logarithmic_error-function
 */
export function meanSquaredLogarithmicError(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = alignedFloats('losses.meanSquaredLogarithmicError', yTrue, yPred);
  const logarithm = (x: Value): Value => log(add(maximum(x, EPSILON), 1));
  return mean(square(subtract(logarithm(prediction), logarithm(target))), last);
}

/**
 * mean(log cosh(yPred − yTrue), axis −1)
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => logCosh(yTrue, yPred))([[0, 0]], [[0, 1]]);   // [0.21689]
 * @see https://keras.io/api/losses/regression_losses/#log_cosh-function
 */
export function logCosh(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = alignedFloats('losses.logCosh', yTrue, yPred);
  const error = subtract(prediction, target);
  return mean(subtract(add(error, softplus(multiply(error, -2))), Math.LN2), last);
}

/** Options of {@link huber}. */
export interface HuberOptions {
  /** The distance from which on the loss is linear. @default 1 */
  delta?: number;
}

const huberFields = { delta: number(1) };

/**
 * The mean over axis −1 of e² / 2 if |e| ≤ delta, and delta · |e| − delta² / 2 otherwise; e = yPred − yTrue.
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => huber(yTrue, yPred, { delta: 1 }))([[0, 0]], [[1, 3]]);   // [1.5]
 * @see https://keras.io/api/losses/regression_losses/#huber-function
 */
export function huber(yTrue: Operand, yPred: Operand, options: HuberOptions = {}): Value {
  const { delta } = readOptions('losses.huber', huberFields, options);
  const [target, prediction] = alignedFloats('losses.huber', yTrue, yPred);
  const error = subtract(prediction, target);
  const distance = abs(error);
  const straight = subtract(multiply(distance, delta), 0.5 * delta * delta);
  return mean(where(lessEqual(distance, delta), multiply(square(error), 0.5), straight), last);
}

/** Options of {@link cosineSimilarity}. */
export interface CosineSimilarityOptions {
  /** The axis of the vectors. @default -1 */
  axis?: number;
}

const cosineFields = { axis: integer(-1) };

/**
 * −Σ (yTrue / ‖yTrue‖) · (yPred / ‖yPred‖) along an axis: −1 for equal directions, 1 for opposite ones.
 *
 * Shapes: those of the inputs without the axis.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => cosineSimilarity(yTrue, yPred))([[3, 4]], [[4, 3]]);   // [-0.96]
 * @see https://keras.io/api/losses/regression_losses/#cosine_similarity-function
 */
export function cosineSimilarity(yTrue: Operand, yPred: Operand, options: CosineSimilarityOptions = {}): Value {
  const who = 'losses.cosineSimilarity';
  const { axis } = readOptions(who, cosineFields, options);
  const [target, prediction] = alignedFloats(who, yTrue, yPred);
  // Vectors are lengthened by a factor of 1 / ε at most. In this order a zero vector has a finite gradient, too.
  const unit = (x: Value): Value =>
    multiply(x, rsqrt(maximum(sum(square(x), { axis, keepdims: true }), EPSILON * EPSILON)));
  return negative(sum(multiply(unit(target), unit(prediction)), { axis }));
}

/**
 * The mean of squared errors: {@link meanSquaredError}.
 * @example
 * await jit((yTrue, yPred) => new MeanSquaredError().apply(yTrue, yPred))([[0], [1]], [[1], [3]]);   // 2.5
 * @see https://keras.io/api/losses/regression_losses/#meansquarederror-class
 */
export class MeanSquaredError extends Loss {
  static override readonly className: string = 'MeanSquaredError';
  static override readonly fields: Fields = { ...Loss.fields, name: string('mean_squared_error') };

  override call(yTrue: Value, yPred: Value): Value {
    return meanSquaredError(yTrue, yPred);
  }
}

/**
 * The mean of absolute errors: {@link meanAbsoluteError}.
 * @example
 * const loss = new MeanAbsoluteError({ reduction: 'sum' });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[0], [1]], [[1], [3]]);   // 3
 * @see https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class
 */
export class MeanAbsoluteError extends Loss {
  static override readonly className: string = 'MeanAbsoluteError';
  static override readonly fields: Fields = { ...Loss.fields, name: string('mean_absolute_error') };

  override call(yTrue: Value, yPred: Value): Value {
    return meanAbsoluteError(yTrue, yPred);
  }
}

/**
 * The mean of errors relative to the target, in percent: {@link meanAbsolutePercentageError}.
 * @example
 * await jit((yTrue, yPred) => new MeanAbsolutePercentageError().apply(yTrue, yPred))([[1], [4]], [[2], [2]]);   // 75
 * @see https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class
 */
export class MeanAbsolutePercentageError extends Loss {
  static override readonly className: string = 'MeanAbsolutePercentageError';
  static override readonly fields: Fields = { ...Loss.fields, name: string('mean_absolute_percentage_error') };

  override call(yTrue: Value, yPred: Value): Value {
    return meanAbsolutePercentageError(yTrue, yPred);
  }
}

/**
 * The mean of squared differences of logarithms: {@link meanSquaredLogarithmicError}.
 * @example
 * await jit((yTrue, yPred) => new MeanSquaredLogarithmicError().apply(yTrue, yPred))([[0, 1]], [[0, 3]]);   // 0.240227
 * @see https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class
 */
export class MeanSquaredLogarithmicError extends Loss {
  static override readonly className: string = 'MeanSquaredLogarithmicError';
  static override readonly fields: Fields = { ...Loss.fields, name: string('mean_squared_logarithmic_error') };

  override call(yTrue: Value, yPred: Value): Value {
    return meanSquaredLogarithmicError(yTrue, yPred);
  }
}

/**
 * The mean of log cosh of the errors: {@link logCosh}.
 * @example
 * await jit((yTrue, yPred) => new LogCosh().apply(yTrue, yPred))([[0, 0]], [[0, 1]]);   // 0.21689
 * @see https://keras.io/api/losses/regression_losses/#logcosh-class
 */
export class LogCosh extends Loss {
  static override readonly className: string = 'LogCosh';
  static override readonly fields: Fields = { ...Loss.fields, name: string('log_cosh') };

  override call(yTrue: Value, yPred: Value): Value {
    return logCosh(yTrue, yPred);
  }
}

/**
 * Quadratic for errors up to delta, linear beyond: {@link huber}.
 * @example
 * await jit((yTrue, yPred) => new Huber({ delta: 2 }).apply(yTrue, yPred))([[0, 0]], [[1, 3]]);   // 2.25
 * @see https://keras.io/api/losses/regression_losses/#huber-class
 */
export class Huber extends Loss {
  static override readonly className: string = 'Huber';
  static override readonly positional = ['delta', 'reduction'] as const;
  static override readonly fields: Fields = {
    ...Loss.fields,
    name: string('huber_loss'),
    delta: unlessDefault(number(1)),
  };

  /** The distance from which on the loss is linear. */
  declare readonly delta: number;

  constructor(...args: Arguments<LossOptions & HuberOptions, typeof Huber.positional>);
  constructor(options?: LossOptions & HuberOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    return huber(yTrue, yPred, { delta: this.delta });
  }
}

/**
 * The negative cosine of the angle between target and prediction: {@link cosineSimilarity}.
 * @example
 * await jit((yTrue, yPred) => new CosineSimilarity().apply(yTrue, yPred))([[3, 4]], [[4, 3]]);   // -0.96
 * @see https://keras.io/api/losses/regression_losses/#cosinesimilarity-class
 */
export class CosineSimilarity extends Loss {
  static override readonly className: string = 'CosineSimilarity';
  static override readonly positional = ['axis', 'reduction'] as const;
  static override readonly fields: Fields = {
    ...Loss.fields,
    name: string('cosine_similarity'),
    axis: unlessDefault(integer(-1)),
  };

  /** The axis of the vectors. */
  declare readonly axis: number;

  constructor(...args: Arguments<LossOptions & CosineSimilarityOptions, typeof CosineSimilarity.positional>);
  constructor(options?: LossOptions & CosineSimilarityOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    return cosineSimilarity(yTrue, yPred, { axis: this.axis });
  }
}
