import type { Config, Json } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, multiply, subtract } from '../ops/elementwise.ts';
import type { Operand } from '../ops/operand.ts';
import { type Axis, sum } from '../ops/reductions.ts';
import { Loss, type LossOptions, lossOptions } from './loss.ts';
import { aligned } from './targets.ts';

/** What keeps the quotient of two empty sets finite. */
const EPSILON = 1e-7;

/** Options of {@link dice}. */
export interface DiceOptions {
  /** The axes to sum over. @default null, all: one loss for the whole batch */
  axis?: Axis;
}

/** Options of {@link tversky}. */
export interface TverskyOptions extends DiceOptions {
  /** What targets count that are not predicted. @default 0.5 */
  alpha?: number;
  /** What predictions count that are no targets. @default 0.5 */
  beta?: number;
}

const diceOptions: readonly string[] = ['axis'];
const tverskyOptions: readonly string[] = [...diceOptions, 'alpha', 'beta'];

/** Checks an axis that may be one, several or null; whether the predictions have it shows when it is used. */
function checkAxes(who: string, axis: unknown): Axis {
  const list: readonly unknown[] = Array.isArray(axis) ? axis : [axis ?? 0];
  if (list.every((entry) => Number.isInteger(entry))) {
    return Array.isArray(axis) ? [...(axis as readonly number[])] : ((axis ?? null) as number | null);
  }
  throw new TypeError(`[${who}] axis must be an integer, a list of integers or null. Received: axis=${show(axis)}.`);
}

const axisConfig = (axis: Axis): Json => (typeof axis === 'number' || axis === null ? axis : [...axis]);

/**
 * 1 − 2 Σ(yTrue · yPred) / (Σ yTrue + Σ yPred + 1e-7), with the sums over axes: how little two sets overlap.
 *
 * Shapes: `[batch, …]` twice → what the axes leave; a scalar for all of them.
 * @throws ValueError if the shapes do not broadcast, or there is no such axis.
 * @example
 * await jit((yTrue, yPred) => dice(yTrue, yPred))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.2
 * await jit((yTrue, yPred) => dice(yTrue, yPred, { axis: 1 }))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // ≈ [0, 0.333333]
 * @see https://keras.io/api/losses/probabilistic_losses/
 */
export function dice(yTrue: Operand, yPred: Operand, options: DiceOptions = {}): Value {
  const who = 'losses.dice';
  checkOptions(who, options, diceOptions);
  const axis = checkAxes(who, options.axis);
  const [target, prediction] = aligned(who, yTrue, yPred);
  const overlap = sum(multiply(target, prediction), { axis });
  const sizes = add(sum(target, { axis }), sum(prediction, { axis }));
  return subtract(1, divide(multiply(2, overlap), add(sizes, EPSILON)));
}

/**
 * 1 − o / (o + alpha · Σ(yTrue · (1 − yPred)) + beta · Σ((1 − yTrue) · yPred) + 1e-7) with o = Σ(yTrue · yPred), the sums
 * over axes: {@link dice} with weights for what is missed and what is wrongly found.
 *
 * Shapes: `[batch, …]` twice → what the axes leave; a scalar for all of them.
 * @throws ValueError if the shapes do not broadcast, or there is no such axis.
 * @example
 * const f = jit((yTrue, yPred) => tversky(yTrue, yPred, { alpha: 0.3, beta: 0.7 }));
 * await f([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.130435
 * @see https://arxiv.org/abs/1706.05721
 */
export function tversky(yTrue: Operand, yPred: Operand, options: TverskyOptions = {}): Value {
  const who = 'losses.tversky';
  checkOptions(who, options, tverskyOptions);
  const axis = checkAxes(who, options.axis);
  const alpha = checkNumber(who, 'alpha', options.alpha ?? 0.5);
  const beta = checkNumber(who, 'beta', options.beta ?? 0.5);
  const [target, prediction] = aligned(who, yTrue, yPred);
  const overlap = sum(multiply(target, prediction), { axis });
  const missed = sum(multiply(target, subtract(1, prediction)), { axis });
  const wrong = sum(multiply(subtract(1, target), prediction), { axis });
  const all = add(overlap, add(multiply(missed, alpha), multiply(wrong, beta)));
  return subtract(1, divide(overlap, add(all, EPSILON)));
}

/**
 * How little two sets overlap, for segmentation: {@link dice}.
 *
 * Over all axes the batch has one loss, which weights of samples then multiply; with `axis: [1, 2, 3]` each sample has its
 * own.
 * @throws TypeError if the axis is none.
 * @example
 * await jit((yTrue, yPred) => new Dice({ axis: [1] }).apply(yTrue, yPred))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.166667
 * @see https://keras.io/api/losses/probabilistic_losses/
 */
export class Dice extends Loss {
  /** The axes to sum over; null for all. */
  readonly axis: Axis;

  constructor(options: LossOptions & DiceOptions = {}) {
    checkOptions('Dice', options, [...lossOptions, ...diceOptions]);
    super(options, 'dice');
    this.axis = checkAxes('Dice', options.axis);
  }

  override call(yTrue: Value, yPred: Value): Value {
    return dice(yTrue, yPred, { axis: this.axis });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: axisConfig(this.axis) };
  }
}

/**
 * How little two sets overlap, with weights for the two kinds of error: {@link tversky}. With both weights 0.5 it is
 * {@link Dice}, with both 1 one minus the intersection over union.
 *
 * @throws TypeError if an option is of another type.
 * @example
 * const loss = new Tversky({ alpha: 1, beta: 1 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[1, 0], [1, 1]], [[1, 0], [1, 0]]);   // 0.333333
 * @see https://arxiv.org/abs/1706.05721
 */
export class Tversky extends Loss {
  /** What targets count that are not predicted. */
  readonly alpha: number;
  /** What predictions count that are no targets. */
  readonly beta: number;
  /** The axes to sum over; null for all. */
  readonly axis: Axis;

  constructor(options: LossOptions & TverskyOptions = {}) {
    const who = 'Tversky';
    checkOptions(who, options, [...lossOptions, ...tverskyOptions]);
    super(options, 'tversky');
    this.alpha = checkNumber(who, 'alpha', options.alpha ?? 0.5);
    this.beta = checkNumber(who, 'beta', options.beta ?? 0.5);
    this.axis = checkAxes(who, options.axis);
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { alpha, beta, axis } = this;
    return tversky(yTrue, yPred, { alpha, beta, axis });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), alpha: this.alpha, beta: this.beta, axis: axisConfig(this.axis) };
  }
}
