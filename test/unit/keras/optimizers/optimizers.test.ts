import { expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { optimize } from '../../../../src/compiler/passes/index.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { maximum } from '../../../../src/keras/ops/index.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import type { Constraints } from '../../../../src/keras/optimizers/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { step } from './stepping.ts';

test('slots are called after the path of the variable, and the state starts with steps and learning rate', () => {
  const kernel = new Variable(tensor([1, 2]), { name: 'kernel', path: 'sequential/dense/kernel' });
  const adam = new optimizers.Adam({ name: 'adam', amsgrad: true });
  expect(adam.built).toBe(false);
  adam.build([kernel]);
  adam.build([kernel]);
  expect(adam.variables.map(({ path, dtype }) => `${path} ${dtype}`)).toEqual([
    'adam/iteration int32',
    'adam/learning_rate float32',
    'adam/sequential_dense_kernel_momentum float32',
    'adam/sequential_dense_kernel_velocity float32',
    'adam/sequential_dense_kernel_velocity_hat float32',
  ]);
  expect(adam.built).toBe(true);
});

test('the compiled step computes the bias correction once for all variables of a type', () => {
  const variables = Array.from({ length: 3 }, (_, i) => new Variable(tensor([i]), { name: `w${i}` }));
  const trace = new Trace();
  new optimizers.Adam().applyIn(
    trace,
    variables.map(() => constant([1])),
    variables,
  );
  const nodes = nodesOf(optimize({ inputs: [], outputs: [], updates: trace.updates }));
  const count = (primitive: string): number => nodes.filter((node) => node.primitive === primitive).length;
  expect(count('power')).toBe(2);
  // A root for each variable, and one for the correction.
  expect(count('sqrt')).toBe(variables.length + 1);
});

test('the learning rate may be set between steps', () => {
  const w = new Variable(tensor([1], undefined, 'float64'), { name: 'w' });
  const sgd = new optimizers.SGD({ learningRate: 0.5 });
  step(sgd, [tensor([1], undefined, 'float64')], [w]);
  sgd.learningRate = 0.25;
  step(sgd, [tensor([1], undefined, 'float64')], [w]);
  sgd.learningRate.assign(0);
  step(sgd, [tensor([1], undefined, 'float64')], [w]);
  expect(w.value.item()).toBe(0.25);
  expect(sgd.iterations.value.item()).toBe(3);
  expect(sgd.getConfig()['learning_rate']).toBe(0);
});

test('a variable without a gradient stays as it is, with one warning for all of them', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => new Variable(tensor([1]), { name, path: `dense/${name}` }));
  const warnings = step(new optimizers.SGD({ learningRate: 1 }), [null, tensor([1]), null], [a!, b!, c!]);
  expect([a!, b!, c!].map(({ value }) => value.item())).toEqual([1, 0, 1]);
  expect(warnings).toEqual([
    '[SGD] there are no gradients for dense/a, dense/c: these variables keep their values. Does the loss depend on them?',
  ]);
});

test('constraints hold after the update', () => {
  const [a, b] = ['a', 'b'].map((name) => new Variable(tensor([1]), { name }));
  const constraints: Constraints = new Map([[a!, { call: (w: Value): Value => maximum(w, 0) }]]);
  step(new optimizers.SGD({ learningRate: 1 }), [tensor([3]), tensor([3])], [a!, b!], constraints);
  expect([a!.value.item(), b!.value.item()]).toEqual([0, -2]);
});

test('averages of weights overwrite them every few steps and at the end', () => {
  const w = new Variable(tensor([0], undefined, 'float64'), { name: 'w' });
  const options = { learningRate: 1, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 3 };
  const sgd = new optimizers.SGD(options);
  const seen = [1, 2, 3, 4].map(() => {
    step(sgd, [tensor([-1], undefined, 'float64')], [w]);
    return w.value.item();
  });
  // Averages 1, 1.5, 2.25; then w = 2.25 + 1 and its average 2.75.
  expect(seen).toEqual([1, 2, 2.25, 3.25]);
  sgd.finalizeVariableValues();
  expect(w.value.item()).toBe(2.75);
});

test('gradients of infinite global norm do not pass unseen', () => {
  const w = new Variable(tensor([1]), { name: 'w' });
  step(new optimizers.SGD({ globalClipnorm: 1 }), [tensor([Infinity])], [w]);
  expect(w.value.item()).toBeNaN();
});

test('the loss is scaled by what gradients are divided by', () => {
  const trace = new Trace();
  const loss = constant(3);
  const sgd = new optimizers.SGD({ lossScaleFactor: 4 });
  const graph = { inputs: [], outputs: [sgd.scaleLoss(loss)], updates: trace.updates };
  expect(evaluate(graph, []).outputs[0]!.item()).toBe(12);
  expect(new optimizers.SGD().scaleLoss(loss)).toBe(loss);
});

test('excluded variables do not decay', () => {
  const [a, b, c] = ['kernel', 'bias', 'gamma'].map((name) => new Variable(tensor([1]), { name }));
  const sgd = new optimizers.SGD({ learningRate: 0.5, weightDecay: 1 });
  sgd.excludeFromWeightDecay({ varList: [c!], varNames: ['^b'] });
  step(sgd, [tensor([0]), tensor([0]), tensor([0])], [a!, b!, c!]);
  expect([a!, b!, c!].map(({ value }) => value.item())).toEqual([0.5, 1, 1]);
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
