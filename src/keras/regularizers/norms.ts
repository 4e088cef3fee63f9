import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import { abs, add, multiply, square, sum } from '../ops/index.ts';
import { type Fields, under } from '../saving/fields.ts';
import { factor, float32Factor } from './factor.ts';
import { Regularizer } from './regularizer.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

const absoluteSum = (x: Value, scale: number): Value => multiply(sum(abs(x)), scale);
const squareSum = (x: Value, scale: number): Value => multiply(sum(square(x)), scale);

/** Options of {@link L1}. */
export interface L1Options {
  /** The factor. @default 0.01 */
  l1?: number | null;
}

/**
 * l1 · Σ|x|, which makes weights sparse.
 *
 * Shapes: any → a scalar.
 * @throws ValueError if l1 is negative or not finite.
 * @example
 * await jit((x) => new L1({ l1: 0.1 }).call(x))([1, -2]);   // 0.3
 * @see https://keras.io/api/layers/regularizers/#l1-class
 */
export class L1 extends Regularizer {
  static override readonly className: string = 'L1';
  static override readonly positional = ['l1'] as const;
  static override readonly fields: Fields = { l1: under('l1', float32Factor(0.01)) };

  /** The factor, rounded to float32 as in Keras. */
  declare readonly l1: number;

  constructor(...args: Arguments<L1Options, typeof L1.positional>);
  constructor(options?: L1Options);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(x: Operand): Value {
    return absoluteSum(toFloat(x), this.l1);
  }
}

/** Options of {@link L2}. */
export interface L2Options {
  /** The factor. @default 0.01 */
  l2?: number | null;
}

/**
 * l2 · Σx², which keeps weights small.
 *
 * Shapes: any → a scalar.
 * @throws ValueError if l2 is negative or not finite.
 * @example
 * await jit((x) => new L2({ l2: 0.1 }).call(x))([1, -2]);   // 0.5
 * @see https://keras.io/api/layers/regularizers/#l2-class
 */
export class L2 extends Regularizer {
  static override readonly className: string = 'L2';
  static override readonly positional = ['l2'] as const;
  static override readonly fields: Fields = { l2: under('l2', factor(0.01)) };

  /** The factor. */
  declare readonly l2: number;

  constructor(...args: Arguments<L2Options, typeof L2.positional>);
  constructor(options?: L2Options);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(x: Operand): Value {
    return squareSum(toFloat(x), this.l2);
  }
}

/** Options of {@link L1L2}. */
export interface L1L2Options {
  /** The factor of the absolute values. @default 0 */
  l1?: number | null;
  /** The factor of the squares. @default 0 */
  l2?: number | null;
}

/**
 * l1 · Σ|x| + l2 · Σx²
 *
 * Shapes: any → a scalar.
 * @throws ValueError if a factor is negative or not finite.
 * @example
 * await jit((x) => new L1L2({ l1: 0.1, l2: 0.1 }).call(x))([1, -2]);   // 0.8
 * @see https://keras.io/api/layers/regularizers/#l1l2-class
 */
export class L1L2 extends Regularizer {
  static override readonly className: string = 'L1L2';
  static override readonly positional = ['l1', 'l2'] as const;
  static override readonly fields: Fields = { l1: under('l1', factor(0)), l2: under('l2', factor(0)) };

  /** The factor of the absolute values. */
  declare readonly l1: number;
  /** The factor of the squares. */
  declare readonly l2: number;

  constructor(...args: Arguments<L1L2Options, typeof L1L2.positional>);
  constructor(options?: L1L2Options);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(x: Operand): Value {
    const value = toFloat(x);
    if (this.l1 === 0) return squareSum(value, this.l2);
    if (this.l2 === 0) return absoluteSum(value, this.l1);
    return add(absoluteSum(value, this.l1), squareSum(value, this.l2));
  }
}
