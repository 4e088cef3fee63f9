import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import { add, batchNorm, conv, finish, maxPool, relu, separableConv } from './blocks.ts';
import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { kernelsFile } from './weights.ts';

const useBias = false;

/** A separable convolution and its normalization. */
function separable(x: KerasTensor, filters: number, name: string): KerasTensor {
  return batchNorm(separableConv(x, filters, 3, { padding: 'same', useBias, name }), { name: `${name}_bn` });
}

const shortcut = (x: KerasTensor, filters: number): KerasTensor =>
  batchNorm(conv(x, filters, 1, { strides: 2, padding: 'same', useBias }));

/** A block that halves the image. */
function shrink(x: KerasTensor, filters: readonly [number, number], block: number): KerasTensor {
  const residual = shortcut(x, filters[1]);
  const prefix = `block${block}_sepconv`;
  let y = block === 2 ? x : relu(x, `${prefix}1_act`);
  y = relu(separable(y, filters[0], `${prefix}1`), `${prefix}2_act`);
  y = separable(y, filters[1], `${prefix}2`);
  return add([maxPool(y, 3, { strides: 2, padding: 'same', name: `block${block}_pool` }), residual]);
}

function middle(x: KerasTensor, block: number): KerasTensor {
  let y = x;
  for (let i = 1; i <= 3; i++) {
    const name = `block${block}_sepconv${i}`;
    y = separable(relu(y, `${name}_act`), 728, name);
  }
  return add([y, x]);
}

/**
 * Xception (Chollet, 2016): 22.9 million parameters, images of 299×299.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 71×71.
 * @example
 * Xception({ weights: null }).countParams();    // 22910480
 * @see https://keras.io/api/applications/xception/
 * @see https://arxiv.org/abs/1610.02357
 */
export const Xception: Application = application('Xception', {
  size: 299,
  minSize: 71,
  name: 'xception',
  layers: (image, settings) => {
    let x = image;
    for (const [i, filters] of [32, 64].entries()) {
      const name = `block1_conv${i + 1}`;
      x = conv(x, filters, 3, { strides: 2 - i, useBias, name });
      x = relu(batchNorm(x, { name: `${name}_bn` }), `${name}_act`);
    }
    x = shrink(x, [128, 128], 2);
    x = shrink(x, [256, 256], 3);
    x = shrink(x, [728, 728], 4);
    for (let block = 5; block <= 12; block++) x = middle(x, block);
    x = shrink(x, [728, 1024], 13);
    for (const [i, filters] of [1536, 2048].entries()) {
      const name = `block14_sepconv${i + 1}`;
      x = relu(separable(x, filters, name), `${name}_act`);
    }
    return finish(x, settings, false);
  },
  file: ({ includeTop }) =>
    kernelsFile(
      'xception',
      'xception',
      ['0a58e3b7378bc2990ea3b43d5981f1f6', 'b0042744bf5b25fce3cb969f33bebb97'],
      includeTop,
    ),
});

/** Converts images in [0, 255] for Xception: to [−1, 1]. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('xception', 'tf');
export { decodePredictions } from './decode-predictions.ts';
