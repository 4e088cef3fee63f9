import type { Value } from '../../compiler/ir/value.ts';
import { EPSILON } from '../../core/epsilon.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { add, clip, divide, log, multiply, subtract, mean, sum } from '../ops/index.ts';
import { type Fields, string } from '../saving/fields.ts';
import { Loss } from './loss.ts';
import { alignedFloats } from './alignment.ts';

/**
 * Σ yTrue · log(yTrue / yPred) over axis −1, of probabilities clipped to [1e-7, 1].
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => klDivergence(yTrue, yPred))([[0.5, 0.5]], [[0.25, 0.75]]);   // [0.143841]
 * @see https://keras.io/api/losses/probabilistic_losses/#kl_divergence-function
 */
export function klDivergence(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = alignedFloats('losses.klDivergence', yTrue, yPred);
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
  const [target, prediction] = alignedFloats('losses.poisson', yTrue, yPred);
  return mean(subtract(prediction, multiply(target, log(add(prediction, EPSILON)))), { axis: -1 });
}

/**
 * The divergence of predicted probabilities from the targets, in nats: {@link klDivergence}.
 * @example
 * await jit((yTrue, yPred) => new KLDivergence().apply(yTrue, yPred))([[0.5, 0.5]], [[0.25, 0.75]]);   // 0.143841
 * @see https://keras.io/api/losses/probabilistic_losses/#kldivergence-class
 */
export class KLDivergence extends Loss {
  static override readonly className: string = 'KLDivergence';
  static override readonly fields: Fields = { ...Loss.fields, name: string('kl_divergence') };

  override call(yTrue: Value, yPred: Value): Value {
    return klDivergence(yTrue, yPred);
  }
}

/**
 * The negative log-likelihood of counts with predicted means, up to a constant: {@link poisson}.
 * @example
 * await jit((yTrue, yPred) => new Poisson().apply(yTrue, yPred))([[1, 2]], [[1, 2]]);   // 0.806853
 * @see https://keras.io/api/losses/probabilistic_losses/#poisson-class
 */
export class Poisson extends Loss {
  static override readonly className: string = 'Poisson';
  static override readonly fields: Fields = { ...Loss.fields, name: string('poisson') };

  override call(yTrue: Value, yPred: Value): Value {
    return poisson(yTrue, yPred);
  }
}
