import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { valueMaths } from '../../../../src/keras/optimizers/schedules/maths.ts';
import { toValue } from '../../../../src/compiler/builder/operand.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { step } from './stepping.ts';

const { schedules } = optimizers;

interface Case {
  readonly class: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly steps: readonly number[];
  readonly rates: GoldenArray;
  readonly serialized: string;
}

const cases = loadGolden<Case>('schedules').cases.map((entry) => ({
  ...entry,
  written: JSON.parse(entry.serialized) as { class_name: string; config: Config },
}));

test.each(cases)('the rates of $class $args equal those of Keras', ({ written, steps, rates }) => {
  const schedule = schedules.get(written);
  // Keras computes in float32: late in a decay, 1 − step / decaySteps keeps few digits.
  const tolerance = { rtol: 5e-5, atol: 1e-8 };
  expectClose(
    steps.map((s) => schedule.at(s)),
    rates.data,
    tolerance,
  );
});

test.each(cases)('the rates of $class $args in a graph equal those on numbers', ({ written, steps }) => {
  const schedule = schedules.get(written);
  const outputs = steps.map((s) => toValue(schedule.call(constant(s, 'float64'), valueMaths('float64')), 'float64'));
  expect(outputs.map(({ shape }) => shape)).toEqual(steps.map(() => []));
  const found = evaluate({ inputs: [], outputs, updates: [] }, [], { precise: true }).outputs;
  expectClose(
    found.map((rate) => rate.item()),
    steps.map((s) => schedule.at(s)),
    { rtol: 1e-12 },
  );
});

test.each(cases)('the config of $class $args equals the one of Keras, and is read back', ({ written }) => {
  expect(JSON.stringify(schedules.serialize(schedules.get(written)))).toBe(JSON.stringify(written));
});

test('a restart happens on time if the logarithm is rounded down', () => {
  // log 1000 / log 10 is 2.9999999999999996.
  const schedule = new schedules.CosineDecayRestarts(1, 1, { tMul: 10 });
  expect(schedule.at(111)).toBe(1);
});

test('the learning rate of an optimizer follows its schedule, and is not a variable', () => {
  const w = new Variable(tensor([1], undefined, 'float64'), { name: 'w' });
  const schedule = new schedules.PiecewiseConstantDecay([0, 1], [0.5, 0.25, 0.125]);
  const sgd = new optimizers.SGD({ learningRate: schedule, name: 'sgd' });
  const seen = [0, 1, 2].map(() => {
    const rate = sgd.learningRate.value.item();
    step(sgd, [tensor([1], undefined, 'float64')], [w]);
    return [rate, w.value.item()];
  });
  expect(seen).toEqual([
    [0.5, 0.5],
    [0.25, 0.25],
    [0.125, 0.125],
  ]);
  expect(sgd.variables.map(({ path }) => path)).toEqual(['sgd/iteration']);
});

class Constant extends schedules.LearningRateSchedule {
  override call(): number {
    return 0.5;
  }
}

test('a custom schedule can return a plain number, and is read back with customObjects', () => {
  const w = new Variable(tensor([1]), { name: 'w' });
  const sgd = new optimizers.SGD({ learningRate: new Constant() });
  step(sgd, [tensor([1])], [w]);
  expect(w.value.item()).toBe(0.5);
  const written = optimizers.serialize(sgd);
  expect(written.config['learning_rate']).toMatchObject({ class_name: 'Constant', registered_name: 'Constant' });
  expect(optimizers.get(written, 'loadModel', { customObjects: { Constant } }).learningRate.value.item()).toBe(0.5);
});

const scheduled = (): optimizers.Optimizer => new optimizers.SGD({ learningRate: new Constant() });
const notSettable = new TypeError(
  '[SGD] the learning rate comes from a LearningRateSchedule and cannot be set. Create the optimizer with a number: learningRate: 0.01.',
);

test.each([
  [() => (scheduled().learningRate = 0.1), notSettable],
  [() => scheduled().learningRate.assign(0.1), notSettable],
  [
    () => new schedules.ExponentialDecay(0.1, 0, 0.5),
    new ValueError('[ExponentialDecay] decaySteps must be greater than 0. Received: decaySteps=0.'),
  ],
  [
    () => new schedules.CosineDecay(0.1, 10, { warmup: 3 } as never),
    new TypeError('[CosineDecay] unknown option "warmup". Known: "alpha", "name", "warmupTarget", "warmupSteps".'),
  ],
  [
    () => new schedules.PiecewiseConstantDecay([1, 2], [1, 2]),
    new ValueError(
      '[PiecewiseConstantDecay] there must be at least one boundary, and one more value than boundaries. Received: boundaries=[1, 2], values=[1, 2].',
    ),
  ],
  [
    () => new schedules.PiecewiseConstantDecay([2, 1], [1, 2, 3]),
    new ValueError('[PiecewiseConstantDecay] boundaries must increase. Received: boundaries=[2, 1].'),
  ],
  [
    () => schedules.get('cosine' as never, 'compile'),
    new TypeError(
      '[compile] a learning-rate schedule must be a config object or a LearningRateSchedule. Received: "cosine".',
    ),
  ],
  [
    () => schedules.get({ class_name: 'CosineDeca', config: {} }),
    new TypeError('[schedules.get] unknown learning-rate schedule "CosineDeca". Did you mean "CosineDecay"?'),
  ],
])('an invalid schedule or option is an error with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});
