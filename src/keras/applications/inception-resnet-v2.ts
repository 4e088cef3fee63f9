import { CustomScaleLayer } from '../layers/applications/custom-scale-layer.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import {
  type Size,
  averagePool,
  batchNorm,
  channelsOf,
  concatenate,
  conv as convolve,
  finish,
  maxPool,
  relu,
} from './blocks.ts';
import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { kernelsFile } from './weights.ts';

/** A convolution: its number of filters, its kernel, and whether it halves the image. */
type Step = readonly [filters: number, size: Size, strides?: 2];

interface ConvOptions {
  readonly strides?: number;
  readonly padding?: 'valid' | 'same';
  readonly name?: string;
}

/** A convolution, its normalization and relu. */
function conv(x: KerasTensor, filters: number, size: Size, { name, ...options }: ConvOptions = {}): KerasTensor {
  const named = (suffix: string): string | undefined => (name === undefined ? undefined : `${name}${suffix}`);
  const y = convolve(x, filters, size, { padding: 'same', ...options, useBias: false, name });
  return relu(batchNorm(y, { axis: 3, scale: false, name: named('_bn') }), named('_ac'));
}

const chain = (x: KerasTensor, steps: readonly Step[]): KerasTensor =>
  steps.reduce(
    (y, [filters, size, strides]) => conv(y, filters, size, strides === 2 ? { strides, padding: 'valid' } : {}),
    x,
  );

const BRANCHES = {
  block35: [[[32, 1]], [[32, 1], [32, 3]], [[32, 1], [48, 3], [64, 3]]], // prettier-ignore
  block17: [[[192, 1]], [[128, 1], [160, [1, 7]], [192, [7, 1]]]], // prettier-ignore
  block8: [[[192, 1]], [[192, 1], [224, [1, 3]], [256, [3, 1]]]], // prettier-ignore
} as const satisfies Readonly<Record<string, readonly (readonly Step[])[]>>;

/** Branches side by side, projected to the channels of the input, scaled and added to it. */
function residual(
  x: KerasTensor,
  type: keyof typeof BRANCHES,
  scale: number,
  index: number,
  isLast = false,
): KerasTensor {
  const name = `${type}_${index}`;
  const branches = BRANCHES[type].map((steps) => chain(x, steps));
  const mixed = concatenate(branches, 3, `${name}_mixed`);
  const up = convolve(mixed, channelsOf(x), 1, { padding: 'same', name: `${name}_conv` });
  const y = new CustomScaleLayer(scale).apply([x, up]);
  return isLast ? y : relu(y, `${name}_ac`);
}

function shrink(x: KerasTensor, branches: readonly (readonly Step[])[], name: string): KerasTensor {
  const made = branches.map((steps) => chain(x, steps));
  return concatenate([...made, maxPool(x, 3, { strides: 2, padding: 'valid' })], 3, name);
}

function stem(image: KerasTensor): KerasTensor {
  const padding = 'valid';
  let x = conv(conv(image, 32, 3, { strides: 2, padding }), 32, 3, { padding });
  x = maxPool(conv(x, 64, 3), 3, { strides: 2 });
  x = conv(conv(x, 80, 1, { padding }), 192, 3, { padding });
  x = maxPool(x, 3, { strides: 2 });
  const branches: readonly (readonly Step[])[] = [[[96, 1]], [[48, 1], [64, 5]], [[64, 1], [96, 3], [96, 3]]]; // prettier-ignore
  const made = branches.map((steps) => chain(x, steps));
  const pooled = conv(averagePool(x, 3, { strides: 1, padding: 'same' }), 64, 1);
  return concatenate([...made, pooled], 3, 'mixed_5b');
}

/**
 * Inception-ResNet V2 (Szegedy et al., 2016): 55.9 million parameters, images of 299×299.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 75×75.
 * @see https://keras.io/api/applications/inceptionresnetv2/
 * @see https://arxiv.org/abs/1602.07261
 */
export const InceptionResNetV2: Application = application('InceptionResNetV2', {
  size: 299,
  minSize: 75,
  name: 'inception_resnet_v2',
  layers: (image, settings) => {
    let x = stem(image);
    for (let i = 1; i <= 10; i++) x = residual(x, 'block35', 0.17, i);
    x = shrink(x, [[[384, 3, 2]], [[256, 1], [256, 3], [384, 3, 2]]], 'mixed_6a'); // prettier-ignore
    for (let i = 1; i <= 20; i++) x = residual(x, 'block17', 0.1, i);
    x = shrink(x, [[[256, 1], [384, 3, 2]], [[256, 1], [288, 3, 2]], [[256, 1], [288, 3], [320, 3, 2]]], 'mixed_7a'); // prettier-ignore
    for (let i = 1; i <= 10; i++) x = residual(x, 'block8', i < 10 ? 0.2 : 1, i, i === 10);
    return finish(conv(x, 1536, 1, { name: 'conv_7b' }), settings, false);
  },
  file: ({ includeTop }) =>
    kernelsFile(
      'inception_resnet_v2',
      'inception_resnet_v2',
      ['e693bd0210a403b3192acc6073ad2e96', 'd19885ff4a710c122648d3b5c3b684e4'],
      includeTop,
    ),
});

/** Converts images in [0, 255] for Inception-ResNet V2: to [−1, 1]. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('inceptionResnetV2', 'tf');
export { decodePredictions } from './decode-predictions.ts';
