import { expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { lcg } from '../../../support/lcg.ts';
import { step } from './stepping.ts';

const classes = optimizers as unknown as Record<string, new (options: object) => optimizers.Optimizer>;
const wide = (shape: readonly number[], seed: number, scale = 1): Tensor =>
  new Tensor(
    Float64Array.from(lcg(shape, seed), (x) => x * scale),
    shape,
  );

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
    new TypeError(
      '[LossScaleOptimizer] an optimizer must be a name, a config object or an Optimizer. Received: undefined.',
    ),
  ],
])('wrong use says how to mend it (%#)', (run, error) => {
  expect(run).toThrow(error);
});
