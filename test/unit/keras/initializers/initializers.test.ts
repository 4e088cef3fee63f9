import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { setRandomSeed } from '../../../../src/core/random.ts';
import type { Tensor } from '../../../../src/core/tensor.ts';
import * as initializers from '../../../../src/keras/initializers/index.ts';
import { computeFans } from '../../../../src/keras/initializers/variance-scaling.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { camelCase } from '../losses/golden-values.ts';

interface Case {
  readonly kind: string;
  readonly class: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly shape: readonly number[];
  readonly output: GoldenArray;
  readonly fans: readonly [number, number];
  readonly distribution: string;
  readonly limit?: number;
  readonly stddev: number;
}

type InitializerClass = new (options: object) => initializers.Initializer;

const { cases } = loadGolden<Case>('vocabulary');
const classes = initializers as unknown as Record<string, InitializerClass>;
const of = (kind: string): readonly Case[] => cases.filter((entry) => entry.kind === kind);

test.each(of('initializer'))('the values of $class $options of shape $shape are those of Keras', (entry) => {
  const made = new classes[entry.class]!(camelCase(entry.options)).call(entry.shape, 'float64');
  expect(made.shape).toEqual(entry.shape);
  expect([...made.data]).toEqual([...entry.output.data]);
});

test.each(of('fans'))('the fans of shape $shape are $fans', ({ shape, fans: [fanIn, fanOut] }) => {
  expect(computeFans(shape)).toEqual({ fanIn, fanOut });
});

const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, entry) => sum + entry, 0) / x.length;
const deviation = (x: ArrayLike<number>): number => {
  const centre = mean(x);
  return Math.sqrt(mean(Array.from(x, (entry) => (entry - centre) ** 2)));
};

describe('random numbers have the expected mean and standard deviation', () => {
  const large = of('scaling').filter(({ shape }) => shape.reduce((size, n) => size * n, 1) > 2000 && shape.length < 5);
  test.each(large)(
    'numbers have the mean and the deviation they should have: $class $options of shape $shape',
    (entry) => {
      const { data } = new classes[entry.class]!({ ...camelCase(entry.options), seed: 1 }).call(entry.shape, 'float64');
      const error = 5 / Math.sqrt(data.length);
      const deviates = deviation(data);
      expect(Math.abs(mean(data)) / entry.stddev).toBeLessThan(error);
      expect(Math.abs(deviates / entry.stddev - 1)).toBeLessThan(error);
      const greatest = Array.from(data).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
      if (entry.limit !== undefined) expect(greatest).toBeLessThanOrEqual(entry.limit);
      if (entry.distribution === 'truncated_normal')
        expect(greatest).toBeLessThan((2 * entry.stddev) / 0.8796256610342398);
      if (entry.distribution === 'untruncated_normal') expect(greatest).toBeGreaterThan(2.5 * entry.stddev);
    },
  );

  test('mean, stddev, minval and maxval determine the numbers', () => {
    const normal = new initializers.RandomNormal({ mean: 3, stddev: 0.5, seed: 2 }).call([10000]).data;
    const cut = new initializers.TruncatedNormal({ mean: 3, stddev: 0.5, seed: 2 }).call([10000]).data;
    const uniform = new initializers.RandomUniform({ minval: -1, maxval: 3, seed: 2 }).call([10000]).data;
    expect([mean(normal), mean(cut), mean(uniform)].map((x) => x.toFixed(1))).toEqual(['3.0', '3.0', '1.0']);
    expect([deviation(normal), deviation(cut), deviation(uniform)].map((x) => x.toFixed(1))).toEqual([
      '0.5',
      '0.4',
      '1.2',
    ]);
    expect(cut.every((x) => Math.abs(x - 3) <= 1)).toBe(true);
    expect(uniform.every((x) => x >= -1 && x < 3)).toBe(true);
  });

  test('rounded uniform numbers are below maxval', () => {
    // float32 has few numbers between these bounds, and rounding often leads to the upper one.
    for (const [minval, maxval] of [
      [100, 100 + 2 ** -15],
      [-1, -1 + 2 ** -23],
      [-(2 ** -149), 0],
    ] as const) {
      const { data } = new initializers.RandomUniform({ minval, maxval, seed: 1 }).call([1000]);
      expect(data.every((x) => x >= minval && x < maxval)).toBe(true);
    }
    const tight = new initializers.RandomUniform({ minval: 1, maxval: 1 + Number.EPSILON, seed: 1 });
    expect(new Set(tight.call([1000], 'float64').data)).toEqual(new Set([1]));
    expect(new initializers.RandomUniform({ minval: 2, maxval: 2 }).call([1]).item()).toBe(2);
  });

  test('inputAxes and outputAxes determine the fans', () => {
    const options = { scale: 1, distribution: 'uniform', seed: 1 } as const;
    const plain = new initializers.VarianceScaling(options).call([10, 1000]);
    const named = new initializers.VarianceScaling({ ...options, inputAxes: [1], outputAxes: [0] }).call([10, 1000]);
    expect(deviation(plain.data) / deviation(named.data)).toBeCloseTo(10, 4);
  });
});

