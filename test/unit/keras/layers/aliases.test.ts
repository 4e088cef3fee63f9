import { Input, layers } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';

/** The names that Keras 3.15.1 exports a second time, and the first ones. */
const NAMES = {
  AvgPool1D: 'AveragePooling1D',
  AvgPool2D: 'AveragePooling2D',
  AvgPool3D: 'AveragePooling3D',
  Convolution1D: 'Conv1D',
  Convolution1DTranspose: 'Conv1DTranspose',
  Convolution2D: 'Conv2D',
  Convolution2DTranspose: 'Conv2DTranspose',
  Convolution3D: 'Conv3D',
  Convolution3DTranspose: 'Conv3DTranspose',
  GlobalAvgPool1D: 'GlobalAveragePooling1D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  GlobalAvgPool3D: 'GlobalAveragePooling3D',
  GlobalMaxPool1D: 'GlobalMaxPooling1D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  GlobalMaxPool3D: 'GlobalMaxPooling3D',
  MaxPool1D: 'MaxPooling1D',
  MaxPool2D: 'MaxPooling2D',
  MaxPool3D: 'MaxPooling3D',
  SeparableConvolution1D: 'SeparableConv1D',
  SeparableConvolution2D: 'SeparableConv2D',
} as const;

test.each(Object.entries(NAMES))('%s is %s, also in configs', (alias, name) => {
  const exported: Readonly<Record<string, unknown>> = layers;
  expect(exported[alias]).toBe(exported[name]);
  const isConvolution = alias.includes('Convolution');
  const config = isConvolution ? { name: 'mine', filters: 2, kernel_size: 3 } : { name: 'mine' };
  const layer = layers.deserialize({ module: 'keras.layers', class_name: alias, config, registered_name: null });
  expect(layer).toBeInstanceOf(exported[name]);
  expect(layer.name).toBe('mine');
  expect(layers.serialize(layer)).toMatchObject({ module: 'keras.layers', class_name: name, registered_name: null });
});

test('a layer that normalizes weights may hold one under its other name', () => {
  const inner = { module: 'keras.layers', class_name: 'Convolution2D', config: { filters: 2, kernel_size: 3 } };
  for (const holder of [layers.SpectralNormalization, layers.WeightNormalization]) {
    expect(holder.fromConfig({ layer: inner })).toMatchObject({ layer: expect.any(layers.Conv2D) as unknown });
  }
});

describe('merging layers as functions', () => {
  const [a, b] = [Input({ shape: [3] }), Input({ shape: [3] })];

  test.each([
    ['add', layers.add, layers.Add],
    ['subtract', layers.subtract, layers.Subtract],
    ['multiply', layers.multiply, layers.Multiply],
    ['average', layers.average, layers.Average],
    ['maximum', layers.maximum, layers.Maximum],
    ['minimum', layers.minimum, layers.Minimum],
  ] as const)('merging layers as functions: %s makes the layer and calls it', (name, merge, layerClass) => {
    const output = merge([a, b], { name: `my_${name}` });
    expect(output.shape).toEqual([null, 3]);
    expect(output.node.operation).toBeInstanceOf(layerClass);
    expect(output.node.operation.name).toBe(`my_${name}`);
  });

  test('merging layers as functions: concatenate and dot take their axes', () => {
    expect(layers.concatenate([a, b]).shape).toEqual([null, 6]);
    const wide = [Input({ shape: [2, 3] }), Input({ shape: [4, 3] })];
    expect(layers.concatenate(wide, { axis: 1 }).shape).toEqual([null, 6, 3]);
    expect(layers.dot([a, b]).shape).toEqual([null, 1]);
    expect(layers.dot(wide, { axes: 2, normalize: true }).shape).toEqual([null, 2, 4]);
    expect(layers.dot(wide, { axes: [2, -1] }).shape).toEqual([null, 2, 4]);
  });

  test('merging layers as functions: wrong use says how to mend it', () => {
    expect(() => layers.add(a as never)).toThrow(
      new ValueError('[add] inputs must be a list of tensors. Received: a KerasTensor.'),
    );
    expect(() => layers.add([a, b], { axis: 1 } as never)).toThrow(TypeError);
    expect(() => layers.subtract([a])).toThrow(/expected exactly 2 inputs/);
  });
});
