import { expect, test } from 'vitest';
import { measure } from '../../bench/precision/measure.ts';
import { type ErrorSize, type PrecisionCase, cases } from '../../bench/precision/problems.ts';

/**
 * Of SpectralNormalization one number, σ, decides on the whole kernel, and of a mean near zero little is left of what was
 * added: which library is nearest is chance there.
 */
const leftOut = ['movingMean', 'movingVariance', 'kernel', 'vectorU'];

/** The smallest error that another library makes, but no smaller than that of one rounding, which is luck. */
function allowed({ errors }: PrecisionCase, quantity: string, roundoff: ErrorSize): ErrorSize {
  const others = Object.values(errors).flatMap((found) => found[quantity] ?? []);
  const best = (part: 'max' | 'rms'): number =>
    2 * Math.max(Math.min(...others.map((size) => size[part])), roundoff[part]);
  return { max: best('max'), rms: best('rms') };
}

const named = cases.map((given) => ({ given, title: `${given.layer} ${given.name}` }));

/** Squares of 1e20 are infinite in float32; what is normalized is not. */
const isHuge = ({ layer, name }: PrecisionCase): boolean =>
  /^(Layer|RMS|Unit|Spectral|Weight)Normalization$/.test(layer) && /(deviation|times) 1e\+20/.test(name);

test.for(named)('loses no more than twice what the best of Keras and PyTorch loses: $title', async ({ given }) => {
  const { errors, roundoff, truthRms } = await measure(given);
  expect(Object.keys(errors)).toEqual(Object.keys(given.truthRms));
  for (const [quantity, size] of Object.entries(errors)) {
    expect(truthRms[quantity]! / given.truthRms[quantity]!, `the truth of ${quantity}`).toBeCloseTo(1, 8);
    if (leftOut.includes(quantity)) continue;
    const most = allowed(given, quantity, roundoff[quantity]!);
    expect(size?.rms, `rms error of ${quantity}`).toBeLessThanOrEqual(most.rms);
    expect(size?.max, `largest error of ${quantity}`).toBeLessThanOrEqual(most.max);
    if (isHuge(given)) expect(size?.rms, `rms error of ${quantity} where squares overflow`).toBeLessThanOrEqual(1e-6);
  }
});

test('some cases have squares that overflow', () => {
  expect(cases.filter(isHuge).length).toBeGreaterThanOrEqual(9);
});
