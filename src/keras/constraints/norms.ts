import type { Config } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, clip, divide, maximum, minimum, multiply, sqrt, square } from '../ops/elementwise.ts';
import { type Operand, toFloat } from '../ops/operand.ts';
import { sum } from '../ops/reductions.ts';
import { Constraint } from './constraint.ts';

/** What keeps a division by a norm of 0 finite. */
const EPSILON = 1e-7;

type Axes = number | readonly number[];

/** For every constraint on norms. */
export interface AxisOption {
  /** The axes whose elements together have the norm; [0, 1, 2] for the kernel of a Conv2D. @default 0 */
  axis?: Axes;
}

function checkAxes(who: string, axis: unknown): Axes {
  const fits = Number.isInteger(axis) || (Array.isArray(axis) && axis.every((entry) => Number.isInteger(entry)));
  if (fits) return axis as Axes;
  throw new TypeError(`[${who}] axis must be an integer or a list of integers. Received: axis=${show(axis)}.`);
}

const normsOf = (w: Value, axis: Axes): Value => sqrt(sum(square(w), { axis, keepdims: true }));

/** w, its norms brought from what they are to what is desired. */
const rescaled = (w: Value, norms: Value, desired: Value): Value => multiply(w, divide(desired, add(norms, EPSILON)));

/**
 * max(w, 0), element by element.
 *
 * @example
 * await jit((w) => new NonNeg().call(w))([-1, 2]);   // [0, 2]
 * @see https://keras.io/api/layers/constraints/#nonneg-class
 */
export class NonNeg extends Constraint {
  constructor(options: Readonly<Record<never, never>> = {}) {
    super();
    checkOptions('NonNeg', options, []);
  }

  override call(w: Operand): Value {
    return maximum(toFloat(w), 0);
  }
}

/**
 * w · min(‖w‖, maxValue) / (‖w‖ + 1e-7), ‖w‖ the norm over `axis`: no vector is longer than `maxValue`.
 *
 * Shapes: the result has the shape of w.
 * @throws TypeError if an option does not exist or has the wrong type.
 * @example
 * await jit((w) => new MaxNorm({ maxValue: 2.5 }).call(w))([[3], [4]]);   // [[1.5], [2]]
 * @see https://keras.io/api/layers/constraints/#maxnorm-class
 */
export class MaxNorm extends Constraint {
  /** The greatest norm. */
  readonly maxValue: number;
  /** The axes whose elements together have the norm. */
  readonly axis: Axes;

  constructor(options: AxisOption & { /** The greatest norm. @default 2 */ maxValue?: number } = {}) {
    super();
    checkOptions('MaxNorm', options, ['maxValue', 'axis']);
    this.maxValue = checkNumber('MaxNorm', 'maxValue', options.maxValue ?? 2);
    this.axis = checkAxes('MaxNorm', options.axis ?? 0);
  }

  override call(w: Operand): Value {
    const value = toFloat(w);
    const norms = normsOf(value, this.axis);
    return rescaled(value, norms, minimum(norms, this.maxValue));
  }

  override getConfig(): Config {
    return { max_value: this.maxValue, axis: this.axis };
  }
}

/**
 * w / (‖w‖ + 1e-7), ‖w‖ the norm over `axis`: every vector has length 1.
 *
 * Shapes: the result has the shape of w.
 * @throws TypeError if an option does not exist or has the wrong type.
 * @example
 * await jit((w) => new UnitNorm().call(w))([[3], [4]]);   // [[0.6], [0.8]]
 * @see https://keras.io/api/layers/constraints/#unitnorm-class
 */
export class UnitNorm extends Constraint {
  /** The axes whose elements together have the norm. */
  readonly axis: Axes;

  constructor(options: AxisOption = {}) {
    super();
    checkOptions('UnitNorm', options, ['axis']);
    this.axis = checkAxes('UnitNorm', options.axis ?? 0);
  }

  override call(w: Operand): Value {
    const value = toFloat(w);
    return divide(value, add(normsOf(value, this.axis), EPSILON));
  }

  override getConfig(): Config {
    return { axis: this.axis };
  }
}

/** Options of {@link MinMaxNorm}. */
export interface MinMaxNormOptions extends AxisOption {
  /** The least norm. @default 0 */
  minValue?: number;
  /** The greatest norm. @default 1 */
  maxValue?: number;
  /** How far towards the bound a norm is brought: 1 is all the way. @default 1 */
  rate?: number;
}

/**
 * w · (rate · clip(‖w‖, minValue, maxValue) + (1 − rate) · ‖w‖) / (‖w‖ + 1e-7), ‖w‖ the norm over `axis`.
 *
 * Shapes: the result has the shape of w.
 * @throws TypeError if an option does not exist or has the wrong type.
 * @example
 * await jit((w) => new MinMaxNorm({ maxValue: 1, rate: 0.5 }).call(w))([[3], [4]]);   // [[1.8], [2.4]]
 * @see https://keras.io/api/layers/constraints/#minmaxnorm-class
 */
export class MinMaxNorm extends Constraint {
  /** The least norm. */
  readonly minValue: number;
  /** The greatest norm. */
  readonly maxValue: number;
  /** How far towards the bound a norm is brought. */
  readonly rate: number;
  /** The axes whose elements together have the norm. */
  readonly axis: Axes;

  constructor(options: MinMaxNormOptions = {}) {
    super();
    checkOptions('MinMaxNorm', options, ['minValue', 'maxValue', 'rate', 'axis']);
    this.minValue = checkNumber('MinMaxNorm', 'minValue', options.minValue ?? 0);
    this.maxValue = checkNumber('MinMaxNorm', 'maxValue', options.maxValue ?? 1);
    this.rate = checkNumber('MinMaxNorm', 'rate', options.rate ?? 1);
    this.axis = checkAxes('MinMaxNorm', options.axis ?? 0);
  }

  override call(w: Operand): Value {
    const value = toFloat(w);
    const norms = normsOf(value, this.axis);
    const bounded = multiply(clip(norms, this.minValue, this.maxValue), this.rate);
    return rescaled(value, norms, add(bounded, multiply(norms, 1 - this.rate)));
  }

  override getConfig(): Config {
    return { min_value: this.minValue, max_value: this.maxValue, rate: this.rate, axis: this.axis };
  }
}
