import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import {
  averagePool,
  batchNorm as normalize,
  channelsOf,
  concatenate,
  conv as convolve,
  finish,
  maxPool,
  pad,
  relu,
} from './blocks.ts';
import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { type Hashes, kernelsFile } from './weights.ts';

const batchNorm = (x: KerasTensor, name: string): KerasTensor => normalize(x, { axis: 3, epsilon: 1.001e-5, name });

const conv = (x: KerasTensor, filters: number, size: number, name: string, strides = 1): KerasTensor =>
  convolve(x, filters, size, { strides, padding: size === 3 ? 'same' : 'valid', useBias: false, name });

/** Appends 32 channels to the image, computed from all of those it has. */
function grow(x: KerasTensor, name: string): KerasTensor {
  const narrow = conv(relu(batchNorm(x, `${name}_0_bn`), `${name}_0_relu`), 128, 1, `${name}_1_conv`);
  const grown = conv(relu(batchNorm(narrow, `${name}_1_bn`), `${name}_1_relu`), 32, 3, `${name}_2_conv`);
  return concatenate([x, grown], 3, `${name}_concat`);
}

/** Halves the channels and the image. */
function transition(x: KerasTensor, name: string): KerasTensor {
  const channels = Math.trunc(channelsOf(x) / 2);
  const narrow = conv(relu(batchNorm(x, `${name}_bn`), `${name}_relu`), channels, 1, `${name}_conv`);
  return averagePool(narrow, 2, { strides: 2, name: `${name}_pool` });
}

function densenet(who: string, blocks: readonly number[], hashes: Hashes): Application {
  const name = who.toLowerCase();
  return application(who, {
    size: 224,
    minSize: 32,
    name,
    layers: (image, settings) => {
      let x = relu(batchNorm(conv(pad(image, 3), 64, 7, 'conv1_conv', 2), 'conv1_bn'), 'conv1_relu');
      x = maxPool(pad(x, 1), 3, { strides: 2, name: 'pool1' });
      for (const [i, count] of blocks.entries()) {
        if (i > 0) x = transition(x, `pool${i + 1}`);
        for (let j = 1; j <= count; j++) x = grow(x, `conv${i + 2}_block${j}`);
      }
      return finish(relu(batchNorm(x, 'bn'), 'relu'), settings, true);
    },
    file: ({ includeTop }) => kernelsFile('densenet', name, hashes, includeTop),
  });
}

/**
 * DenseNet-121 (Huang et al., 2016): 8.1 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * DenseNet121({ weights: null }).countParams();    // 8062504
 * @see https://keras.io/api/applications/densenet/
 * @see https://arxiv.org/abs/1608.06993
 */
export const DenseNet121: Application = densenet(
  'DenseNet121',
  [6, 12, 24, 16],
  ['9d60b8095a5708f2dcce2bca79d332c7', '30ee3e1110167f948a6b9946edeeb738'],
);

/**
 * DenseNet-169 (Huang et al., 2016): 14.3 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/densenet/
 */
export const DenseNet169: Application = densenet(
  'DenseNet169',
  [6, 12, 32, 32],
  ['d699b8f76981ab1b30698df4c175e90b', 'b8c4d4c20dd625c148057b9ff1c1176b'],
);

/**
 * DenseNet-201 (Huang et al., 2016): 20.2 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/densenet/
 */
export const DenseNet201: Application = densenet(
  'DenseNet201',
  [6, 12, 48, 32],
  ['1ceb130c1ea1b78c3bf6114dbdfd8807', 'c13680b51ded0fb44dff2d8f86ac8bb1'],
);

/** Converts images in [0, 255] for DenseNets: to [0, 1], then standardized by ImageNet's means and standard deviations. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('densenet', 'torch');
export { decodePredictions } from './decode-predictions.ts';
