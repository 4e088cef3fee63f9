import { expect, test } from 'vitest';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import type { Config } from '../../../../src/core/config.ts';
import { resetNames } from '../../../../src/core/names.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenTolerance, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';
import { camelCase } from '../losses/golden-values.ts';
import { step } from './stepping.ts';

/** The fields are described in test/golden/make/optimizers.py. */
interface OptimizerCase {
  readonly optimizer: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly variables: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly gradientSeeds: readonly [first: number, perStep: number];
  readonly gradientScale: number;
  readonly excludeFromWeightDecay?: readonly string[];
  readonly config: string;
  readonly serialized: string;
  readonly shown: readonly number[];
  readonly steps: readonly (readonly GoldenArray[])[];
  readonly slots: readonly { readonly name: string; readonly here?: string; readonly value: GoldenArray }[];
  readonly note?: string;
  readonly tolerance?: Omit<GoldenTolerance, 'atol'>;
}

const cases = loadGolden<OptimizerCase>('optimizers').cases.map((golden, i) => {
  const { optimizer, options, note } = golden;
  return [
    `${optimizer} ${JSON.stringify(options)}${note === undefined ? '' : ` (${note})`}, case ${i},`,
    golden,
  ] as const;
});

const classes = optimizers as unknown as Record<string, new (options: object) => optimizers.Optimizer>;

const make = ({ optimizer, options }: OptimizerCase): optimizers.Optimizer =>
  new classes[optimizer]!(camelCase(options));

const seeded = (shape: readonly number[], seed: number, scale = 1): Tensor =>
  new Tensor(
    Float64Array.from(lcg(shape, seed), (x) => x * scale),
    shape,
  );

test.each(cases)('%s makes the steps of Keras', (_, golden) => {
  const { excludeFromWeightDecay: varNames, gradientSeeds, gradientScale, shown, steps, slots } = golden;
  const optimizer = make(golden);
  if (varNames !== undefined) optimizer.excludeFromWeightDecay({ varNames });
  const variables = golden.variables.map(({ name, shape }, k) => new Variable(seeded(shape, 1 + k), { name }));
  optimizer.build(variables);
  const tolerance = golden.tolerance ?? { rtol: 1e-7 };
  const [first, perStep] = gradientSeeds;
  for (let s = 0; s < shown.at(-1)!; s++) {
    const gradients = golden.variables.map(({ shape }, k) => seeded(shape, first + perStep * s + k, gradientScale));
    expect(step(optimizer, gradients, variables)).toEqual([]);
    const expected = steps[shown.indexOf(s + 1)];
    if (expected === undefined) continue;
    for (const [i, variable] of variables.entries()) expectClose(variable.value.data, expected[i]!.data, tolerance);
  }
  const found = optimizer.variables;
  expect(found.map(({ name, shape }) => [name, shape])).toEqual(
    slots.map(({ name, here = name, value }) => [here, value.shape]),
  );
  expect(found.map(({ path }) => path)).toEqual(found.map(({ name }) => `${optimizer.name}/${name}`));
  for (const [i, slot] of slots.entries()) expectClose(found[i]!.value.data, slot.value.data, tolerance);
});

test.each(cases)('%s is written and read as Keras does it', (_, golden) => {
  resetNames();
  const optimizer = make(golden);
  // A rate that is a number is float32 here, and was float64 in the run that wrote the file.
  const given = JSON.parse(golden.config) as Config;
  const rate = given['learning_rate'] ?? null;
  const config = { ...given, learning_rate: typeof rate === 'number' ? Math.fround(rate) : rate };
  expect(JSON.stringify(optimizer.getConfig())).toBe(JSON.stringify(config));
  const serialized = JSON.parse(golden.serialized) as { class_name: string; config: Config };
  expect(optimizers.serialize(optimizer)).toEqual({ ...serialized, config });
  expect(JSON.stringify(optimizers.get(serialized).getConfig())).toBe(JSON.stringify(config));
});
