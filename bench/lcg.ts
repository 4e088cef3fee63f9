/** The pseudo-random numbers of test/golden/make/common.py, bit for bit: float32, uniform in [low, high). */
export function lcg(count: number, seed: number, low = -1, high = 1): Float32Array {
  const values = new Float32Array(count);
  let x = seed;
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    values[i] = low + (high - low) * ((x >>> 8) / 2 ** 24);
  }
  return values;
}
