import { ops, tensor, valueAndGrad } from 'evenkeel';
import type { AnyModel } from 'evenkeel';
import { BatchNormalization, GroupNormalization, LayerNormalization, RMSNormalization } from 'evenkeel/layers';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { mobileNetV2, resNet50 } from '../../../../../bench/imagenet-networks.ts';
import { lcg } from '../../../../../bench/lcg.ts';
import { makeModel } from '../../../../../bench/models.mjs';
import { findWorkload } from '../../../../../bench/workloads.mjs';
import { dtypeName, hasOperator, operatorKey } from '../../../../../src/compiler/lowering/legalize/operator-key.ts';
import { ValueTypes } from '../../../../../src/compiler/lowering/legalize/value-types.ts';
import { webgpuOperators } from '../../../../../src/compiler/lowering/legalize/webgpu-operators.ts';
import type { OnnxGraph } from '../../../../../src/compiler/onnx/index.ts';
import type { Layer } from '../../../../../src/keras/layers/index.ts';

const { models } = vi.hoisted(() => ({ models: [] as OnnxGraph[] }));

vi.mock('../../../../../src/compiler/runtime/load.ts', async () => {
  const { recordingRuntime } = await import('../../../../support/recording-runtime.ts');
  const runtime = recordingRuntime('webgpu', models);
  return { loadRuntime: () => Promise.resolve(runtime) };
});

/** The nodes that the provider would refuse: `disable_cpu_ep_fallback` forbids to run them on the processor. */
function refused(graph: OnnxGraph): readonly string[] {
  const types = new ValueTypes(graph);
  return graph.nodes.flatMap((node) => {
    const [key, dtype] = [operatorKey(node), dtypeName(types.ofData(node))];
    types.add(node);
    return hasOperator(webgpuOperators, key, dtype) ? [] : [`${key} for ${dtype}`];
  });
}

const numbers = (shape: readonly number[]) =>
  tensor(lcg(shape.reduce((product, length) => product * length, 1), 1, 0, 1), shape); // prettier-ignore

/** A training step of a network of the bench. */
async function step(name: string): Promise<void> {
  const workload = findWorkload(name, true);
  const { batch, row } = workload;
  const model = makeModel(workload);
  const shape = model.computeOutputShape([batch, ...row]).map(Number);
  const targets = shape.at(-1) === 1 ? shape : shape.slice(0, -1);
  const size = targets.reduce((product, length) => product * length, 1);
  await model.trainOnBatch(numbers([batch, ...row]), tensor(new Int32Array(size), targets));
}

async function predict(model: AnyModel, shape: readonly number[]): Promise<void> {
  await model.predictOnBatch(numbers(shape));
}

/** A layer in training, with the gradients of its input and its weights. */
async function gradient(layer: Layer, name: string): Promise<void> {
  const { shape } = findWorkload(name, true);
  layer.build([null, ...shape.slice(1)]);
  const call = valueAndGrad((x) => ops.sum(ops.square(layer.apply(x, { training: true }))), {
    variables: layer.trainableWeights,
  });
  await call(numbers(shape));
}

const workloads: Readonly<Record<string, () => Promise<void>>> = {
  W1: () => step('W1.step'),
  W2: () => predict(makeModel(findWorkload('W2.batch', true)), [128, 28, 28, 1]),
  W3: () => step('W3.step'),
  W4: () => step('W4.step'),
  W5: () => predict(mobileNetV2(), [1, 224, 224, 3]),
  W6: () => gradient(new BatchNormalization(), 'W6'),
  W7: () => step('W7'),
  W8: () => step('W8'),
  W9: () => step('W9'),
  W10: async () => {
    await gradient(new LayerNormalization(), 'W10.layer');
    await gradient(new RMSNormalization(), 'W10.rms');
  },
  W11: () => gradient(new GroupNormalization(), 'W11'),
  W12: () => predict(resNet50(), [1, 224, 224, 3]),
};

beforeEach(() => {
  models.length = 0;
});

describe('the WebGPU provider has every node of the models of the bench', () => {
  test.each(Object.entries(workloads))('%s', async (_, run) => {
    await run();
    expect(models.length).toBeGreaterThan(0);
    expect(models.flatMap(refused)).toEqual([]);
  });
});
