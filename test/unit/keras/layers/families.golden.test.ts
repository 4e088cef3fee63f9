import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import type { Config } from '../../../../src/core/config.ts';
import type { Shape } from '../../../../src/core/shape.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant, initialState } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/graph/value.ts';
import { deserializeLayer } from '../../../../src/keras/layers/all.ts';
import type { InputShape, Layer } from '../../../../src/keras/layers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { evaluateAll } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

interface GoldenLayer {
  readonly layer: string;
  readonly options: Config;
  readonly config: Config;
  readonly several: boolean;
  readonly inputShapes: readonly (readonly number[])[];
  readonly seed: number;
  readonly low: number;
  readonly high: number;
  readonly dySeed: number;
  readonly weightSeed: number;
  readonly inputs?: readonly GoldenArray[];
  readonly masks?: readonly (GoldenArray | null)[];
  readonly outputMask?: GoldenArray | null;
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly output: GoldenArray;
  readonly inputGradients: readonly (GoldenArray | null)[];
  readonly weightGradients: readonly GoldenArray[];
  readonly outputShape: Shape;
  readonly unknown?: readonly [Shape, Shape];
  readonly single?: boolean;
  readonly note?: string;
}

const cases = loadGolden<GoldenLayer>('layers2').cases;

const float64 = (numbers: ArrayLike<number>, shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(numbers), shape);

const openBatch = (shape: readonly number[]): Shape => [null, ...shape.slice(1)];

function shapeOf({ several, inputShapes }: GoldenLayer): InputShape {
  return several ? inputShapes.map(openBatch) : openBatch(inputShapes[0]!);
}

function make(golden: GoldenLayer): Layer {
  const layer = deserializeLayer({ class_name: golden.layer, config: { ...golden.options, dtype: 'float64' } });
  layer.ensureBuilt(shapeOf(golden));
  layer.setWeights(golden.weights.map(({ shape }, k) => float64(lcg(shape, golden.weightSeed + k, -0.5, 0.5), shape)));
  return layer;
}

function inputsOf({ inputs, inputShapes, seed, low, high }: GoldenLayer): readonly Tensor[] {
  return inputShapes.map((shape, i) => {
    const stored = inputs?.[i];
    if (stored?.dtype === 'int32') return tensor(stored.data as Int32Array, shape);
    return float64(stored?.data ?? lcg(shape, seed + i, low, high), shape);
  });
}

/**
 * TensorFlow holds the constants of some layers in float32, whatever the type of the numbers, and computes others in
 * float32 altogether.
 */
function toleranceOf({ layer, options, single }: GoldenLayer): { rtol: number; atol: number } {
  if (single === true || options['interpolation'] === 'bilinear') return { rtol: 1e-6, atol: 1e-6 };
  return ['LeakyReLU', 'Rescaling'].includes(layer) ? { rtol: 1e-7, atol: 1e-7 } : { rtol: 1e-9, atol: 1e-12 };
}

describe.each([...new Set(cases.map(({ layer }) => layer))])('%s against Keras', (name) => {
  const rows = cases
    .filter(({ layer }) => layer === name)
    .map((golden) => {
      const { options, inputShapes, masks, note } = golden;
      const masked = masks?.map((mask) => (mask === null ? 'no mask' : 'masked')).join(', ');
      return [[JSON.stringify(options), JSON.stringify(inputShapes), masked, note].join(' '), golden] as const;
    });

  test.each(rows)('gives the outputs, masks and gradients for %s', (_, golden) => {
    const layer = make(golden);
    const dy = constant(float64(lcg(golden.output.shape, golden.dySeed), golden.output.shape));
    let present: readonly boolean[] = [];
    const results = evaluateAll((inputs) => {
      const trace = new Trace();
      for (const [i, value] of inputs.entries()) {
        trace.adopt(value);
        const mask = golden.masks?.[i] ?? null;
        if (mask !== null) trace.setMask(value, constant(tensor(mask.data as Uint8Array, mask.shape, 'bool')));
      }
      const output = layer.applyIn(trace, golden.several ? inputs : inputs[0]!, false, null) as Value;
      const outgoing = trace.maskOf(output);
      if (golden.masks !== undefined) expect(outgoing !== null).toBe(golden.outputMask !== null);
      const found = gradients(output, [...inputs, ...layer.trainableWeights.map(initialState)], dy);
      present = found.map((gradient) => gradient !== null);
      const masks = golden.masks === undefined || outgoing === null ? [] : [outgoing];
      return [output, ...found.filter((gradient) => gradient !== null), ...masks];
    }, inputsOf(golden));
    const expected = [...golden.inputGradients, ...golden.weightGradients];
    expect(present).toEqual(expected.map((gradient) => gradient !== null));
    const arrays = [golden.output, ...expected.filter((gradient) => gradient !== null)];
    for (const [i, array] of arrays.entries()) {
      expect(results[i]!.shape).toEqual(array.shape);
      expectClose(results[i]!.data, array.data, toleranceOf(golden));
    }
    if (golden.outputMask !== undefined && golden.outputMask !== null) {
      expect(results.at(-1)!.dtype).toBe('bool');
      expect(results.at(-1)!.shape).toEqual(golden.outputMask.shape);
      expect([...results.at(-1)!.data]).toEqual([...golden.outputMask.data]);
    }
  });

  test.each(rows)('gives the shape of the output for %s', (_, golden) => {
    const layer = (): Layer => deserializeLayer({ class_name: golden.layer, config: golden.options });
    expect(layer().computeOutputShape(shapeOf(golden))).toEqual(golden.outputShape);
    if (golden.unknown !== undefined) {
      expect(layer().computeOutputShape(golden.unknown[0])).toEqual(golden.unknown[1]);
    }
  });

  test.each(rows)('names its weights, and writes the config, as Keras does for %s', (_, golden) => {
    const layer = make(golden);
    expect(layer.weights.map((variable) => variable.name)).toEqual(golden.weights.map((weight) => weight.name));
    const { name: _name, dtype: _dtype, ...config } = layer.getConfig();
    const { dtype: _keras, ...expected } = golden.config;
    expect(JSON.stringify(config)).toBe(JSON.stringify(expected));
  });
});
