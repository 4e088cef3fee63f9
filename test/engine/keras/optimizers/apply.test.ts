import {
  Input,
  Sequential,
  type TensorLike,
  Value,
  Variable,
  gradients,
  jit,
  ops,
  tensor,
  valueAndGrad,
} from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import * as optimizers from 'evenkeel/optimizers';
import { expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { lcg } from '../../../support/lcg.ts';

const x = tensor(lcg([8, 3], 1), [8, 3]);
const y = tensor(lcg([8, 1], 2), [8, 1]);

function network(): Sequential {
  const model = new Sequential([
    Input({ shape: [3] }),
    new Dense(4, { activation: 'tanh' }),
    new Dense(4, { activation: 'tanh', kernelConstraint: 'non_neg' }),
    new Dense(1),
  ]);
  model.setWeights(model.weights.map(({ shape }, k) => tensor(lcg(shape, 10 + k, -0.5, 0.5), shape)));
  return model;
}

const lossOf = (model: Sequential, x: Value, y: Value): Value => ops.mean(ops.square(ops.subtract(model.apply(x), y)));

const valuesOf = (variables: readonly Variable[]): number[] => variables.flatMap(({ value }) => Array.from(value.data));

type Make = () => optimizers.Optimizer;

const cases: readonly (readonly [string, Make])[] = [
  ['SGD with momentum', () => new optimizers.SGD({ learningRate: 0.1, momentum: 0.9 })],
  ['Adam', () => new optimizers.Adam({ learningRate: 0.1 })],
  ['Nadam', () => new optimizers.Nadam({ learningRate: 0.1 })],
  ['Lamb', () => new optimizers.Lamb({ learningRate: 0.1 })],
  ['Muon', () => new optimizers.Muon({ learningRate: 0.1 })],
  [
    'Adam with a schedule, clipping and averages',
    () =>
      new optimizers.Adam({
        learningRate: new optimizers.schedules.ExponentialDecay(0.1, 2, 0.5),
        globalClipnorm: 0.1,
        weightDecay: 0.1,
        useEma: true,
        emaOverwriteFrequency: 3,
      }),
  ],
  [
    'MultiOptimizer of Adam and SGD',
    () =>
      new optimizers.MultiOptimizer(
        new optimizers.OptimizerMap(new optimizers.Adam({ learningRate: 0.1 }), {
          '.*bias': new optimizers.SGD({ learningRate: 0.1, momentum: 0.5 }),
        }),
      ),
  ],
  ['SGD with gradient accumulation', () => new optimizers.SGD({ learningRate: 0.1, gradientAccumulationSteps: 2 })],
];

async function trained(make: Make): Promise<{ losses: number[]; weights: number[]; state: number[] }> {
  const [model, optimizer] = [network(), make()];
  model.compile({ optimizer, loss: 'mse' });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) losses.push((await model.trainOnBatch(x, y))['loss']!);
  return { losses, weights: valuesOf(model.weights), state: valuesOf(optimizer.variables) };
}

test.each(cases)('%s in a custom training loop makes the steps of trainOnBatch', async (_, make) => {
  const expected = await trained(make);
  const [model, optimizer] = [network(), make()];
  const { trainableWeights: variables, weightConstraints: constraints } = model;
  const lossAndGradients = valueAndGrad((x: Value, y: Value) => lossOf(model, x, y), { variables });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    const { value, variableGradients } = await lossAndGradients(x, y);
    await optimizer.apply(variableGradients, variables, { constraints });
    losses.push(value.item());
  }
  expectClose(losses, expected.losses, { rtol: 1e-5 });
  expectClose(valuesOf(model.weights), expected.weights, { rtol: 1e-5 });
  expectClose(valuesOf(optimizer.variables), expected.state, { rtol: 1e-5 });
});

