import type { DType } from '../../../core/dtype.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';
import { toValue } from '../../../compiler/builder/operand.ts';

/**
 * The operations of a schedule. One formula then works on the values of a graph, in an optimizer's step, and on plain
 * numbers.
 *
 * @example
 * class Halving extends optimizers.schedules.LearningRateSchedule {
 *   call(step, maths) { return maths.multiply(0.1, maths.power(0.5, step)); }
 * }
 * new Halving().at(2);   // 0.025
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export interface Maths<T> {
  /** a + b */
  readonly add: (a: T | number, b: T | number) => T;
  /** a − b */
  readonly subtract: (a: T | number, b: T | number) => T;
  /** a · b */
  readonly multiply: (a: T | number, b: T | number) => T;
  /** a / b */
  readonly divide: (a: T | number, b: T | number) => T;
  /** aᵇ */
  readonly power: (a: T | number, b: T | number) => T;
  /** min(a, b) */
  readonly minimum: (a: T | number, b: T | number) => T;
  /** ⌊x⌋ */
  readonly floor: (x: T) => T;
  /** The natural logarithm. */
  readonly log: (x: T) => T;
  /** The cosine of an angle in radians. */
  readonly cos: (x: T) => T;
  /** `then` if a ≤ b, otherwise `otherwise`. Both are computed. */
  readonly ifAtMost: (a: T | number, b: T | number, then: T | number, otherwise: T | number) => T;
}

/** Operations on numbers. */
export const numberMaths: Maths<number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
  minimum: Math.min,
  floor: Math.floor,
  log: Math.log,
  cos: Math.cos,
  ifAtMost: (a, b, then, otherwise) => (a <= b ? then : otherwise),
};

/** Operations on values of a type, the type of the step. */
export const valueMaths = (dtype: DType): Maths<Value> => ({
  add: (a, b) => ops.add(a, b),
  subtract: (a, b) => ops.subtract(a, b),
  multiply: (a, b) => ops.multiply(a, b),
  divide: (a, b) => ops.divide(a, b),
  power: (a, b) => ops.power(a, b),
  minimum: (a, b) => ops.minimum(a, b),
  floor: (x) => ops.floor(x),
  log: (x) => ops.log(x),
  cos: (x) => ops.cos(x),
  ifAtMost: (a, b, then, otherwise) => ops.where(ops.lessEqual(a, b), toValue(then, dtype), toValue(otherwise, dtype)),
});
