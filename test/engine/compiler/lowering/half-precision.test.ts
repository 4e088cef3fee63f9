import { type AnyModel, Input, Sequential, tensor } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { expect, test, vi } from 'vitest';
import { Adam, LossScaleOptimizer } from 'evenkeel/optimizers';
import { DataType, type OnnxGraph } from '../../../../src/compiler/onnx/index.ts';
import { decodeModel } from '../../../../src/compiler/onnx/codec.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';
import { byReference } from '../../../support/reference-programs.ts';

const graphs: OnnxGraph[] = vi.hoisted(() => []);
const engine = vi.hoisted(() => ({ refusesHalf: false }));

/** The native engine under the name of the GPU. It computes in float16 by rounding what it computes in float32. */
vi.mock('../../../../src/compiler/runtime/load.ts', async () => {
  const { openRuntime } = await import('../../../../src/compiler/runtime/ort/ort-node.ts');
  const native = await openRuntime('node');
  const open = (): object => ({
    name: 'webgpu',
    features: { preallocatedOutputs: false },
    device: null,
    createSession: async (model: Uint8Array, options: object) => {
      const { graph } = decodeModel(model);
      const isHalf = castsTo(graph, DataType.FLOAT16) > 0;
      if (engine.refusesHalf && isHalf) throw new Error('the device does not support f16');
      graphs.push(graph);
      return native.createSession(model, options);
    },
    optimizedModel: () => Promise.resolve(null),
  });
  const runtimes = new Map<boolean, object>();
  const loadRuntime = (): Promise<object> => {
    const found = runtimes.get(engine.refusesHalf) ?? open();
    runtimes.set(engine.refusesHalf, found);
    return Promise.resolve(found);
  };
  return { loadRuntime };
});

function castsTo({ nodes }: OnnxGraph, type: number): number {
  return nodes.filter(({ opType, attributes }) => opType === 'Cast' && attributes['to']?.value === type).length;
}

/** The dtypes of the operands of the nodes of some operators: whether each is one of half precision. */
function halvesOf({ nodes }: OnnxGraph, opType: string): boolean[] {
  return nodes.filter((node) => node.opType === opType).map(({ inputs }) => /float16$/.test(inputs[0] ?? ''));
}

const article = (dtype: string, filters: number): AnyModel =>
  new Sequential([
    Input({ shape: [10, 10, 1] }),
    new Conv2D(filters, 3, { activation: 'relu', dtype: dtype as 'float32' }),
    new Conv2D(filters, 3, { activation: 'relu', dtype: dtype as 'float32' }),
    new BatchNormalization({ dtype: dtype as 'float32' }),
    new MaxPooling2D({ dtype: dtype as 'float32' }),
    new Flatten({ dtype: dtype as 'float32' }),
    new Dense(3, { activation: 'softmax' }),
  ]);

async function train(dtype: string, filters = 4): Promise<{ losses: number[]; model: AnyModel }> {
  const model = article(dtype, filters);
  model.setWeights(
    model.weights.map(({ shape, name }, i) =>
      tensor(lcg(shape, 20 + i, ...(/gamma|variance/.test(name) ? [0.5, 1] : [-0.2, 0.2])), shape),
    ),
  );
  const optimizer = dtype === 'float32' ? new Adam() : new LossScaleOptimizer(new Adam());
  model.compile({ optimizer, loss: 'sparse_categorical_crossentropy' });
  const x = tensor(lcg([8, 10, 10, 1], 7, 0, 1), [8, 10, 10, 1]);
  const y = tensor(Int32Array.from({ length: 8 }, (_, i) => i % 3));
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) losses.push((await model.trainOnBatch(x, y))['loss']!);
  return { losses, model };
}

test('layers of mixed_float16 compute in float16 on a GPU that has it, and train as in float32', async () => {
  const [half, full, exact] = [
    await train('mixed_float16'),
    await train('float32'),
    await byReference(() => train('float32')),
  ];
  expect(half.losses).not.toEqual(full.losses);
  expectClose(full.losses, exact.losses, { rtol: 1e-4 });
  expectClose(half.losses, exact.losses, { rtol: 2e-2 });
  for (const [i, { value }] of half.model.weights.entries()) {
    expectClose(value.data, exact.model.weights[i]!.value.data, { rtol: 5e-2, atol: 5e-3 });
  }
});

test('convolutions and poolings are in float16, sums and exponentials in float32', async () => {
  graphs.length = 0;
  await train('mixed_float16', 3);
  const steps = graphs.filter((graph) => castsTo(graph, DataType.FLOAT16) > 2);
  expect(steps.length).toBe(1);
  const [step] = steps as [OnnxGraph];
  expect(halvesOf(step, 'Conv').filter(Boolean).length).toBeGreaterThan(1);
  expect(halvesOf(step, 'MaxPool')).not.toContain(false);
  for (const opType of ['ReduceSum', 'ReduceMean', 'Sqrt', 'Exp', 'Softmax', 'Div'])
    expect(halvesOf(step, opType)).not.toContain(true);
});

test('layers of mixed_float16 compute in float32 on a GPU without float16', async () => {
  engine.refusesHalf = true;
  graphs.length = 0;
  try {
    const [half, full] = [await train('mixed_float16'), await train('float32')];
    expectClose(half.losses, full.losses, { rtol: 1e-6 });
    expect(graphs.every((graph) => castsTo(graph, DataType.FLOAT16) === 0)).toBe(true);
  } finally {
    engine.refusesHalf = false;
  }
});
