import { type DType } from '../../../core/dtype.ts';
import type { RandomStream } from '../../../core/random.ts';
import type { Shape } from '../../../core/shape.ts';
import { randomUniform } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { cos, log, multiply, sqrt, subtract } from '../../../compiler/builder/index.ts';

/**
 * New numbers of the standard normal distribution at each run, by Box and Muller: √(−2 ln u) · cos 2πv, for u in (0, 1]
 * and v in [0, 1). Uniform numbers are multiples of 2⁻²⁴, so that none is greater than 5.8.
 */
export function standardNormal(seeds: RandomStream, shape: Shape, dtype: DType): Value {
  const u = subtract(1, randomUniform(seeds.nextInteger(), shape, dtype));
  const v = randomUniform(seeds.nextInteger(), shape, dtype);
  return multiply(sqrt(multiply(log(u), -2)), cos(multiply(v, 2 * Math.PI)));
}
