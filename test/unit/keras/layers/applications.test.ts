import { afterEach, describe, expect, test } from 'vitest';
import { resetNames } from '../../../../src/core/names.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { deserializeLayer, serializeLayer } from '../../../../src/keras/layers/serialization.ts';
import { CustomScaleLayer } from '../../../../src/keras/layers/applications/custom-scale-layer.ts';
import { LayerScale } from '../../../../src/keras/layers/applications/layer-scale.ts';
import { StochasticDepth } from '../../../../src/keras/layers/applications/stochastic-depth.ts';
import { Input, Layer } from '../../../../src/keras/layers/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';

function run(layer: Layer, feeds: readonly Tensor[], training = false): Tensor {
  const inputs = feeds.map(({ shape }, i) => input(`x${i}`, shape, 'float32'));
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  const output = layer.applyIn(trace, inputs.length === 1 ? inputs[0]! : inputs, training, null) as Value;
  return evaluate({ inputs, outputs: [output], updates: [] }, feeds).outputs[0]!;
}

const ones = (shape: readonly number[]): Tensor =>
  new Tensor(new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1), shape);

afterEach(() => resetNames());

describe('layers that Keras has inside of its networks', () => {
  test.each([
    [new LayerScale(0.5, 3), 'keras.src.applications.convnext'],
    [new StochasticDepth(0.1), 'keras.src.applications.convnext'],
    [new CustomScaleLayer(0.17), 'keras.src.applications.inception_resnet_v2'],
  ])('are written where Keras has them, and found by the older files without a module: %o', (layer, module) => {
    const { className } = layer;
    const written = serializeLayer(layer);
    expect(written).toMatchObject({ module, class_name: className, registered_name: className });
    expect(deserializeLayer(written)).toBeInstanceOf(layer.constructor);
    const { class_name, config } = written;
    expect(deserializeLayer({ class_name, config })).toBeInstanceOf(layer.constructor);
  });

  test('leave their names to the user’s own classes', () => {
    class Mine extends Layer {
      static override readonly className: string = 'LayerScale';
      override call(inputs: Value): Value {
        return inputs;
      }
    }
    const mine = serializeLayer(new Mine());
    expect(mine).toMatchObject({ module: null, registered_name: 'LayerScale' });
    expect(deserializeLayer(mine, { LayerScale: Mine })).toBeInstanceOf(Mine);
    expect(() => deserializeLayer(mine)).toThrow(TypeError);
  });
});

describe('LayerScale', () => {
  test('begins with its first value on each channel', () => {
    expect([...run(new LayerScale(0.25, 2), [ones([1, 2, 2])]).data]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('refuses other channels, and arguments that are none', () => {
    expect(() => new LayerScale(1, 3).apply(Input({ shape: [4] }))).toThrow(
      '[LayerScale layer_scale] expected axis -1 of the input to have size 3. Received: input of shape [null, 4].',
    );
    expect(() => new LayerScale(1, 0)).toThrow('projectionDim');
    expect(() => new LayerScale('1' as never, 1)).toThrow(TypeError);
  });
});

describe('StochasticDepth', () => {
  test('drops whole samples in training, and scales up the others', () => {
    const { data } = run(new StochasticDepth(0.75), [ones([400, 2])], true);
    const samples = Array.from({ length: 400 }, (_, i) => [data[2 * i], data[2 * i + 1]]);
    expect(samples.every(([a, b]) => a === b && (a === 0 || a === 4))).toBe(true);
    const kept = samples.filter(([a]) => a === 4).length;
    expect(kept).toBeGreaterThan(60);
    expect(kept).toBeLessThan(140);
  });

  test('lets everything pass in inference, and nothing in training at rate 1', () => {
    expect([...run(new StochasticDepth(1), [ones([2, 1])]).data]).toEqual([1, 1]);
    expect([...run(new StochasticDepth(1), [ones([2, 1])], true).data]).toEqual([0, 0]);
    expect([...run(new StochasticDepth(0), [ones([2, 1])], true).data]).toEqual([1, 1]);
  });

  test('refuses a rate that is none', () => {
    expect(() => new StochasticDepth(1.5)).toThrow(
      '[StochasticDepth stochastic_depth] dropPathRate must be in [0, 1]. Received: dropPathRate=1.5.',
    );
  });
});

describe('CustomScaleLayer', () => {
  test('adds the second input, scaled', () => {
    expect([...run(new CustomScaleLayer(0.5), [ones([1, 2]), ones([1, 2])]).data]).toEqual([1.5, 1.5]);
  });

  test('refuses other than two inputs that broadcast', () => {
    const x = Input({ shape: [3] });
    expect(() => new CustomScaleLayer(1).apply([x, x, x])).toThrow(
      '[CustomScaleLayer custom_scale_layer] expected two inputs whose shapes broadcast. Received: shapes [[null, 3], [null, 3], [null, 3]].',
    );
    expect(() => new CustomScaleLayer(1).apply([x, Input({ shape: [2] })])).toThrow('whose shapes broadcast');
  });
});
