import { expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { constant, initialState } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import type { Config } from '../../../../src/core/config.ts';
import type { Shape } from '../../../../src/core/shape.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import { deserializeLayer } from '../../../../src/keras/layers/serialization.ts';
import type { InputShape, Layer } from '../../../../src/keras/layers/index.ts';
import { expectClose } from '../../../support/close.ts';
import {
  type GoldenArray,
  type GoldenDeviation,
  type GoldenTolerance,
  loadGolden,
  withDeviations,
} from '../../../support/golden.ts';
import { evaluateAll } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

/** The fields are described in test/golden/make/layers.py. */
interface LayerCase {
  readonly layer: string;
  readonly options: Config;
  readonly config: Config;
  readonly several: boolean;
  readonly inputShapes: readonly (readonly number[])[];
  readonly seed: number;
  readonly low: number;
  readonly high: number;
  readonly inputs?: readonly GoldenArray[];
  readonly dySeed: number;
  readonly weightSeed: number;
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly masks?: readonly (GoldenArray | null)[];
  readonly output: GoldenArray;
  readonly outputMask?: GoldenArray | null;
  readonly inputGradients: readonly (GoldenArray | null)[];
  readonly weightGradients: readonly GoldenArray[];
  readonly outputShape: Shape;
  readonly unknown?: readonly [Shape, Shape];
  readonly note?: string;
  readonly tolerance?: GoldenTolerance;
  readonly deviations?: readonly GoldenDeviation[];
}

function titleOf({ layer, options, inputShapes, masks, note }: LayerCase): string {
  const shapes = inputShapes.map((shape) => `[${shape.join(', ')}]`).join(', ');
  const masked = masks?.map((mask) => (mask === null ? 'no mask' : 'masked')).join(', ');
  const remarks = [masked, note].filter((text) => text !== undefined).join('; ');
  return `${layer} ${JSON.stringify(options)} on ${shapes}${remarks === '' ? '' : ` (${remarks})`}`;
}

const cases = loadGolden<LayerCase>('layers').cases.map((golden) => [titleOf(golden), golden] as const);

const float64 = (numbers: ArrayLike<number>, shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(numbers), shape);

const openBatch = (shape: readonly number[]): Shape => [null, ...shape.slice(1)];

function shapeOf({ several, inputShapes }: LayerCase): InputShape {
  return several ? inputShapes.map(openBatch) : openBatch(inputShapes[0]!);
}

function make(golden: LayerCase): Layer {
  const layer = deserializeLayer({ class_name: golden.layer, config: { ...golden.options, dtype: 'float64' } });
  layer.ensureBuilt(shapeOf(golden));
  layer.setWeights(golden.weights.map(({ shape }, k) => float64(lcg(shape, golden.weightSeed + k, -0.5, 0.5), shape)));
  return layer;
}

function inputsOf({ inputs, inputShapes, seed, low, high }: LayerCase): readonly Tensor[] {
  return inputShapes.map((shape, i) => {
    const stored = inputs?.[i];
    if (stored?.dtype === 'int32') return tensor(stored.data, shape);
    return float64(stored?.data ?? lcg(shape, seed + i, low, high), shape);
  });
}

const present = <T>(values: readonly (T | null)[]): readonly T[] => values.filter((value) => value !== null);

test.each(cases)('%s has the outputs, masks and gradients of Keras', (_, golden) => {
  const layer = make(golden);
  const { masks, output, outputMask, dySeed, deviations = [] } = golden;
  const dy = constant(float64(lcg(output.shape, dySeed), output.shape));
  const expected = [
    ...golden.inputGradients.map((gradient, i) =>
      gradient === null ? null : withDeviations(gradient, deviations, 'inputGradients', i),
    ),
    ...golden.weightGradients,
  ];
  const results = evaluateAll((inputs) => {
    const trace = new Trace();
    for (const [i, value] of inputs.entries()) {
      trace.adopt(value);
      const mask = masks?.[i] ?? null;
      if (mask !== null) trace.setMask(value, constant(tensor(mask.data, mask.shape, 'bool')));
    }
    const computed = layer.applyIn(trace, golden.several ? inputs : inputs[0]!, false, null) as Value;
    const computedMask = trace.maskOf(computed);
    expect(computedMask !== null).toBe((outputMask ?? null) !== null);
    const found = gradients(computed, [...inputs, ...layer.trainableWeights.map(initialState)], dy);
    expect(found.map((gradient) => gradient !== null)).toEqual(expected.map((gradient) => gradient !== null));
    return present([computed, ...found, computedMask]);
  }, inputsOf(golden));
  const tolerance = golden.tolerance ?? { rtol: 1e-9, atol: 1e-12 };
  for (const [i, array] of [output, ...present(expected)].entries()) {
    expect(results[i]!.shape).toEqual(array.shape);
    expectClose(results[i]!.data, array.data, tolerance);
  }
  if (outputMask !== undefined && outputMask !== null) expectMask(results.at(-1)!, outputMask);
});

function expectMask(actual: Tensor, expected: GoldenArray): void {
  expect(actual.dtype).toBe('bool');
  expect(actual.shape).toEqual(expected.shape);
  expect([...actual.data]).toEqual([...expected.data]);
}

test.each(cases)('%s has the output shape of Keras', (_, golden) => {
  const layer = (): Layer => deserializeLayer({ class_name: golden.layer, config: golden.options });
  expect(layer().computeOutputShape(shapeOf(golden))).toEqual(golden.outputShape);
  if (golden.unknown !== undefined) {
    expect(layer().computeOutputShape(golden.unknown[0])).toEqual(golden.unknown[1]);
  }
});

test.each(cases)('%s names its weights as Keras does', (_, golden) => {
  expect(make(golden).weights.map((variable) => variable.name)).toEqual(golden.weights.map((weight) => weight.name));
});

test.each(cases)('%s writes the config of Keras', (_, golden) => {
  const { name: _name, dtype: _dtype, ...config } = make(golden).getConfig();
  const { dtype: _keras, ...expected } = golden.config;
  expect(JSON.stringify(config)).toBe(JSON.stringify(expected));
});

test.each(cases.filter(([, { layer }]) => layer === 'Masking'))('%s computes the mask of Keras', (_, golden) => {
  const [mask] = evaluateAll(([x]) => [make(golden).computeMask(x!, null)!], inputsOf(golden));
  expectMask(mask!, golden.outputMask!);
});
