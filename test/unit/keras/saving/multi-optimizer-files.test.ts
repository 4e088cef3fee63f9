import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { resetNames } from '../../../../src/core/names.ts';
import { type Model, Sequential, layers, loadModel, optimizers, tensor } from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

const { Adam, LossScaleOptimizer, MultiOptimizer, OptimizerMap, SGD } = optimizers;

/** The files and the fields are described in test/golden/make/multi_optimizer.py. */
interface State {
  readonly shares: boolean;
  readonly state: readonly { readonly path: string; readonly value: GoldenArray }[];
}

const states = loadGolden<State>('multi-optimizer-files/state').cases;
const bytesOf = (ending: string): Uint8Array => readFileSync(`test/golden/multi-optimizer-files/trained.${ending}`);

beforeEach(resetNames);

function multi(model: Model): optimizers.MultiOptimizer {
  const { optimizer } = model;
  if (optimizer instanceof MultiOptimizer) return optimizer;
  throw new Error(`expected a MultiOptimizer, not ${optimizer.name}`);
}

/** In all files but the .h5, one Adam is the optimizer of two keys. */
function expectState(model: Model, shares: boolean): void {
  const { state } = states.find((each) => each.shares === shares)!;
  const optimizer = multi(model);
  const names = optimizer.optimizers.map(({ name }) => name);
  expect(names).toEqual(shares ? ['adam', 'rm_sprop', 'sgd'] : ['adam', 'adam_1', 'rm_sprop', 'sgd']);
  expect(optimizer.variables.map(({ path }) => path)).toEqual(state.map(({ path }) => path));
  for (const [i, { value }] of state.entries()) {
    expectClose(optimizer.variables[i]!.value.data, value.data, { rtol: 1e-7 });
  }
}

test.each(['keras', 'h5'])('a model trained with a MultiOptimizer resumes from a .%s of Keras', async (ending) => {
  expectState(await loadModel(bytesOf(ending)), ending === 'keras');
});

test('the state of a MultiOptimizer is read from a .weights.h5 of Keras', async () => {
  const model = await loadModel(bytesOf('keras'));
  for (const variable of model.optimizer.variables) {
    if (variable.rank > 0) variable.assign(tensor(new Float32Array(variable.size).fill(7), variable.shape));
  }
  await model.loadWeights(bytesOf('weights.h5'));
  expectState(model, true);
});

test.each(['keras', 'h5'] as const)('a MultiOptimizer is written to a .%s with its state', async (ending) => {
  const model = await loadModel(bytesOf('keras'));
  resetNames();
  expectState(await loadModel(await model.toBytes(ending)), true);
});

test('a MultiOptimizer without steps is written and read', async () => {
  const model = new Sequential([new layers.Dense(1, { name: 'head' })]);
  model.build([null, 2]);
  model.compile({ optimizer: new MultiOptimizer(new OptimizerMap(new SGD(), { '.*bias': new Adam() })), loss: 'mse' });
  const again = multi(await loadModel(await model.toBytes()));
  expectWarning('the state of the optimizer multi_optimizer was skipped');
  expect(again.optimizers.map(({ built }) => built)).toEqual([true, true]);
});

test('a MultiOptimizer in a LossScaleOptimizer is written and read', async () => {
  const model = new Sequential([new layers.Dense(1, { name: 'head' })]);
  model.build([null, 2]);
  const inner = new MultiOptimizer(new OptimizerMap(new SGD({ momentum: 0.5 }), { '.*bias': new Adam() }));
  const optimizer = new LossScaleOptimizer(inner);
  model.compile({ optimizer, loss: 'mse' });
  optimizer.build(model.trainableWeights);
  const slot = optimizer.variables.find(({ name }) => name.endsWith('kernel_momentum'));
  slot!.assign([[1], [2]]);
  const again = (await loadModel(await model.toBytes())).optimizer;
  expect(again.variables.map(({ name }) => name)).toEqual(optimizer.variables.map(({ name }) => name));
  expect([...again.variables.find(({ name }) => name === slot!.name)!.value.data]).toEqual([1, 2]);
});

test('a function that selects optimizers is found in customObjects', async () => {
  const [sgd, adam] = [new SGD(), new Adam()];
  const select = ({ name }: { readonly name: string }): optimizers.Optimizer => (name === 'bias' ? adam : sgd);
  const model = new Sequential([new layers.Dense(1, { name: 'head' })]);
  model.build([null, 2]);
  model.compile({ optimizer: new MultiOptimizer(select), loss: 'mse' });
  model.optimizer.build(model.trainableWeights);
  const bytes = await model.toBytes();
  const again = multi(await loadModel(bytes, { customObjects: { select } }));
  expect(again.optimizers).toEqual([sgd, adam]);
  const uncompiled = await loadModel(bytes);
  expectWarning('the function "select", which returns the optimizer of a variable, is unknown');
  expect(uncompiled.compiled).toBe(false);
});
