import type { Value } from '../../compiler/ir/value.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import {
  add,
  equal,
  logicalOr,
  maximum,
  multiply,
  square,
  subtract,
  where,
  all,
  max,
  mean,
  sum,
} from '../ops/index.ts';
import { type Fields, string } from '../saving/fields.ts';
import { Loss } from './loss.ts';
import { alignedFloats } from './alignment.ts';

/** Targets of −1 and 1; if all targets are 0 or 1, they are mapped to −1 and 1. */
function signed(target: Value): Value {
  const isBinary = all(logicalOr(equal(target, 0), equal(target, 1)));
  return where(isBinary, subtract(multiply(target, 2), 1), target);
}

/** max(1 − t p, 0), with the gradient of p where it is exactly 0. */
const margin = (target: Value, prediction: Value): Value =>
  maximum(subtract(1, multiply(signed(target), prediction)), 0);

/**
 * mean(max(1 − yTrue · yPred, 0), axis −1), for targets −1 and 1 (or 0 and 1).
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => hinge(yTrue, yPred))([[1, -1]], [[0.5, 0.5]]);   // [1]
 * @see https://keras.io/api/losses/hinge_losses/#hinge-function
 */
export function hinge(yTrue: Operand, yPred: Operand): Value {
  return mean(margin(...alignedFloats('losses.hinge', yTrue, yPred)), { axis: -1 });
}

/**
 * mean(max(1 − yTrue · yPred, 0)², axis −1), for targets −1 and 1 (or 0 and 1).
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => squaredHinge(yTrue, yPred))([[1, -1]], [[0.5, 0.5]]);   // [1.25]
 * @see https://keras.io/api/losses/hinge_losses/#squared_hinge-function
 */
export function squaredHinge(yTrue: Operand, yPred: Operand): Value {
  return mean(square(margin(...alignedFloats('losses.squaredHinge', yTrue, yPred))), { axis: -1 });
}

/**
 * max(neg − pos + 1, 0), where pos = Σ yTrue · yPred and neg = max((1 − yTrue) · yPred), over axis −1.
 *
 * Shapes: `[batch, …, classes]` twice → `[batch, …]`.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((yTrue, yPred) => categoricalHinge(yTrue, yPred))([[0, 1]], [[0.5, 0.6]]);   // [0.9]
 * @see https://keras.io/api/losses/hinge_losses/#categorical_hinge-function
 */
export function categoricalHinge(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = alignedFloats('losses.categoricalHinge', yTrue, yPred);
  const right = sum(multiply(target, prediction), { axis: -1 });
  const wrong = max(multiply(subtract(1, target), prediction), { axis: -1 });
  return maximum(add(subtract(wrong, right), 1), 0);
}

/**
 * The mean distance of predictions to the correct side of the margin: {@link hinge}.
 * @example
 * await jit((yTrue, yPred) => new Hinge().apply(yTrue, yPred))([[1, -1]], [[0.5, 0.5]]);   // 1
 * @see https://keras.io/api/losses/hinge_losses/#hinge-class
 */
export class Hinge extends Loss {
  static override readonly className: string = 'Hinge';
  static override readonly fields: Fields = { ...Loss.fields, name: string('hinge') };

  override call(yTrue: Value, yPred: Value): Value {
    return hinge(yTrue, yPred);
  }
}

/**
 * The mean squared distance of predictions to the correct side of the margin: {@link squaredHinge}.
 * @example
 * await jit((yTrue, yPred) => new SquaredHinge().apply(yTrue, yPred))([[1, -1]], [[0.5, 0.5]]);   // 1.25
 * @see https://keras.io/api/losses/hinge_losses/#squaredhinge-class
 */
export class SquaredHinge extends Loss {
  static override readonly className: string = 'SquaredHinge';
  static override readonly fields: Fields = { ...Loss.fields, name: string('squared_hinge') };

  override call(yTrue: Value, yPred: Value): Value {
    return squaredHinge(yTrue, yPred);
  }
}

/**
 * The margin loss between the true class and the best of the other classes: {@link categoricalHinge}.
 * @example
 * await jit((yTrue, yPred) => new CategoricalHinge().apply(yTrue, yPred))([[0, 1]], [[0.5, 0.6]]);   // 0.9
 * @see https://keras.io/api/losses/hinge_losses/#categoricalhinge-class
 */
export class CategoricalHinge extends Loss {
  static override readonly className: string = 'CategoricalHinge';
  static override readonly fields: Fields = { ...Loss.fields, name: string('categorical_hinge') };

  override call(yTrue: Value, yPred: Value): Value {
    return categoricalHinge(yTrue, yPred);
  }
}
