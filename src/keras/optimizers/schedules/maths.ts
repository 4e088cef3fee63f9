import type { DType } from '../../../core/dtype.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import * as ops from '../../ops/elementwise.ts';
import { toValue } from '../../ops/operand.ts';

/**
 * What a schedule computes with. The same formula then works on values in a graph, where an optimizer needs it, and on
 * plain numbers, where somebody wants to know the rate without a graph.
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
  /** The smaller of two. */
  readonly minimum: (a: T | number, b: T | number) => T;
  /** The greatest integer that is not greater. */
  readonly floor: (x: T) => T;
  /** The natural logarithm. */
  readonly log: (x: T) => T;
  /** The cosine of an angle in radians. */
  readonly cos: (x: T) => T;
  /** `then` where a ≤ b, else `otherwise`. Both are computed. */
  readonly ifAtMost: (a: T | number, b: T | number, then: T | number, otherwise: T | number) => T;
}

/** On numbers. */
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

/** On values of a type, which is that of the step. */
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
