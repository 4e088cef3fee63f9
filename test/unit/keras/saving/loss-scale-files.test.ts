import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { resetNames } from '../../../../src/core/names.ts';
import { type Model, Sequential, layers, loadModel, optimizers, setDtypePolicy } from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

const { LossScaleOptimizer } = optimizers;
const state = loadGolden<{ readonly name: string; readonly value: GoldenArray }>('loss-scale-files/state').cases;
const bytesOf = (ending: string): Uint8Array => readFileSync(`test/golden/loss-scale-files/trained.${ending}`);

beforeEach(resetNames);

const load = async (bytes: Uint8Array): Promise<Model> => {
  const model = await loadModel(bytes);
  expectWarning(/the layers have the policy mixed_float16/);
  return model;
};

function expectState(optimizer: optimizers.Optimizer): void {
  expect(optimizer).toBeInstanceOf(LossScaleOptimizer);
  expect(optimizer.variables.map(({ name }) => name)).toEqual(state.map(({ name }) => name));
  for (const [i, { value }] of state.entries())
    expectClose(optimizer.variables[i]!.value.data, value.data, { rtol: 1e-7 });
}

test.each(['keras', 'h5'])(
  'a model trained in mixed_float16 resumes from a .%s with the scale of the loss',
  async (ending) => {
    const model = await load(bytesOf(ending));
    expectState(model.optimizer);
  },
);

test.each(['keras', 'h5'] as const)('the scale of the loss is written to a .%s', async (ending) => {
  const model = await load(bytesOf('keras'));
  expectState((await load(await model.toBytes(ending))).optimizer);
});

const compiled = (options: object = {}): optimizers.Optimizer => {
  const model = new Sequential([new layers.Dense(1)]);
  model.compile({ optimizer: 'sgd', loss: 'mse', ...options });
  return model.optimizer;
};

test('compile scales the loss of models in mixed_float16 only, unless autoScaleLoss is false', () => {
  expect(compiled()).toBeInstanceOf(optimizers.SGD);
  setDtypePolicy('mixed_float16');
  try {
    expect(compiled()).toBeInstanceOf(LossScaleOptimizer);
    expect(compiled({ autoScaleLoss: false })).toBeInstanceOf(optimizers.SGD);
    const own = new LossScaleOptimizer(new optimizers.SGD());
    expect(compiled({ optimizer: own })).toBe(own);
  } finally {
    setDtypePolicy('float32');
  }
});

test('setDtypePolicy sets the policy of layers without one, and refuses policies of integers', () => {
  setDtypePolicy('mixed_bfloat16');
  try {
    expect(new layers.Dense(1).dtypePolicy.name).toBe('mixed_bfloat16');
    expect(new layers.Dense(1, { dtype: 'float64' }).dtypePolicy.name).toBe('float64');
    expect(() => setDtypePolicy('int32')).toThrow(
      '[setDtypePolicy] the policy must be one of floating-point numbers: float32, float64, float16, bfloat16, mixed_float16, mixed_bfloat16. Received: int32.',
    );
    expect(new layers.Dense(1).dtypePolicy.name).toBe('mixed_bfloat16');
  } finally {
    setDtypePolicy('float32');
  }
});
