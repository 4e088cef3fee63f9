import { beforeAll, describe, expect, test } from 'vitest';
import { Tensor, type Value, evaluate, jit, ops, random, setRandomSeed } from 'evenkeel';

const N = 40_000;

/** All distributions, drawn in one program. */
const distributions = {
  normal: () => random.normal([N], { mean: 3, stddev: 2, seed: 1 }),
  uniform: () => random.uniform([N], { minval: -1, maxval: 3, seed: 2 }),
  truncatedNormal: () => random.truncatedNormal([N], { mean: 1, stddev: 2, seed: 3 }),
  randint: () => random.randint([N], -2, 5, { seed: 4 }),
  wideRandint: () => random.randint([N], -1_000_000, 1_000_000, { seed: 5 }),
  categorical: () => random.categorical([[0, Math.log(2), Math.log(5)]], N, { seed: 6 }),
  gamma: () => random.gamma([N], 3.5, { seed: 7 }),
  smallGamma: () => random.gamma([N], 0.4, { seed: 8 }),
  beta: () => random.beta([N], 2, 5, { seed: 9 }),
  smallBeta: () => random.beta([N], 0.3, 0.2, { seed: 10 }),
  fewBinomial: () => random.binomial([N], 12, 0.3, { seed: 11 }),
  rareBinomial: () => random.binomial([N], 100_000, 0.00004, { seed: 12 }),
  manyBinomial: () => random.binomial([N], 200, 0.85, { seed: 13 }),
  dropout: () => random.dropout(ops.ones([N]), 0.25, { seed: 14 }),
} as const;
type Name = keyof typeof distributions;

const drawn = new Map<string, Tensor>();
beforeAll(async () => {
  const made = await jit(() =>
    Object.fromEntries(Object.entries(distributions).map(([name, draw]) => [name, draw()])),
  )();
  for (const [name, values] of Object.entries(made as Readonly<Record<string, Tensor>>)) drawn.set(name, values);
});

