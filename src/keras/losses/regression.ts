import type { Config } from '../../core/config.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
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
} from '../ops/elementwise.ts';
import type { Operand } from '../ops/operand.ts';
import { mean, sum } from '../ops/reductions.ts';
import { Loss, type LossOptions, lossOptions } from './loss.ts';
import { aligned } from './targets.ts';

/** What keeps logarithms and quotients finite. */
const EPSILON = 1e-7;

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
  const [target, prediction] = aligned('losses.meanSquaredError', yTrue, yPred);
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
  const [target, prediction] = aligned('losses.meanAbsoluteError', yTrue, yPred);
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
  const [target, prediction] = aligned('losses.meanAbsolutePercentageError', yTrue, yPred);
  const relative = divide(subtract(target, prediction), maximum(abs(target), EPSILON));
  return multiply(mean(abs(relative), last), 100);
}

/**
 * mean((log(yTrue + 1) − log(yPred + 1))², axis −1), of numbers raised to 1e-7 at least.
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => meanSquaredLogarithmicError(yTrue, yPred))([[0, 1]], [[0, 3]]);   // [0.240227]
 * @see https://keras.io/api/losses/regression_losses/#mean_squared_logarithmic_error-function
 */
export function meanSquaredLogarithmicError(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('losses.meanSquaredLogarithmicError', yTrue, yPred);
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
  const [target, prediction] = aligned('losses.logCosh', yTrue, yPred);
  const error = subtract(prediction, target);
  return mean(subtract(add(error, softplus(multiply(error, -2))), Math.LN2), last);
}

/**
 * mean of e² / 2 where |e| ≤ delta, delta · |e| − delta² / 2 elsewhere, over axis −1; e = yPred − yTrue.
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => huber(yTrue, yPred, { delta: 1 }))([[0, 0]], [[1, 3]]);   // [1.5]
 * @see https://keras.io/api/losses/regression_losses/#huber-function
 */
export function huber(
  yTrue: Operand,
  yPred: Operand,
  options: { /** Where squares end and the straight part begins. @default 1 */ delta?: number } = {},
): Value {
  checkOptions('losses.huber', options, ['delta']);
  const delta = checkNumber('losses.huber', 'delta', options.delta ?? 1);
  const [target, prediction] = aligned('losses.huber', yTrue, yPred);
  const error = subtract(prediction, target);
  const distance = abs(error);
  const straight = subtract(multiply(distance, delta), 0.5 * delta * delta);
  return mean(where(lessEqual(distance, delta), multiply(square(error), 0.5), straight), last);
}

/**
 * −Σ (yTrue / ‖yTrue‖) · (yPred / ‖yPred‖) along an axis: −1 for one direction, 1 for opposite ones.
 *
 * Shapes: those of the inputs without the axis.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => cosineSimilarity(yTrue, yPred))([[3, 4]], [[4, 3]]);   // [-0.96]
 * @see https://keras.io/api/losses/regression_losses/#cosine_similarity-function
 */
export function cosineSimilarity(
  yTrue: Operand,
  yPred: Operand,
  options: { /** The axis of the vectors. @default -1 */ axis?: number } = {},
): Value {
  checkOptions('losses.cosineSimilarity', options, ['axis']);
  const axis = options.axis ?? -1;
  const [target, prediction] = aligned('losses.cosineSimilarity', yTrue, yPred);
  // No vector is made longer than by 1 / epsilon; this way round a zero vector has a gradient, too.
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
  constructor(options: LossOptions = {}) {
    checkOptions('MeanSquaredError', options, lossOptions);
    super(options, 'mean_squared_error');
  }

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
  constructor(options: LossOptions = {}) {
    checkOptions('MeanAbsoluteError', options, lossOptions);
    super(options, 'mean_absolute_error');
  }

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
  constructor(options: LossOptions = {}) {
    checkOptions('MeanAbsolutePercentageError', options, lossOptions);
    super(options, 'mean_absolute_percentage_error');
  }

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
  constructor(options: LossOptions = {}) {
    checkOptions('MeanSquaredLogarithmicError', options, lossOptions);
    super(options, 'mean_squared_logarithmic_error');
  }

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
  constructor(options: LossOptions = {}) {
    checkOptions('LogCosh', options, lossOptions);
    super(options, 'log_cosh');
  }

  override call(yTrue: Value, yPred: Value): Value {
    return logCosh(yTrue, yPred);
  }
}

/**
 * Squared near the target, straight from delta on: {@link huber}.
 * @example
 * await jit((yTrue, yPred) => new Huber({ delta: 2 }).apply(yTrue, yPred))([[0, 0]], [[1, 3]]);   // 2.25
 * @see https://keras.io/api/losses/regression_losses/#huber-class
 */
export class Huber extends Loss {
  /** Where squares end and the straight part begins. */
  readonly delta: number;

  constructor(
    options: LossOptions & { /** Where squares end and the straight part begins. @default 1 */ delta?: number } = {},
  ) {
    checkOptions('Huber', options, [...lossOptions, 'delta']);
    super(options, 'huber_loss');
    this.delta = checkNumber('Huber', 'delta', options.delta ?? 1);
  }

  override call(yTrue: Value, yPred: Value): Value {
    return huber(yTrue, yPred, { delta: this.delta });
  }

  /** Keras never writes delta; here it is written where it is not 1, which Keras reads. */
  override getConfig(): Config {
    return this.delta === 1 ? super.getConfig() : { ...super.getConfig(), delta: this.delta };
  }
}

/**
 * Minus the cosine of the angle between target and prediction: {@link cosineSimilarity}.
 * @example
 * await jit((yTrue, yPred) => new CosineSimilarity().apply(yTrue, yPred))([[3, 4]], [[4, 3]]);   // -0.96
 * @see https://keras.io/api/losses/regression_losses/#cosinesimilarity-class
 */
export class CosineSimilarity extends Loss {
  /** The axis of the vectors. */
  readonly axis: number;

  constructor(options: LossOptions & { /** The axis of the vectors. @default -1 */ axis?: number } = {}) {
    checkOptions('CosineSimilarity', options, [...lossOptions, 'axis']);
    super(options, 'cosine_similarity');
    this.axis = checkNumber('CosineSimilarity', 'axis', options.axis ?? -1);
  }

  override call(yTrue: Value, yPred: Value): Value {
    return cosineSimilarity(yTrue, yPred, { axis: this.axis });
  }

  /** Keras never writes the axis; here it is written where it is not −1, which Keras reads. */
  override getConfig(): Config {
    return this.axis === -1 ? super.getConfig() : { ...super.getConfig(), axis: this.axis };
  }
}
