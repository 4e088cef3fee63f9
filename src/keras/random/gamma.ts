import type { KnownShape } from '../../core/shape.ts';
import * as build from '../../compiler/builder/index.ts';
import { type Operand, toValue } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type DrawOptions, type Drawn, readDraw, readParameter } from './draws.ts';

/** The candidates of a number. Each is accepted with a probability of more than 0.95: none is, once in 10⁸. */
const CANDIDATES = 6;

/**
 * The logarithm of random numbers of a gamma distribution, by Marsaglia and Tsang: with d = α − 1/3, c = 1 / √(9d), a normal x and
 * a uniform u,
 *
 *     d · v,   v = (1 + c·x)³,   if v > 0 and ln u < x²/2 + d − d·v + d·ln v
 *
 * For α < 1, the numbers of α + 1 are multiplied by u^(1/α).
 */
export function logGamma(alpha: Value, { shape, dtype, draws }: Drawn): Value {
  const isSmall = build.less(alpha, 1);
  const raised = build.where(isSmall, build.add(alpha, 1), alpha);
  const d = build.subtract(raised, 1 / 3);
  const c = build.reciprocal(build.sqrt(build.multiply(d, 9)));
  const candidate = (): { accepted: Value; log: Value } => {
    const x = draws.normal(shape, dtype);
    const root = build.add(build.multiply(c, x), 1);
    const isPositive = build.less(0, root);
    const logV = build.multiply(build.log(build.where(isPositive, root, 1)), 3);
    const bound = build.addAll([
      build.multiply(build.square(x), 0.5),
      d,
      build.negative(build.multiply(d, build.exp(logV))),
      build.multiply(d, logV),
    ]);
    const isBelow = build.less(build.log(draws.positive(shape, dtype)), bound);
    return { accepted: build.logicalAnd(isPositive, isBelow), log: build.add(build.log(d), logV) };
  };
  const [first, ...rest] = Array.from({ length: CANDIDATES }, candidate);
  const last = rest.pop();
  const found = [...(first === undefined ? [] : [first]), ...rest].reduceRight<Value>(
    (later, { accepted, log }) => build.where(accepted, log, later),
    last?.log ?? alpha,
  );
  const power = build.divide(build.log(draws.positive(shape, dtype)), alpha);
  return build.add(found, build.where(isSmall, power, 0));
}

/**
 * Random numbers of a gamma distribution with the scale 1.
 *
 * Shapes: the shape of the result; alpha, which must be positive, broadcasts to it.
 *
 * @throws ValueError if a size is unknown, the dtype is not a floating-point type, or alpha does not broadcast.
 * @example
 * const x = await evaluate(random.gamma([1000], 2, { seed: 1 }));
 * Math.min(...x.data) > 0;    // true
 * @see https://doi.org/10.1145/358407.358414
 * @see https://keras.io/api/random/random_ops/#gamma-function
 */
export function gamma(shape: KnownShape, alpha: Operand, options: DrawOptions = {}): Value {
  const drawn = readDraw('random.gamma', shape, options);
  const value = build.exp(logGamma(readParameter('random.gamma', 'alpha', alpha, drawn), drawn));
  return build.broadcastTo(value, drawn.shape);
}

/**
 * Random numbers of a beta distribution: x / (x + y), for x and y of gamma distributions of alpha and beta.
 *
 * Shapes: the shape of the result; alpha and beta, which must be positive, broadcast to it.
 *
 * @throws ValueError as {@link gamma} does.
 * @example
 * const x = await evaluate(random.beta([1000], 2, 3, { seed: 1 }));
 * x.data.every((each) => each > 0 && each < 1);    // true
 * @see https://keras.io/api/random/random_ops/#beta-function
 */
export function beta(shape: KnownShape, alpha: Operand, beta: Operand, options: DrawOptions = {}): Value {
  const who = 'random.beta';
  const drawn = readDraw(who, shape, options);
  const x = logGamma(readParameter(who, 'alpha', alpha, drawn), drawn);
  const y = logGamma(readParameter(who, 'beta', toValue(beta), drawn), drawn);
  // Both numbers may be too small for their type, and their ratio not.
  return build.sigmoid(build.subtract(x, y));
}
