import type { DType } from '../../../../core/dtype.ts';
import type { RandomStream } from '../../../../core/random.ts';
import type { Shape } from '../../../../core/shape.ts';
import { randomUniform } from '../../../../compiler/graph/leaves.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { standardNormal } from '../../../ops/base/standard-normal.ts';

/** The number of proposals for each gamma-distributed number: at least 95% are accepted, so all fail once in 10²⁰ times. */
const PROPOSALS = 16;

/**
 * New numbers of the gamma distribution at each run, by Marsaglia and Tsang: d · v with v = (1 + n / √(9d))³, d = α + 2/3,
 * for the first proposal n ~ N(0, 1) with ln u < n²/2 + d (1 − v + ln v). The distribution of α + 1 times u^(1/α) is that of α.
 */
export function gamma(seeds: RandomStream, shape: Shape, alpha: Value | number, dtype: DType): Value {
  const proposed = [PROPOSALS, ...shape];
  const uniform = (of: Shape): Value => ops.subtract(1, randomUniform(seeds.nextInteger(), of, dtype));
  const d = ops.add(alpha, 2 / 3);
  const normal = standardNormal(seeds, proposed, dtype);
  const root = ops.add(1, ops.divide(normal, ops.sqrt(ops.multiply(d, 9))));
  const v = ops.multiply(ops.square(root), root);
  const isPositive = ops.greater(v, 0);
  const safe = ops.where(isPositive, v, 1);
  const bound = ops.add(
    ops.multiply(ops.square(normal), 0.5),
    ops.multiply(d, ops.add(ops.subtract(1, safe), ops.log(safe))),
  );
  const accepted = ops.cast(ops.logicalAnd(isPositive, ops.less(ops.log(uniform(proposed)), bound)), dtype);
  // The first accepted proposal has the greatest weight: that of proposal i is PROPOSALS − i.
  const weights = ops.multiply(
    accepted,
    ops.reshape(ops.arange(PROPOSALS, { stop: 0, step: -1, dtype }), [PROPOSALS, ...shape.map(() => 1)]),
  );
  const isFirst = ops.logicalAnd(
    ops.equal(weights, ops.max(weights, { axis: 0, keepdims: true })),
    ops.greater(weights, 0),
  );
  const chosen = ops.sum(ops.where(isFirst, safe, 0), { axis: 0 });
  return ops.multiply(ops.multiply(d, chosen), ops.power(uniform(shape), ops.divide(1, alpha)));
}

/** New numbers of the symmetric beta distribution at each run: g₁ / (g₁ + g₂) of two gamma-distributed numbers. */
export function beta(seeds: RandomStream, shape: Shape, alpha: Value | number, dtype: DType): Value {
  const [a, b] = [gamma(seeds, shape, alpha, dtype), gamma(seeds, shape, alpha, dtype)];
  const total = ops.add(a, b);
  // Both may be too small for the dtype if alpha is.
  const isEmpty = ops.lessEqual(total, 0);
  return ops.where(isEmpty, 0.5, ops.divide(a, ops.where(isEmpty, 1, total)));
}

/** A new random order of a batch at each run: the ranks of random numbers. */
export function randomOrder(seeds: RandomStream, batch: number | null): Value {
  const drawn = randomUniform(seeds.nextInteger(), [batch], 'float32');
  const isLess = ops.less(ops.expandDims(drawn, 0), ops.expandDims(drawn, 1));
  return ops.sum(ops.cast(isLess, 'int32'), { axis: 1 });
}
