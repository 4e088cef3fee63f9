import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { add, multiply } from '../../../../src/compiler/builder/index.ts';
import { sum } from '../../../../src/keras/ops/index.ts';
import { constant, initialState } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { type Value, isValue } from '../../../../src/compiler/ir/value.ts';
import type { Config } from '../../../../src/core/config.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import { flatten } from '../../../../src/core/tree.ts';
import { type Layer, deserialize } from '../../../../src/keras/layers/index.ts';
import { camelCase } from '../../../../src/keras/saving/fields.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenTolerance, parseGolden } from '../../../support/golden.ts';
import { evaluateAll } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

/** The fields are described in test/golden/make/attention.py. */
interface AttentionCase {
  readonly tolerance: GoldenTolerance | null;
  readonly layer: string;
  readonly options: Config;
  readonly inputShapes: readonly (readonly number[])[];
  readonly integers: number | null;
  readonly seed: number;
  readonly weightSeed: number;
  readonly dySeed: number;
  readonly training: boolean;
  readonly call: Readonly<Record<string, GoldenArray | boolean>>;
  readonly masks: readonly (GoldenArray | null)[] | null;
  readonly lora?: { readonly rank: number; readonly lora_alpha?: number };
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly config: Config;
  readonly outputs: readonly GoldenArray[];
  readonly outputMask: GoldenArray | null;
  readonly inputGradients: readonly (GoldenArray | null)[];
  readonly weightGradients: readonly GoldenArray[];
}

const float64 = (shape: readonly number[], seed: number, low = -1, high = 1): Tensor =>
  tensor(Float64Array.from(lcg(shape, seed, low, high)), shape);

function titleOf({ layer, options, inputShapes, call, masks, lora }: AttentionCase): string {
  const named = Object.entries(call).map(([name, value]) => `${name}=${typeof value === 'boolean' ? value : 'a mask'}`);
  const masked = masks?.map((mask) => (mask === null ? 'no mask' : 'masked')) ?? [];
  const adapted = lora === undefined ? [] : [`lora=${JSON.stringify(lora)}`];
  const remarks = [...named, ...masked, ...adapted].join(', ');
  const shapes = inputShapes.map((shape) => `[${shape.join(', ')}]`).join(', ');
  return `${layer} ${JSON.stringify(options)} on ${shapes}${remarks === '' ? '' : ` (${remarks})`}`;
}

const golden = parseGolden<AttentionCase>(
  gunzipSync(readFileSync(new URL('../../../golden/attention.json.gz', import.meta.url))).toString(),
  'attention',
);
const cases = golden.cases.map((each) => [titleOf(each), each] as const);

function make({ layer: className, options, inputShapes, lora, weightSeed, weights }: AttentionCase): Layer {
  const layer = deserialize({ class_name: className, config: { ...options, dtype: 'float64' } });
  const shapes = inputShapes.map((shape) => [null, ...shape.slice(1)]);
  layer.build(shapes.length === 1 ? shapes[0]! : shapes);
  if (lora !== undefined && 'enableLora' in layer) {
    const { rank, lora_alpha: loraAlpha = null } = lora;
    (layer.enableLora as (rank: number, options: object) => void)(rank, { loraAlpha });
  }
  layer.setWeights(weights.map(({ shape }, k) => float64(shape, weightSeed + k, -0.5, 0.5)));
  return layer;
}

const mask = (array: GoldenArray): Tensor => tensor(array.data, array.shape, 'bool');

test.each(cases)('%s has the outputs, masks and gradients of Keras', (_, golden) => {
  const layer = make(golden);
  const { inputShapes, seed, integers, dySeed, outputs: expected } = golden;
  const inputs = inputShapes.map((shape, i) => {
    const x = float64(shape, seed + i);
    if (integers === null) return x;
    return tensor(
      Int32Array.from(x.data, (value) => Math.floor(((value + 1) / 2) * integers)),
      shape,
    );
  });
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
      if (itsMask !== null) trace.setMask(value, constant(mask(itsMask)));
    }
    const options = Object.entries(golden.call).map(([name, value]) => {
      return [camelCase(name), typeof value === 'boolean' ? value : mask(value)] as const;
    });
    const given = values.length === 1 ? values[0]! : values;
    const computed = flatten(layer.applyIn(trace, given, golden.training, null, Object.fromEntries(options)), isValue);
    const total = computed
      .map((value, i) => sum(multiply(value, constant(float64(value.knownShape, dySeed + i), value.dtype))))
      .reduce((all: Value, each: Value) => add(all, each));
    const floats = values.filter(({ dtype }) => dtype === 'float64');
    const found = gradients(total, [...floats, ...layer.trainableWeights.map(initialState)], constant(1, 'float64'));
    const outputMask = trace.maskOf(computed[0]!);
    expect(outputMask !== null).toBe(golden.outputMask !== null);
    return [
      ...computed,
      ...found.map((gradient) => gradient ?? constant(0, 'float64')),
      ...(outputMask === null ? [] : [outputMask]),
    ];
  }, inputs);
  const tolerance = golden.tolerance ?? { rtol: 1e-9, atol: 1e-12 };
  for (const [i, array] of wanted.entries()) {
    // A weight without influence has a gradient of zeros in Keras.
    const data = results[i]!.rank < array.shape.length ? new Float64Array(array.data.length) : results[i]!.data;
    if (results[i]!.rank === array.shape.length) expect(results[i]!.shape).toEqual(array.shape);
    expectClose(data, array.data, tolerance);
  }
});

test.each(cases)('%s names its weights as Keras does', (_, golden) => {
  expect(make(golden).weights.map(({ name }) => name)).toEqual(golden.weights.map(({ name }) => name));
});

test.each(cases)('%s writes the config of Keras', (_, golden) => {
  const { name: _name, dtype: _dtype, attention_axes: _axes, ...config } = make(golden).getConfig();
  const { dtype: _keras, attention_axes: _resolved, ...expected } = golden.config;
  expect(JSON.stringify(config)).toBe(JSON.stringify(expected));
});