const numbersOf = (name: Name): readonly number[] => Array.from(drawn.get(name)!.data);
const moments = (name: Name): readonly [mean: number, variance: number] => {
  const numbers = numbersOf(name);
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  return [mean, numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length];
};
const range = (name: Name): readonly [number, number] => {
  const numbers = numbersOf(name);
  return [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
};

/** The variance of the normal distribution within two standard deviations. */
const WITHIN_TWO = 0.7737413;

test.each<[Name, number, number]>([
  ['normal', 3, 4],
  ['uniform', 1, 16 / 12],
  ['truncatedNormal', 1, 4 * WITHIN_TWO],
  ['randint', 1, (49 - 1) / 12],
  ['wideRandint', -0.5, (4e12 - 1) / 12],
  ['gamma', 3.5, 3.5],
  ['smallGamma', 0.4, 0.4],
  ['beta', 2 / 7, 10 / 392],
  ['smallBeta', 0.6, 0.06 / (0.25 * 1.5)],
  ['fewBinomial', 3.6, 2.52],
  ['rareBinomial', 4, 4 * (1 - 0.00004)],
  ['manyBinomial', 170, 25.5],
  ['dropout', 1, 1 / 3],
])('%s has the mean and the variance of its distribution', (name, mean, variance) => {
  const [ofMean, ofVariance] = moments(name);
  // Five standard errors of the mean; those of the variance depend on the fourth moment, which is at most nine times its square.
  expect(Math.abs(ofMean - mean)).toBeLessThan(5 * Math.sqrt(variance / N));
  expect(Math.abs(ofVariance / variance - 1)).toBeLessThan(5 * Math.sqrt(16 / N));
});

test.each<[Name, number, number]>([
  ['uniform', -1, 3],
  ['truncatedNormal', -3, 5],
  ['randint', -2, 4],
  ['wideRandint', -1e6, 1e6 - 1],
  ['categorical', 0, 2],
  ['gamma', 0, Infinity],
  ['smallGamma', 0, Infinity],
  ['beta', 0, 1],
  ['smallBeta', 0, 1],
  ['fewBinomial', 0, 12],
  ['manyBinomial', 0, 200],
])('%s remains in its range', (name, low, high) => {
  const [smallest, largest] = range(name);
  expect(smallest).toBeGreaterThanOrEqual(low);
  expect(largest).toBeLessThanOrEqual(high);
});

/** The share of the numbers for which a condition holds. */
const share = (name: Name, holds: (x: number) => boolean): number => numbersOf(name).filter(holds).length / N;

test('quantiles and frequencies are those of the distributions', () => {
  const close = (actual: number, p: number): void => {
    expect(Math.abs(actual - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / N));
  };
  close(share('normal', (x) => x < 5), 0.8413447); // prettier-ignore
  close(share('truncatedNormal', (x) => x < 3), (0.8413447 - 0.0227501) / 0.9544997); // prettier-ignore
  for (const k of [-2, 0, 4]) close(share('randint', (x) => x === k), 1 / 7); // prettier-ignore
  for (const [k, p] of [1 / 8, 2 / 8, 5 / 8].entries()) close(share('categorical', (x) => x === k), p); // prettier-ignore
  // P(x < 2) of the gamma distributions, and that of x < 1/4 of the beta distribution.
  close(share('gamma', (x) => x < 2), 0.2202226); // prettier-ignore
  close(share('smallGamma', (x) => x < 0.1), 0.4362364); // prettier-ignore
  close(share('beta', (x) => x < 0.25), 0.4660645); // prettier-ignore
  close(share('fewBinomial', (x) => x === 3), 0.2397004); // prettier-ignore
  close(share('rareBinomial', (x) => x === 4), 0.1953707); // prettier-ignore
  close(share('manyBinomial', (x) => x <= 168), 0.3752523); // prettier-ignore
  close(share('dropout', (x) => x === 0), 0.25); // prettier-ignore
});

describe('seeds', () => {
  const pair = (draw: () => Value): Promise<readonly [Tensor, Tensor]> =>
    (async () => {
      const run = jit(() => draw());
      return [await run(), await run()] as const;
    })();

  test('an integer draws the same numbers at each call and each run', async () => {
    const draw = (): Value => random.normal([4], { seed: 5 });
    const [first, second] = await pair(draw);
    expect(second).toEqual(first);
    expect(await evaluate(draw())).toEqual(first);
    expect(await evaluate(random.normal([4], { seed: 6 }))).not.toEqual(first);
  });

  test('a SeedGenerator draws other numbers each time, which follow from its seed', async () => {
    const draws = async (): Promise<readonly Tensor[]> => {
      const seed = new random.SeedGenerator(3);
      const [a, b] = await pair(() => random.uniform([4], { seed }));
      return [a, b, await evaluate(random.uniform([4], { seed }))];
    };
    const all = await draws();
    expect(new Set(all.map(({ data }) => String(data))).size).toBe(3);
    expect(await draws()).toEqual(all);
    expect(new random.SeedGenerator({ seed: 3, name: 'mine' }).getConfig()).toEqual({ seed: 3, name: 'mine' });
    expect(random.SeedGenerator.fromConfig({ seed: 3, name: 'mine' }).next()).toBe(new random.SeedGenerator(3).next());
  });

  test('setRandomSeed determines the numbers of calls without a seed', async () => {
    const draws = async (): Promise<readonly Tensor[]> => {
      setRandomSeed(11);
      return pair(() => random.shuffle([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    };
    const [a, b] = await draws();
    expect(a).not.toEqual(b);
    expect(await draws()).toEqual([a, b]);
  });

  test('each step of a scan draws its own numbers, but for an integer seed', async () => {
    const run = jit((x: Value) =>
      ops.map(
        (row) => [
          ops.add(random.uniform([], { seed: null }), ops.multiply(row, 0)),
          ops.add(random.uniform([], { seed: 1 }), ops.multiply(row, 0)),
        ],
        x,
      ),
    );
    const [free, fixed] = (await run([0, 0, 0])) as unknown as readonly [Tensor, Tensor];
    expect([new Set(free.data).size, new Set(fixed.data).size]).toEqual([3, 1]);
  });
});

test('shuffle moves whole slices along an axis', async () => {
  const x = new Tensor(Float32Array.from({ length: 40 }, (_, i) => i), [2, 20]); // prettier-ignore
  const { data } = await evaluate(random.shuffle(x, { axis: 1, seed: 1 }));
  expect(Array.from(data.slice(0, 20)).sort((a, b) => a - b)).toEqual(Array.from(x.data.slice(0, 20)));
  expect(Array.from(data.slice(20), (value) => value - 20)).toEqual(Array.from(data.slice(0, 20)));
  expect(Array.from(data)).not.toEqual(Array.from(x.data));
});

test('dropout drops along axes of the mask together, and nothing at the rate 0', async () => {
  const x = ops.ones([50, 4]);
  const { data } = await evaluate(random.dropout(x, 0.5, { noiseShape: [null, 1], seed: 1 }));
  for (let i = 0; i < 200; i += 4) expect(new Set(data.slice(i, i + 4)).size).toBe(1);
  expect(new Set((await evaluate(random.dropout(x, 0))).data)).toEqual(new Set([1]));
  expect(new Set((await evaluate(random.dropout(x, 1))).data)).toEqual(new Set([0]));
});

test('parameters broadcast, and numbers may be float64', async () => {
  const x = await evaluate(random.gamma([2, 3], [[1], [50]], { seed: 1, dtype: 'float64' }));
  expect([x.shape, x.dtype]).toEqual([[2, 3], 'float64']);
  const y = await evaluate(random.binomial([3], [0, 5, 1000], [0.5, 1, 0], { seed: 1 }));
  expect(Array.from(y.data)).toEqual([0, 5, 0]);
});
