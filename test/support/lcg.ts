/**
 * The pseudo-random numbers of test/golden/make/common.py, bit for bit: float32, uniform in [low, high), in row-major
 * order of `shape`. So the golden files need not hold large inputs and initial weights.
 *
 *     x' = 1664525 x + 1013904223 mod 2³²        value = low + (high − low) · ⌊x' / 2⁸⌋ / 2²⁴
 */
export function lcg(shape: readonly number[], seed: number, low = -1, high = 1): Float32Array {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  let x = seed;
  for (let i = 0; i < values.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    values[i] = low + (high - low) * ((x >>> 8) / 2 ** 24);
  }
  return values;
}
