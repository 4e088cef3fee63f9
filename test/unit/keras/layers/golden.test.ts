import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import type { Config } from '../../../../src/core/config.ts';
import type { Shape } from '../../../../src/core/shape.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant, initialState } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/graph/value.ts';
import { deserializeLayer } from '../../../../src/keras/layers/all.ts';
import type { Layer } from '../../../../src/keras/layers/index.ts';
import { type Tolerance, expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { evaluateAll } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

interface GoldenWeight {
  readonly name: string;
  readonly value: GoldenArray;
}

interface GoldenLayer {
  readonly layer: string;
  readonly options: Config;
  readonly config: Config;
  readonly inputShape: readonly number[];
  readonly seed?: number;
  readonly low?: number;
  readonly high?: number;
  readonly dySeed: number;
  readonly input?: GoldenArray;
  readonly mask?: GoldenArray;
  readonly weights: readonly GoldenWeight[];
  readonly output: GoldenArray;
  readonly inputGradient: GoldenArray;
  readonly weightGradients: readonly GoldenArray[];
  readonly outputShape: Shape;
  readonly outputShapeUnknown?: Shape;
  readonly outputMask?: GoldenArray;
  readonly note?: string;
}

const cases = loadGolden<GoldenLayer>('layers').cases;

const float64 = (numbers: ArrayLike<number>, shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(numbers), shape);

function make(golden: GoldenLayer): Layer {
  const layer = deserializeLayer({ class_name: golden.layer, config: { ...golden.options, dtype: 'float64' } });
  layer.build([null, ...golden.inputShape.slice(1)]);
  layer.setWeights(golden.weights.map(({ value: { data, shape } }) => float64(data, shape)));
  return layer;
}

function inputOf({ input, inputShape, seed, low, high }: GoldenLayer): Tensor {
  return float64(input?.data ?? lcg(inputShape, seed!, low, high), inputShape);
}

/** TensorFlow holds the constants of these in float32, whatever the type of the numbers. */
const isRounded = ({ layer, options }: GoldenLayer): boolean =>
  ['leaky_relu', 'gelu'].some((activation) => activation === options['activation']) ||
  (layer === 'ReLU' && options['negative_slope'] !== undefined);
const toleranceOf = (golden: GoldenLayer): Tolerance =>
  isRounded(golden) ? { rtol: 1e-7, atol: 1e-7 } : { rtol: 1e-9, atol: 1e-12 };

function expectSame(actual: Tensor, expected: GoldenArray, tolerance: Tolerance): void {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(actual.data, expected.data, tolerance);
}

/** At exactly maxValue the slope is 1 here, as everywhere in Keras but in its kernel for maxValue = 6, where it is 0. */
function atCorner({ layer, options, input }: GoldenLayer, gradient: Tensor): Tensor {
  if (layer !== 'ReLU' || input === undefined || JSON.stringify(options) !== '{"max_value":6}') return gradient;
  const data = Float64Array.from(gradient.data, (entry, i) => (input.data[i] === 6 ? 0 : entry));
  return float64(data, gradient.shape);
}

describe.each([...new Set(cases.map(({ layer }) => layer))])('%s against Keras', (name) => {
  const own = cases.filter(({ layer }) => layer === name);
  const rows = own.map((golden) => {
    const title = `${JSON.stringify(golden.options)} on [${golden.inputShape.join(', ')}]${golden.mask === undefined ? '' : ', masked'}`;
    return [golden.note === undefined ? title : `${title}: ${golden.note}`, golden] as const;
  });

  test.each(rows)('gives the outputs and gradients for %s', (_, golden) => {
    const layer = make(golden);
    const dy = constant(float64(lcg(golden.output.shape, golden.dySeed), golden.output.shape));
    const mask =
      golden.mask === undefined ? null : constant(tensor(golden.mask.data as Uint8Array, golden.mask.shape, 'bool'));
    let present: readonly boolean[] = [];
    const results = evaluateAll(
      ([x]) => {
        const output = layer.apply(x!, { training: false, mask });
        const found = gradients(output, [x!, ...layer.trainableWeights.map(initialState)], dy);
        present = found.map((gradient) => gradient !== null);
        return [output, ...found.filter((gradient) => gradient !== null)];
      },
      [inputOf(golden)],
    );
    expect(present.every(Boolean)).toBe(true);
    const [output, inputGradient, ...weightGradients] = results;
    const tolerance = toleranceOf(golden);
    expectSame(output!, golden.output, tolerance);
    expectSame(atCorner(golden, inputGradient!), golden.inputGradient, tolerance);
    expect(weightGradients).toHaveLength(golden.weightGradients.length);
    for (const [i, expected] of golden.weightGradients.entries()) expectSame(weightGradients[i]!, expected, tolerance);
  });

  test.each(rows)('gives the shape of the output for %s', (_, golden) => {
    const layer = (): Layer => deserializeLayer({ class_name: golden.layer, config: golden.options });
    expect(layer().computeOutputShape([null, ...golden.inputShape.slice(1)])).toEqual(golden.outputShape);
    if (golden.outputShapeUnknown !== undefined) {
      const isFirst = golden.options['data_format'] === 'channels_first';
      const { inputShape } = golden;
      const unknown = isFirst ? [null, inputShape[1]!, null, null] : [null, null, null, inputShape[3]!];
      expect(layer().computeOutputShape(unknown)).toEqual(golden.outputShapeUnknown);
    }
  });

  test.each(rows)('names its weights as Keras does for %s', (_, golden) => {
    expect(make(golden).weights.map((variable) => variable.name)).toEqual(golden.weights.map((weight) => weight.name));
  });

  test.each(rows)('writes the config that Keras writes for %s', (_, golden) => {
    const { name: _name, dtype: _dtype, ...config } = make(golden).getConfig();
    const { dtype: _keras, ...expected } = golden.config;
    expect(JSON.stringify(config)).toBe(JSON.stringify(expected));
  });

  test.each(rows.filter(([, golden]) => golden.outputMask !== undefined))('gives the mask for %s', (_, golden) => {
    const layer = make(golden);
    const masks = evaluateAll(
      ([x]) => {
        const trace = new Trace();
        const output = layer.applyIn(trace, x!, null, null) as Value;
        return [trace.maskOf(output)!, layer.computeMask(x!, null)!];
      },
      [inputOf(golden)],
    );
    for (const mask of masks) {
      expect(mask.dtype).toBe('bool');
      expect(mask.shape).toEqual(golden.outputMask!.shape);
      expect([...mask.data]).toEqual([...golden.outputMask!.data]);
    }
  });
});
