import { EPSILON } from '../../core/epsilon.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { add, divide, multiply, subtract, type Axis, sum } from '../ops/index.ts';
import { axesOrNull } from '../saving/field-kinds.ts';
import { type Fields, number, string } from '../saving/fields.ts';
import { readOptions } from '../saving/function-options.ts';
import { Loss, type LossOptions } from './loss.ts';
import { alignedFloats } from './alignment.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link dice}. */
export interface DiceOptions {
  /** The axes of the sums. @default null, all: one loss for the whole batch */
  axis?: Axis;
}

/** Options of {@link tversky}. */
export interface TverskyOptions extends DiceOptions {
  /** The weight of false negatives. @default 0.5 */
  alpha?: number;
  /** The weight of false positives. @default 0.5 */
  beta?: number;
}

const diceFields = { axis: axesOrNull(null) };
const tverskyFields = { alpha: number(0.5), beta: number(0.5), ...diceFields };

/**
 * 1 − 2 Σ(yTrue · yPred) / (Σ yTrue + Σ yPred + 1e-7), with the sums over axes: 0 for equal sets, 1 for disjoint ones.
 *
 * Shapes: `[batch, …]` twice → the axes that remain; a scalar without axes.
 * @throws ValueError if the shapes do not broadcast, or there is no such axis.
 * @example
 * await jit((yTrue, yPred) => dice(yTrue, yPred))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.2
 * await jit((yTrue, yPred) => dice(yTrue, yPred, { axis: 1 }))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // ≈ [0, 0.333333]
 * @see https://keras.io/api/losses/probabilistic_losses/
 */
export function dice(yTrue: Operand, yPred: Operand, options: DiceOptions = {}): Value {
  const who = 'losses.dice';
  const { axis } = readOptions(who, diceFields, options);
  const [target, prediction] = alignedFloats(who, yTrue, yPred);
  const overlap = sum(multiply(target, prediction), { axis });
  const sizes = add(sum(target, { axis }), sum(prediction, { axis }));
  return subtract(1, divide(multiply(2, overlap), add(sizes, EPSILON)));
}

/**
 * 1 − o / (o + alpha · Σ(yTrue · (1 − yPred)) + beta · Σ((1 − yTrue) · yPred) + 1e-7) with o = Σ(yTrue · yPred), the sums
 * over axes: {@link dice} with weights for false negatives and false positives.
 *
 * Shapes: `[batch, …]` twice → the axes that remain; a scalar without axes.
 * @throws ValueError if the shapes do not broadcast, or there is no such axis.
 * @example
 * const f = jit((yTrue, yPred) => tversky(yTrue, yPred, { alpha: 0.3, beta: 0.7 }));
 * await f([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.130435
 * @see https://arxiv.org/abs/1706.05721
 */
export function tversky(yTrue: Operand, yPred: Operand, options: TverskyOptions = {}): Value {
  const who = 'losses.tversky';
  const { alpha, beta, axis } = readOptions(who, tverskyFields, options);
  const [target, prediction] = alignedFloats(who, yTrue, yPred);
  const overlap = sum(multiply(target, prediction), { axis });
  const missed = sum(multiply(target, subtract(1, prediction)), { axis });
  const wrong = sum(multiply(subtract(1, target), prediction), { axis });
  const all = add(overlap, add(multiply(missed, alpha), multiply(wrong, beta)));
  return subtract(1, divide(overlap, add(all, EPSILON)));
}

/**
 * One minus the overlap of two sets, for segmentation: {@link dice}.
 *
 * Over all axes the batch has a single loss, which sample weights multiply; with `axis: [1, 2, 3]` each sample has its own.
 * @throws TypeError if the axis is not an integer, a list of integers or null.
 * @example
 * await jit((yTrue, yPred) => new Dice({ axis: [1] }).apply(yTrue, yPred))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.166667
 * @see https://keras.io/api/losses/probabilistic_losses/
 */
export class Dice extends Loss {
  static override readonly className: string = 'Dice';
  static override readonly positional = ['reduction', 'name', 'axis'] as const;
  static override readonly fields: Fields = { ...Loss.fields, name: string('dice'), ...diceFields };

  /** The axes of the sums; null for all. */
  declare readonly axis: Axis;

  constructor(...args: Arguments<LossOptions & DiceOptions, typeof Dice.positional>);
  constructor(options?: LossOptions & DiceOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    return dice(yTrue, yPred, { axis: this.axis });
  }
}

/**
 * One minus the overlap of two sets, with weights for the two kinds of errors: {@link tversky}. If both weights are 0.5
 * it is {@link Dice}, if both are 1 it is one minus the intersection over union.
 *
 * @throws TypeError if an option has another type.
 * @example
 * const loss = new Tversky({ alpha: 1, beta: 1 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.333333
 * @see https://arxiv.org/abs/1706.05721
 */
export class Tversky extends Loss {
  static override readonly className: string = 'Tversky';
  static override readonly positional = ['alpha', 'beta', 'reduction'] as const;
  static override readonly fields: Fields = { ...Loss.fields, name: string('tversky'), ...tverskyFields };

  /** The weight of false negatives. */
  declare readonly alpha: number;
  /** The weight of false positives. */
  declare readonly beta: number;
  /** The axes of the sums; null for all. */
  declare readonly axis: Axis;

  constructor(...args: Arguments<LossOptions & TverskyOptions, typeof Tversky.positional>);
  constructor(options?: LossOptions & TverskyOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { alpha, beta, axis } = this;
    return tversky(yTrue, yPred, { alpha, beta, axis });
  }
}
