import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { vgg } from './vgg.ts';

/**
 * VGG19 (Simonyan and Zisserman, 2014): 143.7 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/vgg/
 * @see https://arxiv.org/abs/1409.1556
 */
export const VGG19: Application = vgg(
  'VGG19',
  [2, 2, 4, 4, 4],
  ['cbe5617147190e668d6c5d5026f83318', '253f8cb515780f3b799900260a226db6'],
);

/** Converts images in [0, 255] for VGG19: blue, green, red, less their means on ImageNet. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('vgg19', 'caffe');
export { decodePredictions } from './decode-predictions.ts';
