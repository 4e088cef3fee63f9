import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as hub from '../../../../src/keras/hub/index.ts';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { add, multiply } from '../../../../src/compiler/builder/index.ts';
import { constant, initialState } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { type Value, isValue } from '../../../../src/compiler/ir/value.ts';
import type { Config } from '../../../../src/core/config.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import { flatten } from '../../../../src/core/tree.ts';
import { type Layer, deserialize } from '../../../../src/keras/layers/index.ts';
import { sum } from '../../../../src/keras/ops/index.ts';
import { camelCase } from '../../../../src/keras/saving/fields.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenTolerance, parseGolden } from '../../../support/golden.ts';
import { evaluateAll } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

/** The fields are described in test/golden/make/hub.py. */
interface HubCase {
  readonly tolerance: GoldenTolerance | null;
  readonly layer: keyof typeof hub;
  readonly options: Config;
  readonly embedding?: Config;
  readonly inputShapes: readonly (readonly number[])[];
  readonly integers: readonly (number | null)[];
  readonly seed: number;
  readonly weightSeed: number;
  readonly dySeed: number;
  readonly training: boolean;
  readonly call: Readonly<Record<string, GoldenArray | boolean | number>>;
  readonly masks: readonly (GoldenArray | null)[] | null;
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly config: Config;
  readonly outputs: readonly GoldenArray[];
  readonly outputMask: GoldenArray | null;
  readonly inputGradients: readonly (GoldenArray | null)[];
  readonly weightGradients: readonly GoldenArray[];
}

const float64 = (shape: readonly number[], seed: number, low = -1, high = 1): Tensor =>
  tensor(Float64Array.from(lcg(shape, seed, low, high)), shape);

function titleOf({ layer, options, inputShapes, call, masks }: HubCase): string {
  const named = Object.entries(call).map(([name, value]) => `${name}=${typeof value === 'object' ? '…' : value}`);
  const masked = masks?.map((mask) => (mask === null ? 'no mask' : 'masked')) ?? [];
  const remarks = [...named, ...masked].join(', ');
  const shapes = inputShapes.map((shape) => `[${shape.join(', ')}]`).join(', ');
  return `${layer} ${JSON.stringify(options)} on ${shapes}${remarks === '' ? '' : ` (${remarks})`}`;
}

const golden = parseGolden<HubCase>(
  gunzipSync(readFileSync(new URL('../../../golden/hub.json.gz', import.meta.url))).toString(),
  'hub',
);
const cases = golden.cases.map((each) => [titleOf(each), each] as const);

function make({ layer: className, options, inputShapes, weightSeed, weights, embedding }: HubCase): Layer {
  const layer = deserialize({
    class_name: className,
    module: null,
    registered_name: `keras_hub>${className}`,
    config: {
      ...options,
      dtype: 'float64',
      ...(embedding === undefined ? {} : { token_embedding: embedding['config'] }),
    },
  });
  layer.build(inputShapes.length === 1 ? inputShapes[0]! : inputShapes);
  layer.setWeights(weights.map(({ shape }, k) => float64(shape, weightSeed + k, -0.5, 0.5)));
  return layer;
}

const arrayOf = ({ data, shape, dtype }: GoldenArray): Tensor =>
  dtype === 'float64' || dtype === 'float32'
    ? tensor(Float64Array.from(data), shape)
    : tensor(data, shape, dtype === 'bool' ? 'bool' : 'int32');

test('the golden data has every layer of the entry', () => {
  const found = new Set<string>(golden.cases.map(({ layer }) => layer));
  expect([...found, 'geluApproximate'].sort()).toEqual(Object.keys(hub).sort());
});

test.each(cases)('%s has the outputs, masks and gradients of keras-hub', (_, golden) => {
  const layer = make(golden);
  const { inputShapes, seed, integers, dySeed, outputs: expected } = golden;
  const inputs = inputShapes.map((shape, i) => {
    const x = float64(shape, seed + i);
    const below = integers[i] ?? null;
    if (below === null) return x;
    return tensor(
      Int32Array.from(x.data, (value) => Math.floor(((value + 1) / 2) * below)),
      shape,
    );
  });
  const hasGradients = golden.weightGradients.length > 0 || golden.inputGradients.some((each) => each !== null);
  const wanted = [
    ...expected,
    ...golden.inputGradients.filter((gradient) => gradient !== null),
    ...golden.weightGradients,
  ];
  const results = evaluateAll((values) => {
    const trace = new Trace();
    for (const [i, value] of values.entries()) {
      trace.adopt(value);
      const itsMask = golden.masks?.[i] ?? null;
      if (itsMask !== null) trace.setMask(value, constant(arrayOf(itsMask)));
    }
    const options = Object.entries(golden.call).map(([name, value]) => {
      return [camelCase(name), typeof value === 'object' ? arrayOf(value) : value] as const;
    });
    const given = values.length === 1 ? values[0]! : values;
    const computed = flatten(layer.applyIn(trace, given, golden.training, null, Object.fromEntries(options)), isValue);
    const outputMask = trace.maskOf(computed[0]!);
    expect(outputMask !== null).toBe(golden.outputMask !== null);
    const masks = outputMask === null ? [] : [outputMask];
    if (!hasGradients) return [...computed, ...masks];
    const total = computed
      .map((value, i) => sum(multiply(value, constant(float64(value.knownShape, dySeed + i), value.dtype))))
      .reduce((all: Value, each: Value) => add(all, each));
    const floats = values.filter(({ dtype }) => dtype === 'float64');
    const found = gradients(total, [...floats, ...layer.trainableWeights.map(initialState)], constant(1, 'float64'));
    return [...computed, ...found.map((gradient) => gradient ?? constant(0, 'float64')), ...masks];
  }, inputs);
  const tolerance = golden.tolerance ?? { rtol: 1e-9, atol: 1e-12 };
  if (golden.outputMask !== null) expect([...results.at(-1)!.data]).toEqual([...golden.outputMask.data]);
  for (const [i, array] of wanted.entries()) {
    // A weight without influence has a gradient of zeros in Keras.
    const data = results[i]!.rank < array.shape.length ? new Float64Array(array.data.length) : results[i]!.data;
    if (results[i]!.rank === array.shape.length) expect(results[i]!.shape).toEqual(array.shape);
    expectClose(data, array.data, tolerance);
  }
});

test.each(cases)('%s names its weights as keras-hub does', (_, golden) => {
  expect(make(golden).weights.map(({ name }) => name)).toEqual(golden.weights.map(({ name }) => name));
});

test.each(cases)('%s writes the config of keras-hub', (_, golden) => {
  const { name: _name, dtype: _dtype, attention_axes: _axes, trainable: _own, ...config } = make(golden).getConfig();
  const { dtype: _keras, attention_axes: _resolved, trainable: _theirs, ...expected } = golden.config;
  const plain = (value: object): string =>
    JSON.stringify(value, (key, json: unknown) => (key === 'build_config' ? undefined : json));
  expect(plain(config)).toBe(plain(expected));
});
