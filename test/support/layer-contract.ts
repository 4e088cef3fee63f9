import { expect, test } from 'vitest';
import { gradients } from '../../src/compiler/autodiff/index.ts';
import type { Config } from '../../src/core/config.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/compiler/graph/graph.ts';
import { constant, initialState, input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import { verify } from '../../src/compiler/graph/verify.ts';
import type { CustomObjects } from '../../src/keras/saving/registry.ts';
import { deserializeLayer, serializeLayer } from '../../src/keras/layers/serialization.ts';
import { Input, type Layer, type LayerOptions } from '../../src/keras/layers/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { expectClose } from './close.ts';
import { lcg } from './lcg.ts';

export interface LayerContract {
  /** A new layer with these options besides its own. */
  readonly make: (options: LayerOptions) => Layer;
  /** With the batch. */
  readonly inputShape: readonly number[];
  /** @default 0 */
  readonly trainableWeights?: number;
  /** @default 0 */
  readonly nonTrainableWeights?: number;
  /** @default false */
  readonly supportsMasking?: boolean;
  /** Whether it heeds a mask, and passes none on. @default false */
  readonly consumesMask?: boolean;
  /** @default the input's without the last axis */
  readonly maskShape?: readonly number[];
  /** Whether a gradient reaches the input. @default true */
  readonly differentiable?: boolean;
  /** The name of the layer inside that has a weight, by the weight's name, where it is not the layer's own. */
  readonly innerWeights?: Readonly<Record<string, string>>;
  /** Whether several layers inside have weights, whose paths begin with their own names. @default false */
  readonly hasUnnamedWeights?: boolean;
  /** Classes and functions that the config names. */
  readonly customObjects?: CustomObjects;
}

const unknownBatch = (shape: readonly number[]): (number | null)[] => [null, ...shape.slice(1)];

/** Calls a layer in a trace of its own on `input` nodes; what the trace gathered is left out. */
function call(layer: Layer, x: Value, training: boolean): Value {
  const trace = new Trace();
  trace.adopt(x);
  return layer.applyIn(trace, x, training, null) as Value;
}

function numbers(shape: readonly number[], seed = 1): Tensor {
  return new Tensor(lcg(shape, seed), shape, 'float32');
}

/** Gives every weight numbers that are neither zero nor one, so that none of them goes unnoticed. */
function fillWeights(layer: Layer): void {
  layer.setWeights(layer.weights.map(({ shape }, i) => new Tensor(lcg(shape, 50 + i, 0.2, 0.8), shape)));
}

/** What a layer gives in inference, in float64, rounded to its type. */
export function callReference(layer: Layer, x: Tensor, training = false): Tensor {
  const fed = input('x', x.shape, x.dtype);
  const graph: Graph = { inputs: [fed], outputs: [call(layer, fed, training)], updates: [] };
  verify(graph, layer.who);
  return evaluate(graph, [x]).outputs[0]!;
}

/** The contract of all layers, as tests of the layer `name`. */
export function runLayerContract(name: string, contract: LayerContract): void {
  const { make, inputShape, trainableWeights = 0, nonTrainableWeights = 0, supportsMasking = false } = contract;
  const built = (options: LayerOptions = {}): Layer => {
    const layer = make(options);
    layer.build(unknownBatch(inputShape));
    return layer;
  };

  test(`${name} creates its weights once, when it is built`, () => {
    const layer = built();
    expect(layer.built).toBe(true);
    expect(layer.trainableWeights).toHaveLength(trainableWeights);
    expect(layer.nonTrainableWeights).toHaveLength(nonTrainableWeights);
    const { weights } = layer;
    layer.build(inputShape);
    expect(layer.weights).toEqual(weights);
    expect(layer.countParams()).toBe(weights.reduce((sum, { size }) => sum + size, 0));
    for (const { path, name } of weights) {
      if (contract.hasUnnamedWeights === true) {
        expect(path.startsWith(`${layer.name}/`)).toBe(true);
        expect(path.endsWith(`/${name}`)).toBe(true);
        continue;
      }
      const inner = contract.innerWeights?.[name];
      expect(path).toBe([layer.name, ...(inner === undefined ? [] : [inner]), name].join('/'));
    }
  });

  test(`${name} infers the same shape for symbolic tensors as for arrays`, () => {
    const layer = make({});
    const symbolic = layer.apply(Input({ shape: inputShape.slice(1) }));
    const fixed = layer.apply(Input({ batchShape: inputShape }));
    const output = callReference(layer, numbers(inputShape));
    expect(fixed.shape).toEqual(output.shape);
    expect(symbolic.shape).toEqual(unknownBatch(output.shape));
    expect(symbolic.dtype).toBe(output.dtype);
    expect(layer.computeOutputShape(unknownBatch(inputShape))).toEqual(symbolic.shape);
    expect(make({}).computeOutputShape(unknownBatch(inputShape))).toEqual(symbolic.shape);
  });

  test(`${name} accepts symbolic tensors of any batch size in training`, () => {
    const symbolic = Input({ shape: inputShape.slice(1) });
    const [trained, inferring] = [true, false].map((training) => make({}).apply(symbolic, { training }));
    expect([trained?.shape, trained?.dtype]).toEqual([inferring?.shape, inferring?.dtype]);
  });

  test(`${name} is restored from the JSON of its config`, () => {
    const layer = built({ name: 'original', trainable: false });
    fillWeights(layer);
    const serialized = JSON.parse(JSON.stringify(serializeLayer(layer))) as { config: Config };
    const copy = deserializeLayer(serialized, contract.customObjects);
    expect(copy.constructor).toBe(layer.constructor);
    expect(JSON.stringify(serializeLayer(copy))).toBe(JSON.stringify(serialized));
    copy.setWeights(layer.getWeights());
    const x = numbers(inputShape);
    expect(callReference(copy, x)).toEqual(callReference(layer, x));
  });

  test(`${name} has a gradient for its input and for every trainable weight`, () => {
    const layer = built();
    fillWeights(layer);
    const x = input('x', inputShape, 'float32');
    const output = call(layer, x, true);
    const targets = [x, ...layer.trainableWeights.map(initialState)];
    const found = gradients(output, targets, constant(numbers(output.knownShape, 2)));
    const expected = contract.differentiable === false ? [null] : [inputShape];
    expect(found.map((gradient) => gradient?.shape ?? null)).toEqual([
      ...expected,
      ...layer.trainableWeights.map(({ shape }) => shape),
    ]);
  });

  test(`${name} has no trainable weights while frozen, and keeps all weights`, () => {
    const layer = built();
    const { weights } = layer;
    layer.trainable = false;
    expect(layer.trainableWeights).toEqual([]);
    expect(layer.weights).toEqual(weights);
    expect(built({ trainable: false }).trainableWeights).toEqual([]);
    layer.trainable = true;
    expect(layer.trainableWeights).toHaveLength(trainableWeights);
  });

  const { consumesMask = false } = contract;
  test(`${name} ${supportsMasking && !consumesMask ? 'passes its mask on' : 'drops its mask'}`, () => {
    const trace = new Trace();
    const x = input('x', inputShape, 'float32');
    const mask = input('mask', contract.maskShape ?? inputShape.slice(0, -1), 'bool');
    trace.adopt(x);
    const layer = make({});
    expect(layer.supportsMasking).toBe(supportsMasking);
    trace.setMask(x, mask);
    const output = layer.applyIn(trace, x, false, null) as Value;
    if (!supportsMasking || consumesMask) expect(trace.maskOf(output)).toBe(null);
    else expect(trace.maskOf(output)).not.toBe(null);
  });

  test(`${name} computes in float64 with dtype float64`, () => {
    const layer = built({ dtype: 'float64' });
    expect(call(layer, input('x', inputShape, 'float32'), false).dtype).toBe('float64');
    for (const { dtype } of layer.weights) expect(isFloat(dtype) ? dtype : 'float64').toBe('float64');
  });

  test(`${name} rejects an unknown option`, () => {
    const options = { nome: 'x' } as LayerOptions;
    expect(() => make(options)).toThrow(
      new TypeError(`[${make({}).className}] unknown option "nome". Did you mean "name"?`),
    );
  });
}

/** Calls a layer on arrays, and compares what the engine gives with the reference. */
export async function checkEagerCall(layer: Layer, x: Tensor, rtol = 1e-5): Promise<void> {
  layer.ensureBuilt(x.shape);
  fillWeights(layer);
  const actual = await layer.apply(x);
  const expected = callReference(layer, x);
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  expectClose(actual.data, expected.data, { rtol });
}