describe('equal seeds produce equal numbers', () => {
  const numbers = (initializer: initializers.Initializer): number[] => [...initializer.call([4, 4]).data];
  const names = [
    'RandomNormal',
    'RandomUniform',
    'TruncatedNormal',
    'VarianceScaling',
    'GlorotUniform',
    'HeNormal',
    'Orthogonal',
  ];

  test.each(names)('a seed makes numbers repeat: %s', (name) => {
    const make = (options: object): initializers.Initializer => new classes[name]!(options);
    expect(numbers(make({ seed: 3 }))).toEqual(numbers(make({ seed: 3 })));
    expect(numbers(make({ seed: 3 }))).not.toEqual(numbers(make({ seed: 4 })));
    // Each call of one object gives the same, as in Keras; another object gives others.
    const unseeded = make({});
    expect(numbers(unseeded)).toEqual(numbers(unseeded));
    expect(numbers(unseeded)).not.toEqual(numbers(make({})));
    setRandomSeed(7);
    const first = numbers(make({}));
    setRandomSeed(7);
    expect(numbers(make({}))).toEqual(first);
  });
});

describe('an orthogonal matrix', () => {
  const product = ({ data }: Tensor, rows: number, columns: number): number[] =>
    Array.from({ length: columns * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return Array.from({ length: rows }, (_, r) => data[r * columns + i]! * data[r * columns + j]!).reduce(
        (a, b) => a + b,
        0,
      );
    });

  test.each([
    [[20, 20], 20, 20],
    [[50, 8], 50, 8],
    [[3, 3, 4, 6], 36, 6],
  ] as const)('an orthogonal matrix: of shape %j has orthonormal columns', (shape, rows, columns) => {
    const made = new initializers.Orthogonal({ seed: 5 }).call(shape, 'float64');
    expect(made.shape).toEqual(shape);
    for (const [at, entry] of product(made, rows, columns).entries()) {
      expect(entry).toBeCloseTo(at % (columns + 1) === 0 ? 1 : 0, 13);
    }
  });

  test('an orthogonal matrix with more columns than rows has orthonormal rows, times the gain', () => {
    const made = new initializers.Orthogonal({ seed: 5, gain: 3 }).call([2, 5], 'float64');
    const [a, b] = [made.data.slice(0, 5), made.data.slice(5)];
    const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
      Array.from(x, (entry, i) => entry * y[i]!).reduce((sum, entry) => sum + entry, 0);
    expect([dot(a, a), dot(a, b), dot(b, b)].map((x) => Math.abs(x).toFixed(12))).toEqual(
      [9, 0, 9].map((x) => x.toFixed(12)),
    );
  });

  test('an orthogonal matrix is a rotation or a reflection with equal probability', () => {
    const determinants = Array.from({ length: 200 }, (_, seed) => {
      const [a, b, c, d] = new initializers.Orthogonal({ seed }).call([2, 2], 'float64').data;
      return Math.round(a! * d! - b! * c!);
    });
    const positive = determinants.filter((determinant) => determinant === 1).length;
    expect(positive).toBeGreaterThan(70);
    expect(positive).toBeLessThan(130);
  });
});

test.each([
  [
    () => new initializers.GlorotUniform({ sead: 1 } as never),
    new TypeError('[GlorotUniform] unknown option "sead". Did you mean "seed"?'),
  ],
  [
    () => new initializers.HeNormal({ seed: 'x' as never }),
    new TypeError('[HeNormal] seed must be an integer or null. Received: seed="x".'),
  ],
  [
    () => new initializers.RandomNormal({ stddev: -1 }),
    new ValueError('[RandomNormal] stddev must be ≥ 0. Received: stddev=-1.'),
  ],
  [
    () => new initializers.RandomUniform({ minval: 1, maxval: 0 }),
    new ValueError('[RandomUniform] minval must be ≤ maxval. Received: minval=1, maxval=0.'),
  ],
  [
    () => new initializers.VarianceScaling({ scale: 0 }),
    new ValueError('[VarianceScaling] scale must be greater than 0. Received: scale=0.'),
  ],
  [
    () => new initializers.VarianceScaling({ mode: 'fan' as never }),
    new TypeError('[VarianceScaling] mode must be one of "fan_in", "fan_out", "fan_avg". Received: mode="fan".'),
  ],
  [
    () => new initializers.Identity().call([2, 2, 2]),
    new ValueError('[Identity] the shape must have rank 2. Received: shape=[2, 2, 2].'),
  ],
  [
    () => new initializers.Orthogonal().call([3]),
    new ValueError('[Orthogonal] the shape must have rank ≥ 2. Received: shape=[3].'),
  ],
  [
    () => new initializers.Constant({ value: NaN }),
    new TypeError('[Constant] value must be a finite number. Received: value=NaN.'),
  ],
])('mistakes are refused with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});
