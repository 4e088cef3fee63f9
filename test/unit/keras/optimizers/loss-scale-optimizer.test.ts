import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { resetNames } from '../../../../src/core/names.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';
import { camelCase } from '../losses/golden-values.ts';
import { step } from './stepping.ts';

const { LossScaleOptimizer, SGD } = optimizers;

/** The fields are described in test/golden/make/loss_scale_optimizer.py. */
interface LossScaleCase {
  readonly inner: string;
  readonly options: Readonly<Record<string, number>>;
  readonly scale: Readonly<Record<string, number>>;
  readonly infinite: readonly number[];
  readonly nan: readonly number[];
  readonly config: string;
  readonly steps: readonly {
    readonly variables: readonly GoldenArray[];
    readonly scale: number;
    readonly counter: number;
  }[];
  readonly slots: readonly { readonly name: string; readonly value: GoldenArray }[];
}

const cases = loadGolden<LossScaleCase>('loss-scale-optimizer').cases.map(
  (golden) =>
    [
      `${golden.inner} ${JSON.stringify(golden.options)} in LossScaleOptimizer ${JSON.stringify(golden.scale)}, infinite at ${golden.infinite.join()}, NaN at ${golden.nan.join()},`,
      golden,
    ] as const,
);
const classes = optimizers as unknown as Record<string, new (options: object) => optimizers.Optimizer>;
/** The golden steps are made in float32. */
const FLOAT32 = { rtol: 1e-5 };
const SHAPES = { kernel: [2, 3], bias: [3] };

function make({ inner, options, scale }: LossScaleCase): optimizers.LossScaleOptimizer {
  return new LossScaleOptimizer(new classes[inner]!(camelCase(options)), camelCase(scale));
}

test.each(cases)('%s makes the steps of Keras', (_, golden) => {
  const optimizer = make(golden);
  const variables = Object.entries(SHAPES).map(
    ([name, shape], k) => new Variable(new Tensor(Float32Array.from(lcg(shape, 1 + k)), shape), { name }),
  );
  for (const [s, expected] of golden.steps.entries()) {
    const factor = optimizer.dynamicScale.value.item();
    const gradients = variables.map(
      ({ shape }, k) =>
        new Tensor(
          Float32Array.from(lcg(shape, 10 + 2 * s + k), (x) => x * factor),
          shape,
        ),
    );
    if (golden.infinite.includes(s)) gradients[0]!.data[1] = Infinity;
    if (golden.nan.includes(s)) gradients[0]!.data[5] = NaN;
    step(optimizer, gradients, variables);
    for (const [i, { value }] of variables.entries()) {
      expectClose(value.data, expected.variables[i]!.data, FLOAT32);
    }
    expect([optimizer.dynamicScale.value.item(), optimizer.stepCounter.value.item()]).toEqual([
      expected.scale,
      expected.counter,
    ]);
  }
  expect(optimizer.variables.map(({ name }) => name)).toEqual(golden.slots.map(({ name }) => name));
  for (const [i, { value }] of golden.slots.entries()) {
    expectClose(optimizer.variables[i]!.value.data, value.data, FLOAT32);
  }
});

test.each(cases)('%s has the config of Keras, and is made from it', (_, golden) => {
  resetNames();
  expect(make(golden).getConfig()).toEqual(JSON.parse(golden.config));
  resetNames();
  const again = optimizers.get({ class_name: 'LossScaleOptimizer', config: JSON.parse(golden.config) as Config });
  expect(JSON.stringify(again.getConfig())).toBe(JSON.stringify(JSON.parse(golden.config)));
});

test('the loss is multiplied by the scale', () => {
  const optimizer = new LossScaleOptimizer(new SGD(), { initialScale: 4 });
  const graph = { inputs: [], outputs: [optimizer.scaleLoss(constant(3))], updates: [] };
  expect(evaluate(graph, []).outputs[0]!.item()).toBe(12);
});

test('the learning rate and the iterations are those of the inner optimizer', () => {
  const inner = new SGD({ learningRate: 0.5 });
  const optimizer = new LossScaleOptimizer(inner);
  optimizer.learningRate = 0.25;
  expect(inner.learningRate.value.item()).toBe(0.25);
  expect(optimizer.iterations).toBe(inner.iterations);
});

test('the scale of the inner optimizer is not applied as well', () => {
  const inner = new SGD({ learningRate: 1, lossScaleFactor: 8 });
  const w = new Variable(tensor([1]), { name: 'w' });
  step(new LossScaleOptimizer(inner, { initialScale: 2 }), [tensor([1])], [w]);
  expect(inner.lossScaleFactor).toBeNull();
  expect(w.value.item()).toBe(0.5);
});

test('the options of other optimizers are refused, except their defaults in configs', () => {
  const config = { inner_optimizer: { class_name: 'SGD', config: {} }, weight_decay: null, use_ema: false };
  expect(() => optimizers.get({ class_name: 'LossScaleOptimizer', config })).not.toThrow();
  expect(() => optimizers.get({ class_name: 'LossScaleOptimizer', config: { ...config, clipnorm: 1 } })).toThrow(
    '[LossScaleOptimizer] clipnorm must be set on the inner optimizer. Received: clipnorm=1. Create it with the option: new LossScaleOptimizer(new SGD({ clipnorm: … })).',
  );
});

test('moving averages are those of the inner optimizer', () => {
  const optimizer = new LossScaleOptimizer(new SGD({ learningRate: 1, useEma: true, emaMomentum: 0 }), {
    initialScale: 1,
  });
  const w = new Variable(tensor([1]), { name: 'w' });
  step(optimizer, [tensor([1])], [w]);
  optimizer.swapAverages();
  expect(optimizer.hasSwappedAverages).toBe(true);
  expect(() => new LossScaleOptimizer(new SGD()).checkAverages()).toThrow('[SGD] there are no moving averages');
});
