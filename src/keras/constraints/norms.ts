import type { Value } from '../../compiler/ir/value.ts';
import { EPSILON } from '../../core/epsilon.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import { add, clip, divide, maximum, minimum, multiply, sqrt, square, sum } from '../ops/index.ts';
import type { NoOptions } from '../saving/configurable.ts';
import { type Axes, axes } from '../saving/field-kinds.ts';
import { type Fields, number } from '../saving/fields.ts';
import { Constraint } from './constraint.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** The option of all constraints on norms. */
export interface AxisOption {
  /** The axes over which the norm is computed; [0, 1, 2] for the kernel of a Conv2D. @default 0 */
  axis?: Axes;
}

const normsOf = (w: Value, axis: Axes): Value => sqrt(sum(square(w), { axis, keepdims: true }));

/** w rescaled from its norms to the desired ones. */
const rescaled = (w: Value, norms: Value, desired: Value): Value => multiply(w, divide(desired, add(norms, EPSILON)));

/**
 * max(w, 0), element by element.
 *
 * @example
 * await jit((w) => new NonNeg().call(w))([-1, 2]);   // [0, 2]
 * @see https://keras.io/api/layers/constraints/#nonneg-class
 */
export class NonNeg extends Constraint {
  static override readonly className: string = 'NonNeg';

  constructor(options: NoOptions = {}) {
    super(options);
  }

  override call(w: Operand): Value {
    return maximum(toFloat(w), 0);
  }
}

/** Options of {@link MaxNorm}. */
export interface MaxNormOptions extends AxisOption {
  /** The maximum norm. @default 2 */
  maxValue?: number;
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
  static override readonly className: string = 'MaxNorm';
  static override readonly positional = ['maxValue', 'axis'] as const;
  static override readonly fields: Fields = { maxValue: number(2), axis: axes(0) };

  /** The maximum norm. */
  declare readonly maxValue: number;
  /** The axes over which the norm is computed. */
  declare readonly axis: Axes;

  constructor(...args: Arguments<MaxNormOptions, typeof MaxNorm.positional>);
  constructor(options?: MaxNormOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(w: Operand): Value {
    const value = toFloat(w);
    const norms = normsOf(value, this.axis);
    return rescaled(value, norms, minimum(norms, this.maxValue));
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
  static override readonly className: string = 'UnitNorm';
  static override readonly positional = ['axis'] as const;
  static override readonly fields: Fields = { axis: axes(0) };

  /** The axes over which the norm is computed. */
  declare readonly axis: Axes;

  constructor(...args: Arguments<AxisOption, typeof UnitNorm.positional>);
  constructor(options?: AxisOption);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(w: Operand): Value {
    const value = toFloat(w);
    return divide(value, add(normsOf(value, this.axis), EPSILON));
  }
}

/** Options of {@link MinMaxNorm}. */
export interface MinMaxNormOptions extends AxisOption {
  /** The minimum norm. @default 0 */
  minValue?: number;
  /** The maximum norm. @default 1 */
  maxValue?: number;
  /** The fraction of the distance to the bounds that a norm is moved; 1 enforces them. @default 1 */
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
  static override readonly className: string = 'MinMaxNorm';
  static override readonly positional = ['minValue', 'maxValue', 'rate', 'axis'] as const;
  static override readonly fields: Fields = {
    minValue: number(0),
    maxValue: number(1),
    rate: number(1),
    axis: axes(0),
  };

  /** The minimum norm. */
  declare readonly minValue: number;
  /** The maximum norm. */
  declare readonly maxValue: number;
  /** The fraction of the distance to the bounds that a norm is moved. */
  declare readonly rate: number;
  /** The axes over which the norm is computed. */
  declare readonly axis: Axes;

  constructor(...args: Arguments<MinMaxNormOptions, typeof MinMaxNorm.positional>);
  constructor(options?: MinMaxNormOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(w: Operand): Value {
    const value = toFloat(w);
    const norms = normsOf(value, this.axis);
    const bounded = multiply(clip(norms, this.minValue, this.maxValue), this.rate);
    return rescaled(value, norms, add(bounded, multiply(norms, 1 - this.rate)));
  }
}