test.each(cases)('%s within jit makes the steps of trainOnBatch', async (_, make) => {
  const expected = await trained(make);
  const [model, optimizer] = [network(), make()];
  const { trainableWeights: variables, weightConstraints: constraints } = model;
  const trainStep = jit((x: Value, y: Value) => {
    const loss = lossOf(model, x, y);
    optimizer.apply(gradients(loss, variables), variables, { constraints });
    return loss;
  });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) losses.push((await trainStep(x, y)).item());
  expectClose(losses, expected.losses, { rtol: 1e-5 });
  expectClose(valuesOf(model.weights), expected.weights, { rtol: 1e-5 });
  expectClose(valuesOf(optimizer.variables), expected.state, { rtol: 1e-5 });
});

const pair = (): [Variable, Variable] => [
  new Variable(tensor([1, 2]), { name: 'a' }),
  new Variable(tensor([3]), { name: 'b' }),
];

test('apply advances the state, and creates it at the first step', async () => {
  const [a, b] = pair();
  const adam = new optimizers.Adam({ learningRate: 0.5, name: 'adam' });
  await adam.apply([[1, -1], [2]], [a, b]);
  expectClose(valuesOf([a, b]), [0.5, 2.5, 2.5], { rtol: 1e-5 });
  expect(adam.iterations.value.item()).toBe(1);
  expect(adam.variables.map(({ path }) => path)).toEqual([
    'adam/iteration',
    'adam/learning_rate',
    ...['adam/a_momentum', 'adam/a_velocity', 'adam/b_momentum', 'adam/b_velocity'],
  ]);
  adam.learningRate = 0;
  await adam.apply([[1, -1], [2]], [a, b]);
  expectClose(valuesOf([a, b]), [0.5, 2.5, 2.5], { rtol: 1e-5 });
  expect(adam.iterations.value.item()).toBe(2);
});

test('steps that are not awaited are made one after the other', async () => {
  const [a, b] = pair();
  const sgd = new optimizers.SGD({ learningRate: 1 });
  sgd.build([a, b]);
  await Promise.all([sgd.apply([[1, 1], [1]], [a, b]), sgd.apply([[2, 2]], [a]), sgd.apply([[3, 3], [3]], [a, b])]);
  expect(valuesOf([a, b])).toEqual([-5, -4, -1]);
  expect(sgd.iterations.value.item()).toBe(3);
});

test('a learning rate that is a function is called before each step', async () => {
  const [a] = pair();
  let rate = 1;
  const sgd = new optimizers.SGD({ learningRate: () => (rate *= 2) });
  await sgd.apply([[1, 0]], [a]);
  await sgd.apply([[1, 0]], [a]);
  expect(valuesOf([a])).toEqual([-5, 2]);
});

test('a variable without a gradient keeps its value, with one warning', async () => {
  const [a, b] = pair();
  const sgd = new optimizers.SGD({ learningRate: 1 });
  await sgd.apply([[1, 1], null], [a, b]);
  expectWarning('[SGD] there are no gradients for b: these variables keep their values. Does the loss depend on them?');
  await sgd.apply([[1, 1], null], [a, b]);
  expect(valuesOf([a, b])).toEqual([-1, 0, 3]);
});

const other = new Variable(tensor([0]), { name: 'other', path: 'dense/other' });

test.each<[string, (TensorLike | null)[], (a: Variable, b: Variable) => Variable[], string]>([
  [
    'too few gradients',
    [[1, 1]],
    (a, b) => [a, b],
    '[SGD] there must be one gradient for each variable. Received: 1 gradients, 2 variables.',
  ],
  [
    'an unknown variable',
    [[1, 1], [1]],
    (a) => [a, other],
    '[SGD] an optimizer can only move the variables that it was built with. Received: dense/other. Create a new optimizer for other variables.',
  ],
  [
    'no gradient at all',
    [null, null],
    (a, b) => [a, b],
    '[SGD] no gradients provided for any variable. Received: variables a, b. The loss must depend on them.',
  ],
  [
    'a gradient of another shape',
    [
      [1, 1],
      [1, 1],
    ],
    (a, b) => [a, b],
    '[SGD] the gradient of b must have its shape, [1]. Received: shape [2].',
  ],
])('%s is an error that leaves variables and state untouched', async (_, given, variablesOf, message) => {
  const [a, b] = pair();
  const sgd = new optimizers.SGD({ learningRate: 1, momentum: 0.5 });
  sgd.build([a, b]);
  const before = valuesOf([a, b, ...sgd.variables]);
  await expect(sgd.apply(given, variablesOf(a, b))).rejects.toThrow(message);
  expect(valuesOf([a, b, ...sgd.variables])).toEqual(before);
  await sgd.apply([[1, 1], [1]], [a, b]);
  expect(valuesOf([a, b])).toEqual([0, 1, 2]);
});

