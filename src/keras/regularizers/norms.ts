import type { Config } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { abs, add, multiply, square } from '../ops/elementwise.ts';
import { type Operand, toFloat } from '../ops/operand.ts';
import { sum } from '../ops/reductions.ts';
import { Regularizer } from './regularizer.ts';

/** Checks a factor of a penalty. */
export function checkFactor(who: string, argument: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new ValueError(
      `[${who}] ${argument} must be a finite number that is not negative. Received: ${argument}=${show(value)}.`,
    );
  }
  return value;
}

const absoluteSum = (x: Value, factor: number): Value => multiply(sum(abs(x)), factor);
const squareSum = (x: Value, factor: number): Value => multiply(sum(square(x)), factor);

/**
 * l1 · Σ|x|, which drives weights to 0.
 *
 * Shapes: any → a scalar.
 * @throws ValueError if l1 is negative or not finite.
 * @example
 * await jit((x) => new L1({ l1: 0.1 }).call(x))([1, -2]);   // 0.3
 * @see https://keras.io/api/layers/regularizers/#l1-class
 */
export class L1 extends Regularizer {
  /** The factor, rounded to float32 as Keras does. */
  readonly l1: number;

  constructor(options: { /** The factor. @default 0.01 */ l1?: number | null } = {}) {
    super();
    checkOptions('L1', options, ['l1']);
    // Keras keeps this one factor as float32, and writes it so.
    this.l1 = Math.fround(checkFactor('L1', 'l1', options.l1 ?? 0.01));
  }

  override call(x: Operand): Value {
    return absoluteSum(toFloat(x), this.l1);
  }

  override getConfig(): Config {
    return { l1: this.l1 };
  }
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
  /** The factor. */
  readonly l2: number;

  constructor(options: { /** The factor. @default 0.01 */ l2?: number | null } = {}) {
    super();
    checkOptions('L2', options, ['l2']);
    this.l2 = checkFactor('L2', 'l2', options.l2 ?? 0.01);
  }

  override call(x: Operand): Value {
    return squareSum(toFloat(x), this.l2);
  }

  override getConfig(): Config {
    return { l2: this.l2 };
  }
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
  /** The factor of the absolute values. */
  readonly l1: number;
  /** The factor of the squares. */
  readonly l2: number;

  constructor(
    options: {
      /** The factor of the absolute values. @default 0 */ l1?: number | null;
      /** The factor of the squares. @default 0 */ l2?: number | null;
    } = {},
  ) {
    super();
    checkOptions('L1L2', options, ['l1', 'l2']);
    this.l1 = checkFactor('L1L2', 'l1', options.l1 ?? 0);
    this.l2 = checkFactor('L1L2', 'l2', options.l2 ?? 0);
  }

  override call(x: Operand): Value {
    const value = toFloat(x);
    if (this.l1 === 0) return squareSum(value, this.l2);
    if (this.l2 === 0) return absoluteSum(value, this.l1);
    return add(absoluteSum(value, this.l1), squareSum(value, this.l2));
  }

  override getConfig(): Config {
    return { l1: this.l1, l2: this.l2 };
  }
}
