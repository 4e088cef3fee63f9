import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { vgg } from './vgg.ts';

/**
 * VGG16 (Simonyan and Zisserman, 2014): 138.4 million parameters, images of 224×224.
 *
 *     const model = await VGG16();                          // ImageNet's weights, 553 MB
 *     const x = vgg16.preprocessInput(images);
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * VGG16({ weights: null, includeTop: false }).countParams();    // 14714688
 * @see https://keras.io/api/applications/vgg/
 * @see https://arxiv.org/abs/1409.1556
 */
export const VGG16: Application = vgg(
  'VGG16',
  [2, 2, 3, 3, 3],
  ['64373286793e3c8b2b4e3219cbf3544b', '6d6bbae143d832006294945121d1f1fc'],
);

/** Converts images in [0, 255] for VGG16: blue, green, red, less their means on ImageNet. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('vgg16', 'caffe');
export { decodePredictions } from './decode-predictions.ts';