test('an error before the first step leaves the optimizer unbuilt', async () => {
  const [a] = pair();
  const sgd = new optimizers.SGD();
  await expect(sgd.apply([[1, 1, 1]], [a])).rejects.toThrow('[SGD] the gradient of a must have its shape');
  expect(sgd.built).toBe(false);
});

test.each<[string, (sgd: optimizers.Optimizer, x: Value, a: Variable) => void, string]>([
  [
    'gradients that depend on no argument',
    (sgd, _, a) => sgd.apply([ops.square(a)], [a]),
    '[SGD] gradients within jit must be computed from the arguments of the compiled function. Received: gradients that depend on none of them. Pass the data as arguments.',
  ],
  [
    'gradients of which some are arrays',
    (sgd, x, a) => sgd.apply([x, [1] as never], [a, other]),
    '[SGD] gradients must be symbolic values or arrays, not both. Received: [1] among symbolic values.',
  ],
])('%s are an error within jit', async (_, use, message) => {
  const [a] = pair();
  const sgd = new optimizers.SGD();
  const compiled = jit((x: Value) => {
    use(sgd, x, a);
    return x;
  });
  await expect(compiled([1, 1])).rejects.toThrow(message);
  expect(sgd.built).toBe(false);
});

test('a learning rate that is a function is an error within jit', async () => {
  const [a] = pair();
  const sgd = new optimizers.SGD({ learningRate: () => 0.1 });
  const compiled = jit((x: Value) => {
    sgd.apply([x], [a]);
    return x;
  });
  await expect(compiled([1, 1])).rejects.toThrow(
    '[SGD] a learning rate within jit must be a number or a schedule. Received: a function, which a compiled program cannot call. Use a LearningRateSchedule.',
  );
});

/** SGD with momentum, as a user writes it. */
class Momentum extends optimizers.Optimizer<optimizers.OptimizerOptions, 'velocity'> {
  readonly momentum: number;

  constructor({ momentum = 0.9, ...options }: optimizers.OptimizerOptions & { momentum?: number } = {}) {
    super({ learningRate: 0.01, ...options });
    this.momentum = momentum;
  }
  override slots() {
    return { velocity: 0 };
  }
  override step({ gradient, value, slots, learningRate }: optimizers.StepInput<'velocity'>) {
    const velocity = ops.subtract(ops.multiply(slots.velocity, this.momentum), ops.multiply(gradient, learningRate));
    return { value: ops.add(value, velocity), slots: { velocity } };
  }
  override getConfig() {
    return { ...super.getConfig(), momentum: this.momentum };
  }
}

test('a custom SGD with momentum trains as the built-in one, and is restored from its config', async () => {
  const options = { learningRate: 0.1, momentum: 0.8, weightDecay: 0.1, useEma: true };
  const [custom, builtIn] = await Promise.all([
    trained(() => new Momentum(options)),
    trained(() => new optimizers.SGD(options)),
  ]);
  expect(custom).toEqual(builtIn);
  const written = optimizers.serialize(new Momentum({ momentum: 0.8 }));
  expect(written).toMatchObject({ module: null, class_name: 'Momentum', config: { momentum: 0.8 } });
  const restored = optimizers.deserialize(written, { Momentum });
  expect(restored).toBeInstanceOf(Momentum);
  expect(restored.getConfig()).toEqual(written.config);
});

test('a step that returns a slot that is not declared is an error', async () => {
  class Careless extends optimizers.Optimizer {
    override step({ value }: optimizers.StepInput): optimizers.StepResult {
      return { value, slots: { velocity: value } };
    }
  }
  const [a] = pair();
  await expect(new Careless().apply([[1, 1]], [a])).rejects.toThrow(
    '[Careless] step must return slots that slots() declares: none. Received: the slot velocity. Declare it in slots().',
  );
});
