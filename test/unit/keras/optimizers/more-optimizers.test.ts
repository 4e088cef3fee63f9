import { expect, test } from 'vitest';
import { resetNames } from '../../../../src/core/names.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { Variable } from '../../../../src/compiler/graph/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { camelCase } from '../losses/golden-values.ts';
import { type Slot, gradientsAt, kernelAndBias, step, expectConfigOfKeras } from './stepping.ts';

interface Case {
  readonly optimizer: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly config: string;
  readonly serialized: string;
  readonly shown: readonly number[];
  readonly steps: readonly (readonly [GoldenArray, GoldenArray])[];
  readonly slots: readonly Slot[];
  readonly excludeFromWeightDecay?: readonly string[];
  readonly note?: string;
}

const classes = optimizers as unknown as Record<string, new (options: object) => optimizers.Optimizer>;
const cases = loadGolden<Case>('optimizers2').cases.map((entry, i) => ({ note: '', ...entry, i }));

/** Keras gives Nadam's product of momentums no name of its own. */
const nameOf = ({ name }: { readonly name: string }): string => (name === 'variable' ? 'u_product' : name);

test.each(cases)('twenty steps of $optimizer $options $note ($i) are those of Keras', (entry) => {
  const optimizer = new classes[entry.optimizer]!(camelCase(entry.options));
  if (entry.excludeFromWeightDecay !== undefined) {
    optimizer.excludeFromWeightDecay({ varNames: entry.excludeFromWeightDecay });
  }
  const variables = kernelAndBias();
  optimizer.build(variables);
  // The rate is float32 here, as SGD's momentum is in Keras; Ftrl divides by the rate, and subtracts what comes out.
  const tolerance = { rtol: entry.optimizer === 'Ftrl' ? 3e-7 : entry.optimizer === 'SGD' ? 2e-7 : 1e-7 };
  for (let s = 0; s < 20; s++) {
    expect(step(optimizer, gradientsAt(s), variables)).toEqual([]);
    const expected = entry.steps[entry.shown.indexOf(s + 1)];
    if (expected === undefined) continue;
    for (const [i, variable] of variables.entries()) expectClose(variable.value.data, expected[i]!.data, tolerance);
  }
  const found = optimizer.variables;
  expect(found.map(({ name, shape }) => [name, shape])).toEqual(
    entry.slots.map((slot) => [nameOf(slot), slot.value.shape]),
  );
  for (const [i, slot] of entry.slots.entries()) expectClose(found[i]!.value.data, slot.value.data, tolerance);
});

test.each(cases)('$optimizer $options ($i) is written and read as Keras does it', (entry) => {
  resetNames();
  expectConfigOfKeras(new classes[entry.optimizer]!(camelCase(entry.options)), entry);
});

test('weights of two types share the state that Nadam has for all of them', () => {
  const [a, b] = [
    new Variable(tensor([1]), { name: 'a' }),
    new Variable(tensor([1], undefined, 'float64'), { name: 'b' }),
  ];
  const nadam = new optimizers.Nadam({ learningRate: 0.1, name: 'nadam' });
  const gradients = [tensor([2]), tensor([2], undefined, 'float64')];
  for (let i = 0; i < 3; i++) step(nadam, gradients, [a, b]);
  expect(a.value.item()).toBeCloseTo(b.value.item(), 6);
  // 0.9³ (1 − 0.96 / 2)(1 − 0.96² / 2)(1 − 0.96³ / 2)
  expect(nadam.variables.at(-1)?.path).toBe('nadam/u_product');
  expect(nadam.variables.at(-1)?.value.item()).toBeCloseTo(0.729 * 0.52 * 0.5392 * 0.557632, 6);
});

test('gathered gradients are forgotten once the weights have moved', () => {
  const w = new Variable(tensor([1], undefined, 'float64'), { name: 'w' });
  const sgd = new optimizers.SGD({ learningRate: 0.5, gradientAccumulationSteps: 2 });
  const seen = [1, 3, 1, 1].map((g) => {
    step(sgd, [tensor([g], undefined, 'float64')], [w]);
    return [w.value.item(), sgd.variables.at(-1)!.value.item()];
  });
  expect(seen).toEqual([
    [1, 1],
    [0, 0],
    [0, 1],
    [-0.5, 0],
  ]);
  expect(sgd.iterations.value.item()).toBe(4);
});
