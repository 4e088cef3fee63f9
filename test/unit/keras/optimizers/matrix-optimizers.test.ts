import { expect, test } from 'vitest';
import { NotImplementedError, ValueError } from '../../../../src/core/errors.ts';
import { resetNames } from '../../../../src/core/names.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { Variable } from '../../../../src/compiler/graph/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';
import { camelCase } from '../losses/golden-values.ts';
import { type Slot, step, expectConfigOfKeras } from './stepping.ts';

interface Case {
  readonly optimizer: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly gradientScale: number;
  readonly config: string;
  readonly serialized: string;
  readonly shown: readonly number[];
  readonly steps: readonly (readonly GoldenArray[])[];
  readonly slots: readonly Slot[];
  readonly excludeFromWeightDecay?: readonly string[];
}

const classes = optimizers as unknown as Record<string, new (options: object) => optimizers.Optimizer>;
const cases = ['optimizers3', 'schedule-free'].flatMap((name) =>
  loadGolden<Case>(name).cases.map((entry, i) => ({ note: '', ...entry, i })),
);
const shapes = { kernel: [2, 3], bias: [3], tall: [5, 2], conv: [2, 2, 2, 3], embeddings: [4, 2] };

const wide = (shape: readonly number[], seed: number, scale = 1): Tensor =>
  new Tensor(
    Float64Array.from(lcg(shape, seed), (x) => x * scale),
    shape,
  );

/** Adafactor's means of rows and columns have the name of their variable alone in Keras. */
const namesOf = (slots: readonly Slot[]): readonly string[] => {
  const seen = new Set<string>();
  return slots.map(({ name }) => {
    if (!Object.hasOwn(shapes, name)) return name;
    const isFirst = !seen.has(name);
    seen.add(name);
    return `${name}_${isFirst ? 'r' : 'c'}`;
  });
};

test.each(cases)('twenty steps of $optimizer $options $note ($i) are those of Keras', (entry) => {
  const optimizer = new classes[entry.optimizer]!(camelCase(entry.options));
  if (entry.excludeFromWeightDecay !== undefined) {
    optimizer.excludeFromWeightDecay({ varNames: entry.excludeFromWeightDecay });
  }
  const variables = Object.entries(shapes).map(([name, shape], k) => new Variable(wide(shape, 1 + k), { name }));
  optimizer.build(variables);
  // The rate is float32 here.
  const tolerance = { rtol: 2e-7 };
  for (let s = 0; s < 20; s++) {
    const gradients = Object.values(shapes).map((shape, k) => wide(shape, 100 + 10 * s + k, entry.gradientScale));
    expect(step(optimizer, gradients, variables)).toEqual([]);
    const expected = entry.steps[entry.shown.indexOf(s + 1)];
    if (expected === undefined) continue;
    for (const [i, variable] of variables.entries()) expectClose(variable.value.data, expected[i]!.data, tolerance);
  }
  const found = optimizer.variables;
  expect(found.map(({ name }) => name)).toEqual(namesOf(entry.slots));
  expect(found.map(({ shape }) => shape)).toEqual(entry.slots.map(({ value }) => value.shape));
  for (const [i, slot] of entry.slots.entries()) expectClose(found[i]!.value.data, slot.value.data, tolerance);
});

test.each(cases)('$optimizer $options ($i) is written and read as Keras does it', (entry) => {
  resetNames();
  expectConfigOfKeras(new classes[entry.optimizer]!(camelCase(entry.options)), entry);
});

test.each(['adafactor', 'lamb', 'muon', 'schedulefreeadamw'])('%s is an optimizer', (name) => {
  expect(optimizers.serialize(optimizers.get(name)).class_name.toLowerCase()).toBe(name);
});

test.each(['Adafactor', 'Lamb', 'Muon', 'ScheduleFreeAdamW'])('%s leaves a weight without a gradient alone', (name) => {
  const optimizer = new classes[name]!({ learningRate: 0.1 });
  const [moved, still] = [new Variable(wide([2, 3], 1), { name: 'a' }), new Variable(wide([2, 3], 2), { name: 'b' })];
  const before = [moved, still].map(({ value }) => [...value.data]);
  const warnings = step(optimizer, [wide([2, 3], 3), null], [moved, still]);
  expect(warnings).toEqual([
    `[${name}] there are no gradients for b: these variables keep their values. Does the loss depend on them?`,
  ]);
  expect([...moved.value.data]).not.toEqual(before[0]);
  expect([...still.value.data]).toEqual(before[1]);
});

test('Muon copies the patterns that it is given', () => {
  const excludeLayers = ['dense'];
  const muon = new optimizers.Muon({ excludeLayers });
  excludeLayers.push('more');
  (muon.getConfig()['exclude_layers'] as string[]).push('others');
  expect(muon.getConfig()['exclude_layers']).toEqual(['dense']);
});

test.each([
  [
    () => new optimizers.Muon({ excludeLayers: ['('] }),
    new ValueError('[Muon] excludeLayers must be regular expressions, as strings. Received: "(" among them.'),
  ],
  [
    () => new optimizers.Muon({ nsSteps: 1.5 }),
    new TypeError('[Muon] nsSteps must be an integer ≥ 0. Received: nsSteps=1.5.'),
  ],
  [
    () => new optimizers.Muon({ excludeLayers: 'dense' as never }),
    new TypeError('[Muon] excludeLayers must be a list of strings. Received: excludeLayers="dense".'),
  ],
  [
    () => new optimizers.ScheduleFreeAdamW({ beta1: 0 }),
    new ValueError('[ScheduleFreeAdamW] beta1 must be in (0, 1]. Received: beta1=0.'),
  ],
  [
    () => new optimizers.Adafactor({ clipThreshold: 'low' as never }),
    new TypeError('[Adafactor] clipThreshold must be a finite number. Received: clipThreshold="low".'),
  ],
  [
    () => optimizers.get('LossScaleOptimizer', 'compile'),
    new NotImplementedError(
      '[compile] LossScaleOptimizer is not supported: it is for half precision, in which nothing is computed here. Use the optimizer inside it.',
    ),
  ],
  [
    () => optimizers.get('multioptimizer', 'compile'),
    new NotImplementedError(
      '[compile] MultiOptimizer is not supported: one optimizer updates all weights. Use Muon, which updates some of them by Adam, or freeze layers.',
    ),
  ],
])('wrong use says how to mend it (%#)', (run, error) => {
  expect(run).toThrow(error);
});
