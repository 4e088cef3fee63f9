import { checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, clip, divide, log, multiply, subtract } from '../ops/elementwise.ts';
import type { Operand } from '../ops/operand.ts';
import { mean, sum } from '../ops/reductions.ts';
import { Loss, type LossOptions, lossOptions } from './loss.ts';
import { aligned } from './targets.ts';

const EPSILON = 1e-7;

/**
 * Σ yTrue · log(yTrue / yPred) over axis −1, of probabilities kept within [1e-7, 1].
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => klDivergence(yTrue, yPred))([[0.5, 0.5]], [[0.25, 0.75]]);   // [0.143841]
 * @see https://keras.io/api/losses/probabilistic_losses/#kl_divergence-function
 */
export function klDivergence(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('losses.klDivergence', yTrue, yPred);
  const [t, p] = [clip(target, EPSILON, 1), clip(prediction, EPSILON, 1)];
  return sum(multiply(t, log(divide(t, p))), { axis: -1 });
}

/**
 * mean(yPred − yTrue · log(yPred + 1e-7), axis −1)
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => poisson(yTrue, yPred))([[1, 2]], [[1, 2]]);   // [0.806853]
 * @see https://keras.io/api/losses/probabilistic_losses/#poisson-function
 */
export function poisson(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('losses.poisson', yTrue, yPred);
  return mean(subtract(prediction, multiply(target, log(add(prediction, EPSILON)))), { axis: -1 });
}

/**
 * How far predicted probabilities are from the targets, in nats: {@link klDivergence}.
 * @example
 * await jit((yTrue, yPred) => new KLDivergence().apply(yTrue, yPred))([[0.5, 0.5]], [[0.25, 0.75]]);   // 0.143841
 * @see https://keras.io/api/losses/probabilistic_losses/#kldivergence-class
 */
export class KLDivergence extends Loss {
  constructor(options: LossOptions = {}) {
    checkOptions('KLDivergence', options, lossOptions);
    super(options, 'kl_divergence');
  }

  override call(yTrue: Value, yPred: Value): Value {
    return klDivergence(yTrue, yPred);
  }
}

/**
 * Minus the log-likelihood of counts with predicted means, without its constant: {@link poisson}.
 * @example
 * await jit((yTrue, yPred) => new Poisson().apply(yTrue, yPred))([[1, 2]], [[1, 2]]);   // 0.806853
 * @see https://keras.io/api/losses/probabilistic_losses/#poisson-class
 */
export class Poisson extends Loss {
  constructor(options: LossOptions = {}) {
    checkOptions('Poisson', options, lossOptions);
    super(options, 'poisson');
  }

  override call(yTrue: Value, yPred: Value): Value {
    return poisson(yTrue, yPred);
  }
}
