import { describe, expect, test } from 'vitest';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import * as applications from '../../../../src/keras/applications/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface Case {
  readonly mode: 'caffe' | 'tf' | 'torch';
  readonly dataFormat: 'channels_last' | 'channels_first';
  readonly x: GoldenArray;
  readonly y: GoldenArray;
  readonly tensor?: GoldenArray;
}

const { cases } = loadGolden<Case>('application-inputs');
const { preprocessInput } = applications.imagenetUtils;

const tensorOf = ({ data, shape, dtype }: GoldenArray): Tensor => tensor(data, shape, dtype as 'float32');

describe('applications.imagenetUtils.preprocessInput', () => {
  test.each(cases.map((each) => [each.mode, each.dataFormat, each.x.dtype, each.x.shape.join('×'), each] as const))(
    'preprocessInput in the mode %s with %s converts %s of %s as Keras does',
    (mode, dataFormat, _dtype, _shape, { x, y, tensor: graph }) => {
      const given = tensorOf(x);
      const before = given.data.slice();
      const found = preprocessInput(given, { mode, dataFormat });
      expect([found.dtype, found.shape]).toEqual([y.dtype, y.shape]);
      expect(found.data).toEqual(y.data);
      expect(given.data).toEqual(before);
      if (graph === undefined) return;
      const value = input('x', x.shape, 'float32');
      const output = preprocessInput(value, { mode, dataFormat });
      const [result] = evaluate({ inputs: [value], outputs: [output], updates: [] }, [given]).outputs;
      expect(result?.shape).toEqual(graph.shape);
      for (const [i, each] of [...(result?.data ?? [])].entries()) expect(each).toBeCloseTo(Number(graph.data[i]), 4);
    },
  );

  test('preprocessInput of a symbolic tensor is part of the model', () => {
    const x = Input({ shape: [null, null, 3], dtype: 'uint8' });
    const found = preprocessInput(x, { mode: 'torch' });
    expect([found.shape, found.dtype]).toEqual([[null, null, null, 3], 'float32']);
  });

  test('preprocessInput within a graph keeps the precision of float64', () => {
    const images = tensor([[[255, 127.5, 0]]], undefined, 'float64');
    for (const mode of ['caffe', 'tf', 'torch'] as const) {
      const x = input('x', images.shape, 'float64');
      const output = preprocessInput(x, { mode });
      const [result] = evaluate({ inputs: [x], outputs: [output], updates: [] }, [images]).outputs;
      expect(result?.data, mode).toEqual(preprocessInput(images, { mode }).data);
    }
  });

  test('the networks preprocess images in the modes of Keras', () => {
    const pixel = [[[255, 0, 0]]];
    const modes = {
      caffe: ['resnet', 'resnet50', 'vgg16', 'vgg19'],
      tf: ['inceptionResnetV2', 'inceptionV3', 'mobilenet', 'mobilenetV2', 'nasnet', 'resnetV2', 'xception'],
      torch: ['densenet'],
    } as const;
    for (const [mode, names] of Object.entries(modes)) {
      const expected = preprocessInput(pixel, { mode: mode as keyof typeof modes }).data;
      for (const name of names) expect(applications[name].preprocessInput(pixel).data, name).toEqual(expected);
    }
    for (const name of ['convnext', 'efficientnet', 'efficientnetV2', 'mobilenetV3'] as const) {
      expect(applications[name].preprocessInput(pixel, { dataFormat: 'channels_first' }), name).toBe(pixel);
    }
  });

  test('preprocessInput refuses other shapes and options', () => {
    expect(() => preprocessInput([[1, 2, 3]])).toThrow(
      new ValueError(
        '[applications.imagenetUtils.preprocessInput] images must have the shape [height, width, 3] or [batch, height, width, 3]. Received: shape [1, 3].',
      ),
    );
    expect(() => applications.vgg16.preprocessInput([[[1]]], { dataFormat: 'channels_first' })).toThrow(
      '[applications.vgg16.preprocessInput] images must have the shape [3, height, width] or [batch, 3, height, width]. Received: shape [1, 1, 1].',
    );
    expect(() => applications.vgg16.preprocessInput([[[1, 2, 3]]], { mode: 'tf' } as never)).toThrow(
      '[applications.vgg16.preprocessInput] unknown option "mode"',
    );
    expect(() => preprocessInput([[[1, 2, 3]]], { mode: 'pytorch' as never })).toThrow(
      '[applications.imagenetUtils.preprocessInput] mode must be one of "caffe", "tf", "torch". Received: mode="pytorch".',
    );
    expect(() => applications.convnext.preprocessInput(1, { dataFormat: 'first' as never })).toThrow(TypeError);
  });
});
