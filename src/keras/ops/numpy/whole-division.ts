import * as build from '../../../compiler/builder/index.ts';
import type { Value } from '../../../compiler/ir/value.ts';

const { equal, subtract, where } = build;

/** The quotient, truncated toward 0, and the remainder of int32 numbers; both are 0 where the divisor is 0. */
export function divideWhole(x: Value, y: Value): readonly [quotient: Value, remainder: Value] {
  // The processor traps on a division by 0, and on −2³¹ / −1.
  const isMinus = equal(y, -1);
  const isZero = equal(y, 0);
  const dividend = where(isMinus, build.negative(x), x);
  const divisor = where(build.logicalOr(isMinus, isZero), 1, y);
  const quotient = build.divideIntegers(dividend, divisor);
  const remainder = where(build.logicalOr(isMinus, isZero), 0, subtract(x, build.multiply(quotient, divisor)));
  return [where(isZero, 0, quotient), remainder];
}
