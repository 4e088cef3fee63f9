import { checkInteger, checkNumber } from '../../../core/checks.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';

/** A window of `length` numbers as a constant; f of the share i / (length − 1), which is ½ in the middle. */
function windowOf(who: string, length: number, f: (share: number) => number): Value {
  const count = Math.max(0, checkInteger(who, 'x', length, -Infinity));
  if (count === 1) return constant(Float32Array.of(1));
  return constant(Float32Array.from({ length: count }, (_, i) => f(i / (count - 1))));
}

const cosine = (share: number, periods: number): number => Math.cos(2 * Math.PI * periods * share);

/**
 * The Bartlett window of x numbers, a triangle from 0 to 1 and back.
 * @throws TypeError if x is not an integer.
 * @example
 * await jit((x) => ops.multiply(x, ops.bartlett(5)))([1, 1, 1, 1, 1]);   // [0, 0.5, 1, 0.5, 0]
 * @see https://keras.io/api/ops/numpy/
 */
export const bartlett = (x: number): Value => windowOf('ops.bartlett', x, (share) => 1 - Math.abs(2 * share - 1));

/**
 * The Blackman window of x numbers, 0.42 − 0.5 cos 2πt + 0.08 cos 4πt for t from 0 to 1.
 * @throws TypeError if x is not an integer.
 * @example
 * await jit((x) => ops.multiply(x, ops.blackman(5)))([1, 1, 1, 1, 1]);   // ≈ [0, 0.34, 1, 0.34, 0]
 * @see https://keras.io/api/ops/numpy/
 */
export const blackman = (x: number): Value =>
  windowOf('ops.blackman', x, (share) => 0.42 - 0.5 * cosine(share, 1) + 0.08 * cosine(share, 2));

/**
 * The Hamming window of x numbers, 0.54 − 0.46 cos 2πt for t from 0 to 1.
 * @throws TypeError if x is not an integer.
 * @example
 * await jit((x) => ops.multiply(x, ops.hamming(5)))([1, 1, 1, 1, 1]);   // ≈ [0.08, 0.54, 1, 0.54, 0.08]
 * @see https://keras.io/api/ops/numpy/
 */
export const hamming = (x: number): Value => windowOf('ops.hamming', x, (share) => 0.54 - 0.46 * cosine(share, 1));

/**
 * The Hann window of x numbers, 0.5 − 0.5 cos 2πt for t from 0 to 1.
 * @throws TypeError if x is not an integer.
 * @example
 * await jit((x) => ops.multiply(x, ops.hanning(5)))([1, 1, 1, 1, 1]);   // ≈ [0, 0.5, 1, 0.5, 0]
 * @see https://keras.io/api/ops/numpy/
 */
export const hanning = (x: number): Value => windowOf('ops.hanning', x, (share) => 0.5 - 0.5 * cosine(share, 1));

/** The modified Bessel function of order 0, Σ (x/2)²ᵏ / k!², a series of positive terms. */
function besselI0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/**
 * The Kaiser window of x numbers, I₀(β √(1 − (2t − 1)²)) / I₀(β) for t from 0 to 1.
 * @throws TypeError if x is not an integer, or β is not a number.
 * @example
 * await jit((x) => ops.multiply(x, ops.kaiser(3, 2)))([1, 1, 1]);   // ≈ [0.438676, 1, 0.438676]
 * @see https://keras.io/api/ops/numpy/
 */
export function kaiser(x: number, beta: number): Value {
  const width = checkNumber('ops.kaiser', 'beta', beta);
  const at = (share: number): number => besselI0(width * Math.sqrt(Math.max(0, 1 - (2 * share - 1) ** 2)));
  return windowOf('ops.kaiser', x, (share) => at(share) / besselI0(width));
}
