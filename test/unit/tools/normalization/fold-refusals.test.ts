import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Model, Sequential } from '../../../../src/keras/models/index.ts';
import { foldBatchNormalization } from '../../../../src/tools/normalization/index.ts';

const vector = (entries: readonly number[]): Tensor => new Tensor(Float32Array.from(entries), [entries.length]);

/** A normalization of two channels with these scales and offsets. */
function affine(scale: readonly number[], offset: readonly number[], name = 'bn'): layers.BatchNormalization {
  const layer = new layers.BatchNormalization({ epsilon: 0, name });
  layer.build([null, 4, 4, 2]);
  layer.setWeights([vector(scale), vector(offset), vector([0, 0]), vector([1, 1])]);
  return layer;
}

const reasons = (model: Model): readonly string[] =>
  foldBatchNormalization(model).foldReport.left.map(({ normalization, reason }) => `${normalization}: ${reason}`);

const image = (): ReturnType<typeof Input> => Input({ shape: [4, 4, 2] });

describe('foldBatchNormalization refuses', () => {
  test('foldBatchNormalization refuses an argument that is not a model', () => {
    // @ts-expect-error a layer is no model.
    expect(() => foldBatchNormalization(new layers.Dense(1))).toThrow(
      '[foldBatchNormalization] expected a model. Received: a Dense.',
    );
  });

  test('foldBatchNormalization refuses a model that is not built', () => {
    expect(() => foldBatchNormalization(new Sequential([new layers.Dense(1)], { name: 'm' }))).toThrow(
      '[foldBatchNormalization] the model must be built. Received: Sequential m. Call build([…]), or load its weights.',
    );
  });

  test('foldBatchNormalization refuses a subclass of Model', () => {
    class Own extends Model {}
    const own = new Own({ name: 'own' });
    own.built = true;
    expect(() => foldBatchNormalization(own)).toThrow(
      '[foldBatchNormalization] the model must be made of inputs and outputs, or be Sequential. Received: Own own, of a custom class. Construct a new instance of that class.',
    );
  });

  test('foldBatchNormalization refuses an unattainable tolerance and unknown options', () => {
    const model = new Sequential([image(), new layers.Conv2D(2, 1), affine([0.3, 0.7], [0.1, 0.2])]);
    expect(() => foldBatchNormalization(model, { tolerance: 0 })).toThrow(
      '[foldBatchNormalization] tolerance must be greater than 0. Received: tolerance=0.',
    );
    expect(() => foldBatchNormalization(model, { tolerance: 1e-12 })).toThrow(
      /^\[foldBatchNormalization\] folding must not change any output by more than 1e-12, relative to its root mean square\. Received: \d\.\de-\d+ in conv2d.*\. Use a larger tolerance, or keep the model as it is\.$/,
    );
    // @ts-expect-error there is no such option.
    expect(() => foldBatchNormalization(model, { tolerence: 1 })).toThrow(/tolerence/);
  });
});

describe('foldBatchNormalization leaves', () => {
  test('foldBatchNormalization keeps a negative scale before a maximum', () => {
    const [conv, pool] = [
      new layers.Conv2D(2, 1, { activation: 'relu', name: 'conv' }),
      new layers.MaxPooling2D({ name: 'pool' }),
    ];
    const model = new Sequential([
      image(),
      conv,
      affine([-1, 1], [0, 0]),
      pool,
      new layers.Flatten(),
      new layers.Dense(1),
    ]);
    expect(reasons(model)).toEqual([
      'bn: Conv2D conv before it has an activation; a negative scale reverses the order on which MaxPooling2D pool depends',
    ]);
  });

  test('foldBatchNormalization keeps an offset before a relu, but merges a purely positive scale', () => {
    const stack = (offset: readonly number[]): Sequential =>
      new Sequential([
        image(),
        affine([0.5, 2], offset),
        new layers.ReLU({ name: 'relu' }),
        new layers.Conv2D(2, 1, { name: 'conv' }),
      ]);
    expect(reasons(stack([0, 1]))).toEqual([
      'bn: no layer before it can hold it; ReLU relu bends at zero, which an offset or a negative scale moves',
    ]);
    expect(reasons(stack([0, 0]))).toEqual([]);
  });

  test('foldBatchNormalization keeps an offset before zero padding, but merges a pure scale', () => {
    const stack = (offset: readonly number[]): Sequential =>
      new Sequential([
        image(),
        affine([0.5, 2], offset),
        new layers.ZeroPadding2D({ name: 'pad' }),
        new layers.Conv2D(2, 1, { name: 'conv' }),
      ]);
    expect(reasons(stack([0, 1]))).toEqual([
      'bn: no layer before it can hold it; ZeroPadding2D pad adds zeros, which an offset would change',
    ]);
    expect(reasons(stack([0, 0]))).toEqual([]);
  });

  test('foldBatchNormalization keeps an offset before a padding convolution, but merges a pure scale', () => {
    const stack = (offset: readonly number[]): Sequential =>
      new Sequential([image(), affine([0.5, 2], offset), new layers.Conv2D(2, 3, { padding: 'same', name: 'conv' })]);
    expect(reasons(stack([0, 1]))).toEqual([
      'bn: no layer before it can hold it; Conv2D conv after it pads with zeros, to which the offset does not apply',
    ]);
    expect(reasons(stack([0, 0]))).toEqual([]);
  });

  test('foldBatchNormalization keeps a normalization next to a dropout that is always active', () => {
    const inputs = image();
    const always = (x: ReturnType<typeof Input>, name: string): ReturnType<typeof Input> =>
      new layers.Dropout(0.5, { name }).apply(x, { training: true });
    let x = always(new layers.Conv2D(2, 1).apply(inputs), 'first');
    x = always(affine([0.5, 2], [1, 1]).apply(x), 'second');
    const model = new Model({ inputs, outputs: new layers.Conv2D(1, 1).apply(x) });
    expect(reasons(model)).toEqual([
      'bn: Dropout first is called with training: true; Dropout second is called with training: true',
    ]);
  });

  test('foldBatchNormalization keeps statistics that are not finite', () => {
    const model = new Sequential([image(), new layers.Conv2D(2, 1), affine([NaN, 1], [0, 0])]);
    expect(reasons(model)).toEqual(['bn: its statistics are not finite']);
  });

  test('foldBatchNormalization keeps an axis other than the channel axis of a pooling in between', () => {
    const bn = new layers.BatchNormalization({ axis: 1, name: 'bn' });
    const pool = new layers.AveragePooling2D({ name: 'pool' });
    const model = new Sequential([
      image(),
      new layers.Conv2D(4, 1, { dataFormat: 'channels_first', name: 'conv' }),
      pool,
      bn,
    ]);
    expect(reasons(model)).toEqual([
      'bn: its axis is not that of the channels of AveragePooling2D pool; it is not followed by a single layer',
    ]);
  });

  test('foldBatchNormalization does not merge into a subclass of a convolution, which may compute something else', () => {
    class Own extends layers.Conv2D {}
    const model = new Sequential([image(), new Own(2, 1, { name: 'own' }), affine([1, 1], [0, 0])]);
    expect(reasons(model)).toEqual(['bn: it does not pass Own own; it is not followed by a single layer']);
  });
});
