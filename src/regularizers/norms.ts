import type { Config } from '../core/config.ts';
import { ValueError, show } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import type { Value } from '../graph/value.ts';
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
 * l1 · Σ|x|
 * @throws ValueError if l1 is negative or not finite.
 * @example
 * new L1({ l1: 0.01 });
 * @see https://keras.io/api/layers/regularizers/#l1-class
 */
export class L1 extends Regularizer {
  readonly l1: number;

  constructor(options: { /** @default 0.01 */ l1?: number | null } = {}) {
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
 * l2 · Σx²
 * @throws ValueError if l2 is negative or not finite.
 * @example
 * new L2({ l2: 0.01 });
 * @see https://keras.io/api/layers/regularizers/#l2-class
 */
export class L2 extends Regularizer {
  readonly l2: number;

  constructor(options: { /** @default 0.01 */ l2?: number | null } = {}) {
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
 * @throws ValueError if a factor is negative or not finite.
 * @example
 * new L1L2({ l1: 0.01, l2: 0.01 });
 * @see https://keras.io/api/layers/regularizers/#l1l2-class
 */
export class L1L2 extends Regularizer {
  readonly l1: number;
  readonly l2: number;

  constructor(options: { /** @default 0 */ l1?: number | null; /** @default 0 */ l2?: number | null } = {}) {
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
