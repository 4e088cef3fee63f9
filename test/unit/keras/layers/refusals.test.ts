import { describe, expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { Input, type Layer } from '../../../../src/keras/layers/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { deserializeLayer } from '../../../../src/keras/layers/serialization.ts';

/** As JavaScript calls a constructor: with anything. */
function made(className: keyof typeof layers, ...given: readonly unknown[]): () => unknown {
  const constructor = layers[className] as unknown as new (...given: readonly unknown[]) => unknown;
  return () => new constructor(...given);
}

const named = { name: 'x' };

describe('the arguments that layers refuse', () => {
  test.each([
    [made('Dot', 'a', named), '[Dot x] axes must be an integer or a list of two. Received: axes="a".'],
    [made('Dot', [1], named), '[Dot x] axes must be an integer or a list of two. Received: axes=[1].'],
    [made('Concatenate', { name: 'x', axis: 0.5 }), '[Concatenate x] axis must be an integer. Received: axis=0.5.'],
    [
      made('Permute', [1, 3], named),
      '[Permute x] dims must name each of the axes after the batch once, counted from 1. Received: dims=[1, 3].',
    ],
    [made('RepeatVector', 0, named), '[RepeatVector x] n must be a positive integer. Received: n=0.'],
    [
      made('Rescaling', 'a', named),
      '[Rescaling x] scale must be a finite number or a list of them. Received: scale="a".',
    ],
    [
      made('Rescaling', 1, { name: 'x', offset: NaN }),
      '[Rescaling x] offset must be a finite number or a list of them. Received: offset=NaN.',
    ],
    [made('Embedding', 0, 2, named), '[Embedding x] inputDim must be a positive integer. Received: inputDim=0.'],
    [
      made('Embedding', 2, 2, { name: 'x', loraRank: 0 }),
      '[Embedding x] loraRank must be a positive integer. Received: loraRank=0.',
    ],
    [made('Lambda', 'code', named), '[Lambda x] function must be a function of values. Received: function="code".'],
    [
      made('ZeroPadding1D', { name: 'x', padding: -1 }),
      '[ZeroPadding1D x] padding must be a non-negative integer, or [start, end]. Received: padding=-1.',
    ],
    [
      made('ZeroPadding2D', { name: 'x', padding: [1, 2, 3] }),
      '[ZeroPadding2D x] padding must be a non-negative integer, or a list of 2, each such an integer or [start, end]. Received: padding=[1, 2, 3].',
    ],
    [
      made('Cropping3D', { name: 'x', cropping: [1, 2, [1, 2, 3]] }),
      '[Cropping3D x] cropping must be a non-negative integer, or a list of 3, each such an integer or [start, end]. Received: cropping=[1, 2, [1, 2, 3]].',
    ],
    [
      made('UpSampling1D', { name: 'x', size: 0 }),
      '[UpSampling1D x] size must be a positive integer. Received: size=0.',
    ],
    [
      made('UpSampling2D', { name: 'x', interpolation: 'cubic' }),
      '[UpSampling2D x] interpolation must be one of "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5". Received: interpolation="cubic".',
    ],
    [
      made('Conv3D', 2, 2, { name: 'x', padding: 'causal' }),
      '[Conv3D x] padding must be one of "valid", "same". Received: padding="causal".',
    ],
    [
      made('Conv2DTranspose', 2, 2, { name: 'x', strides: 2, outputPadding: [1, 2] }),
      '[Conv2DTranspose x] outputPadding must be an integer ≥ 0 and < strides, or one for each of the 2 spatial axes. Received: outputPadding=[1, 2], strides=[2, 2].',
    ],
    [
      made('Conv2DTranspose', 2, 2, { name: 'x', strides: 2, dilationRate: 2 }),
      '[Conv2DTranspose x] strides and dilationRate must not both be greater than 1. Received: strides=[2, 2], dilationRate=[2, 2].',
    ],
    [
      made('DepthwiseConv2D', 2, { name: 'x', depthMultiplier: 0 }),
      '[DepthwiseConv2D x] depthMultiplier must be a positive integer. Received: depthMultiplier=0.',
    ],
    [
      made('DepthwiseConv2D', 2, { name: 'x', kernelInitializer: 'zeros' }),
      '[DepthwiseConv2D] unknown option "kernelInitializer". Did you mean "biasInitializer"?',
    ],
    [
      made('SeparableConv1D', 0, 2, named),
      '[SeparableConv1D x] filters must be a positive integer. Received: filters=0.',
    ],
    [
      made('LeakyReLU', { name: 'x', negativeSlope: -1 }),
      '[LeakyReLU x] negativeSlope must be ≥ 0. Received: negativeSlope=-1.',
    ],
    [
      made('PReLU', { name: 'x', sharedAxes: 0 }),
      '[PReLU x] sharedAxes must be positive integers: axes are counted from 1 after the batch. Received: sharedAxes=0.',
    ],
    [
      made('SpatialDropout1D', 0.5, { dataFormat: 'channels_first' }),
      '[SpatialDropout1D] unknown option "dataFormat".',
    ],
    [made('SpatialDropout2D', 2, named), '[SpatialDropout2D x] rate must be in [0, 1]. Received: rate=2.'],
    [made('GaussianNoise', 2, named), '[GaussianNoise x] stddev must be in [0, 1]. Received: stddev=2.'],
    [
      made('GaussianDropout', 1, named),
      '[GaussianDropout x] rate must be in [0, 1): at 1 nothing would be left. Received: rate=1.',
    ],
    [
      made('AlphaDropout', -1, named),
      '[AlphaDropout x] rate must be in [0, 1): at 1 nothing would be left. Received: rate=-1.',
    ],
    [
      made('ActivityRegularization', { activityRegularizer: 'l1' }),
      '[ActivityRegularization] unknown option "activityRegularizer".',
    ],
  ])('case %#: the message says what must hold', (make, message) => {
    let received = '';
    try {
      make();
    } catch (error) {
      received = (error as Error).message;
    }
    expect(received).toBe(message);
  });
});

describe('the inputs that layers refuse', () => {
  test.each<[() => Layer, readonly (readonly number[])[], string]>([
    [
      () => new layers.Add({ name: 'x' }),
      [[2, 3]],
      '[Add x] expected a list of inputs: layer.apply([a, b]). Received: inputShape=[null, 2, 3].',
    ],
    [
      () => new layers.Add({ name: 'x' }),
      [[3], [4]],
      '[Add x] the inputs must have one batch size and shapes that broadcast. Received: shapes [[null, 3], [null, 4]].',
    ],
    [
      () => new layers.Subtract({ name: 'x' }),
      [[3], [3], [3]],
      '[Subtract x] expected exactly 2 inputs. Received: 3, of shapes [[null, 3], [null, 3], [null, 3]].',
    ],
    [
      () => new layers.Dot(1, { name: 'x' }),
      [[3], [4]],
      '[Dot x] the axes to sum over must have one size. Received: 3 and 4, of shapes [null, 3] and [null, 4] with axes=1.',
    ],
    [() => new layers.Dot(0, { name: 'x' }), [[3], [3]], '[Dot x] axes must not name the batch. Received: axes=0.'],
    [
      () => new layers.Dot(3, { name: 'x' }),
      [[3], [3]],
      '[Dot x] axes must be in [-2, 1] for an input of rank 2. Received: axes=3.',
    ],
    [
      () => new layers.Cropping2D({ name: 'x', cropping: 2 }),
      [[4, 5, 1]],
      '[Cropping2D x] cropping must leave at least one element of every spatial axis. Received: cropping=[[2,2],[2,2]], input of shape [null, 4, 5, 1].',
    ],
    [
      () => new layers.PReLU({ name: 'x', sharedAxes: [3] }),
      [[4, 5]],
      '[PReLU x] sharedAxes must name axes of the input. Received: sharedAxes=[3], inputShape=[null, 4, 5].',
    ],
    [
      () => new layers.Permute([2, 1], { name: 'x' }),
      [[4, 5, 6]],
      '[Permute x] expected an input of rank 3. Received: input of shape [null, 4, 5, 6].',
    ],
    [
      () => new layers.DepthwiseConv2D(4, { name: 'x' }),
      [[3, 5, 1]],
      '[DepthwiseConv2D x] the window must fit into the input: it spans 4 elements of spatial axis 0. Received: spatial shape [3, 5]. Use padding="same" or a smaller window.',
    ],
  ])('case %#: the message says what must hold', (make, shapes, message) => {
    const inputs = shapes.map((shape) => Input({ shape }));
    let received = '';
    try {
      if (inputs.length === 1) make().apply(inputs[0]!);
      else make().apply(inputs);
    } catch (error) {
      received = (error as Error).message;
    }
    expect(received).toBe(message);
  });

  test('say which weights are not made yet', () => {
    expect(() => new layers.Embedding(2, 2, { name: 'x' }).embeddings).toThrow(
      '[Embedding x] the embeddings are made by build: call the layer on an input or build([…]) first.',
    );
    expect(() => new layers.PReLU({ name: 'x' }).alpha).toThrow(
      '[PReLU x] alpha is made by build: call the layer on an input or build([…]) first.',
    );
    expect(() => new layers.DepthwiseConv1D(2, { name: 'x' }).kernel).toThrow(
      '[DepthwiseConv1D x] the kernel is made by build: call the layer on an input or build([…]) first.',
    );
    expect(() => new layers.SeparableConv1D(2, 2, { name: 'x' }).pointwiseKernel).toThrow(
      '[SeparableConv1D x] the kernels are made by build: call the layer on an input or build([…]) first.',
    );
  });
});

describe('Lambda', () => {
  const square = new layers.Lambda((x) => x, { name: 'x', outputShape: [3] });

  test('has no config, for a config holds no code', () => {
    expect(() => square.getConfig()).toThrow(
      "[Lambda x] a config cannot hold the code of a function. Received: a Lambda layer. Write a class of layers, and pass it in customObjects to read it back; or register the function: registerKerasSerializable('mine')(fn).",
    );
    const config: Config = { name: 'x', function: { class_name: '__lambda__', config: {} } };
    expect(() => deserializeLayer({ class_name: 'Lambda', config })).toThrow(
      '[Lambda x] a config cannot hold the code of a function, and its Python code is never run. Received: Python code. Pass the function in customObjects under the name of the layer, { "x": (x) => … }, or register it: registerKerasSerializable(package)(fn). A custom class can replace the layer: { Lambda: MyLayer }.',
    );
  });

  test('has the shape that its function returns, which outputShape may contradict', () => {
    expect(square.computeOutputShape([null, 7])).toEqual([null, 3]);
    expect(square.apply(Input({ shape: [4] })).shape).toEqual([null, 4]);
    const one = new layers.Lambda((() => 1) as never, { name: 'x' });
    expect(() => one.apply(Input({ shape: [4] }))).toThrow(
      '[Lambda x] the function must return a value, made with ops. Received: 1.',
    );
  });

  test('tells the function the mode, the mask and its arguments, and takes several inputs', () => {
    let told: unknown = null;
    const layer = new layers.Lambda(
      ([first]: readonly [never, never], context) => {
        told = context;
        return first;
      },
      { arguments: { exponent: 3 }, mask: (_inputs, mask) => mask },
    );
    const inputs = [Input({ shape: [4] }), Input({ shape: [2] })];
    expect(layer.apply(inputs, { training: true }).shape).toEqual([null, 4]);
    expect(told).toEqual({ exponent: 3, training: true, mask: null });
    expect(layer.supportsMasking).toBe(true);
  });
});
