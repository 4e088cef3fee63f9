import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { resetNames } from '../../../../src/core/names.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';
import { camelCase } from '../losses/golden-values.ts';
import { step } from './stepping.ts';

const { MultiOptimizer, OptimizerMap } = optimizers;

/** The fields are described in test/golden/make/multi_optimizer.py. */
interface MultiCase {
  readonly title: string;
  readonly optimizers: readonly { readonly class: string; readonly options: Readonly<Record<string, GoldenValue>> }[];
  readonly lossScaleFactor: number | null;
  readonly default?: number;
  readonly map?: Readonly<Record<string, number>>;
  readonly selected?: readonly number[];
  readonly config?: string;
  readonly steps: readonly (readonly GoldenArray[])[];
  readonly order: readonly string[];
  readonly iterations: readonly number[];
  readonly slots: readonly { readonly path: string; readonly value: GoldenArray }[];
}

const cases = loadGolden<MultiCase>('multi-optimizer').cases.map((golden) => [golden.title, golden] as const);
const mapped = cases.filter(([, { config }]) => config !== undefined);
const classes = optimizers as unknown as Record<string, new (options: object) => optimizers.Optimizer>;
const SHAPES = { 'encoder/kernel': [2, 3], 'encoder/bias': [3], 'head/kernel': [3, 2], 'head/bias': [2] };
const PATHS = Object.keys(SHAPES);
/** The learning rate is float32 here. */
const TOLERANCE = { rtol: 1e-7 };

function make(golden: MultiCase): optimizers.MultiOptimizer {
  const made = golden.optimizers.map((each) => new classes[each.class]!(camelCase(each.options)));
  const { lossScaleFactor, map, selected } = golden;
  if (selected !== undefined) {
    return new MultiOptimizer(({ path }) => made[selected[PATHS.indexOf(path)]!]!, { lossScaleFactor });
  }
  const keys = Object.fromEntries(Object.entries(map!).map(([key, i]) => [key, made[i]!]));
  return new MultiOptimizer(new OptimizerMap(made[golden.default!]!, keys), lossScaleFactor);
}

const seeded = (shape: readonly number[], seed: number, scale = 1): Tensor =>
  new Tensor(
    Float64Array.from(lcg(shape, seed), (x) => x * scale),
    shape,
  );

test.each(cases)('MultiOptimizer makes the steps of Keras: %s', (_, golden) => {
  resetNames();
  const optimizer = make(golden);
  const variables = Object.entries(SHAPES).map(
    ([path, shape], k) => new Variable(seeded(shape, 1 + k), { name: path.split('/')[1]!, path }),
  );
  for (const [s, expected] of golden.steps.entries()) {
    const gradients = Object.values(SHAPES).map((shape, k) =>
      seeded(shape, 10 + 4 * s + k, golden.lossScaleFactor ?? 1),
    );
    expect(step(optimizer, gradients, variables)).toEqual([]);
    for (const [i, { value }] of variables.entries()) expectClose(value.data, expected[i]!.data, TOLERANCE);
  }
  const { optimizers: inner } = optimizer;
  expect(inner.map(({ constructor }) => (constructor as typeof optimizers.Optimizer).className)).toEqual(golden.order);
  expect([...inner, optimizer].map(({ iterations }) => iterations.value.item())).toEqual(golden.iterations);
  expect(optimizer.variables.map(({ path }) => path)).toEqual(golden.slots.map(({ path }) => path));
  for (const [i, { value }] of golden.slots.entries()) {
    expectClose(optimizer.variables[i]!.value.data, value.data, TOLERANCE);
  }
});

test.each(mapped)('the config of MultiOptimizer and OptimizerMap is that of Keras: %s', (_, golden) => {
  resetNames();
  const optimizer = make(golden);
  expect(JSON.stringify(optimizer.getConfig())).toBe(JSON.stringify(JSON.parse(golden.config!)));
  const again = optimizers.get({ class_name: 'multioptimizer', config: JSON.parse(golden.config!) as Config });
  expect(again).toBeInstanceOf(MultiOptimizer);
  expect(optimizers.serialize(again)).toEqual(optimizers.serialize(optimizer));
});
