import type { KnownShape } from '../../core/shape.ts';
import * as build from '../../compiler/builder/index.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { constant } from '../../compiler/graph/leaves.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { log1p } from '../ops/numpy/index.ts';
import { type DrawOptions, type Drawn, readDraw, readParameter } from './draws.ts';

/** The expected number of successes below which the distribution function is inverted. */
const FEW = 10;
/** The number of successes that is not exceeded then, but once in 10¹⁰. */
const MOST = 40;
/** The candidates of a number of many successes. Each is accepted with a probability of more than 0.85. */
const CANDIDATES = 10;

/**
 * Random numbers of successes of trials.
 *
 * The distribution function is inverted where few successes are expected; otherwise the numbers are found by transformed rejection
 * (Hörmann 1993). Where failures are rarer than successes, they are counted. Counts beyond 2²⁰ are exact in float64 alone.
 *
 * Shapes: the shape of the result; counts, which must be integers ≥ 0, and probabilities, in [0, 1], broadcast to it.
 *
 * @throws ValueError if a size is unknown, the dtype is not a floating-point type, or a parameter does not broadcast.
 * @example
 * const x = await evaluate(random.binomial([1000], 10, 0.3, { seed: 1 }));
 * x.data.every((each) => Number.isInteger(each) && each >= 0 && each <= 10);    // true
 * @see https://doi.org/10.1080/00949659308811496
 * @see https://keras.io/api/random/random_ops/#binomial-function
 */
export function binomial(shape: KnownShape, counts: Operand, probabilities: Operand, options: DrawOptions = {}): Value {
  const who = 'random.binomial';
  const drawn = readDraw(who, shape, options);
  const n = readParameter(who, 'counts', counts, drawn);
  const given = readParameter(who, 'probabilities', probabilities, drawn);
  const countsFailures = build.less(0.5, given);
  const p = build.where(countsFailures, build.subtract(1, given), given);
  const hasFew = build.less(build.multiply(n, p), FEW);
  const few = inverted(n, build.where(hasFew, p, 0), drawn);
  // Both are computed for all elements: the parameters of the one that is not used are harmless.
  const many = rejected(build.where(hasFew, 40, n), build.where(hasFew, 0.5, p), drawn);
  const found = build.where(hasFew, build.minimum(few, n), many);
  return build.broadcastTo(build.where(countsFailures, build.subtract(n, found), found), drawn.shape);
}

/** The number of k whose distribution function is ≤ u; the probabilities follow from each other. */
function inverted(n: Value, p: Value, { shape, dtype, draws }: Drawn): Value {
  const u = draws.uniform(shape, dtype);
  const odds = build.divide(p, build.subtract(1, p));
  const none = build.exp(build.multiply(n, log1p(build.negative(p))));
  const spread = (x: Value): Value => build.broadcastTo(x, shape);
  const steps = constant(
    Float64Array.from({ length: MOST }, (_, k) => k),
    dtype,
  );
  const { states } = build.scan(
    ([mass = u, sum = u, count = u], [k = u]) => {
      const next = build.multiply(mass, build.multiply(build.divide(build.subtract(n, k), build.add(k, 1)), odds));
      const isBeyond = build.lessEqual(sum, u);
      const total = build.add(sum, build.maximum(next, 0));
      return {
        states: [build.maximum(next, 0), total, build.where(isBeyond, build.add(count, 1), count)],
        outputs: [],
      };
    },
    [spread(none), spread(none), build.fullLike(u, 0)],
    [steps],
  );
  return states[2] ?? u;
}

/** The numbers of transformed rejection, BTRS, for n · p ≥ 10 and p ≤ 1/2. */
function rejected(n: Value, p: Value, { shape, dtype, draws }: Drawn): Value {
  const q = build.subtract(1, p);
  const mean = build.multiply(n, p);
  const deviation = build.sqrt(build.multiply(mean, q));
  const b = build.add(build.multiply(deviation, 2.53), 1.15);
  const a = build.addAll([build.multiply(b, 0.0248), build.multiply(p, 0.01), -0.0873]);
  const c = build.add(mean, 0.5);
  const inner = build.subtract(0.92, build.divide(4.2, b));
  const alpha = build.multiply(build.add(build.divide(5.1, b), 2.83), deviation);
  const m = build.floor(build.multiply(build.add(n, 1), p));
  const ratio = build.divide(p, q);
  const candidate = (): { accepted: Value; k: Value } => {
    const u = build.subtract(draws.uniform(shape, dtype), 0.5);
    const v = draws.positive(shape, dtype);
    const us = build.maximum(build.subtract(0.5, build.abs(u)), 1e-7);
    const k = build.floor(build.add(build.multiply(build.add(build.divide(build.multiply(a, 2), us), b), u), c));
    const isInside = build.logicalAnd(build.lessEqual(0.07, us), build.lessEqual(v, inner));
    const isPossible = build.logicalAnd(build.lessEqual(0, k), build.lessEqual(k, n));
    const at = build.minimum(build.maximum(k, 0), n);
    const left = build.log(build.divide(build.multiply(v, alpha), build.add(build.divide(a, build.square(us)), b)));
    const isBelow = build.lessEqual(left, logRatio(n, m, at, ratio));
    return { accepted: build.logicalAnd(isPossible, build.logicalOr(isInside, isBelow)), k: at };
  };
  const candidates = Array.from({ length: CANDIDATES }, candidate);
  return candidates.reduceRight<Value>(
    (later, { accepted, k }) => build.where(accepted, k, later),
    build.broadcastTo(m, shape),
  );
}

/** ln of the probability of k, relative to that of the mode m, by Stirling's formula. */
function logRatio(n: Value, m: Value, k: Value, ratio: Value): Value {
  const next = (x: Value): Value => build.add(x, 1);
  const [afterN, ofM, ofK] = [next(n), next(build.subtract(n, m)), next(build.subtract(n, k))];
  const ln = (x: Value, y: Value): Value => build.log(build.divide(x, y));
  return build.addAll([
    build.multiply(build.add(m, 0.5), ln(next(m), build.multiply(ratio, ofM))),
    build.multiply(afterN, ln(ofM, ofK)),
    build.multiply(build.add(k, 0.5), ln(build.multiply(ratio, ofK), next(k))),
    correction(m),
    correction(build.subtract(n, m)),
    build.negative(correction(k)),
    build.negative(correction(build.subtract(n, k))),
  ]);
}

/** ln k! − ln of Stirling's formula for (k + 1/2) ln(k + 1) − (k + 1) + ln √2π; its series is exact to 3 · 10⁻⁴ for k = 0, and to 2 · 10⁻⁶ else. */
function correction(k: Value): Value {
  const x = build.reciprocal(build.add(k, 1));
  const square = build.square(x);
  const series = [-1 / 1680, 1 / 1260, -1 / 360, 1 / 12].reduce<Value | null>(
    (sum, term) => (sum === null ? build.fullLike(x, term) : build.add(build.multiply(sum, square), term)),
    null,
  );
  return build.multiply(series ?? x, x);
}
