import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { resnet } from './resnet-blocks.ts';

/**
 * ResNet-50 V2 (He et al., 2016), with activations before convolutions: 25.6 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * ResNet50V2({ weights: null }).countParams();    // 25613800
 * @see https://keras.io/api/applications/resnet/
 * @see https://arxiv.org/abs/1603.05027
 */
export const ResNet50V2: Application = resnet(
  'ResNet50V2',
  2,
  [3, 4, 6, 3],
  ['3ef43a0b657b3be2300d5770ece849e0', 'fac2f116257151a9d068a22e544a4917'],
);

/**
 * ResNet-101 V2 (He et al., 2016): 44.7 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/resnet/
 */
export const ResNet101V2: Application = resnet(
  'ResNet101V2',
  2,
  [3, 4, 23, 3],
  ['6343647c601c52e1368623803854d971', 'c0ed64b8031c3730f411d2eb4eea35b5'],
);

/**
 * ResNet-152 V2 (He et al., 2016): 60.4 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/resnet/
 */
export const ResNet152V2: Application = resnet(
  'ResNet152V2',
  2,
  [3, 8, 36, 3],
  ['a49b44d1979771252814e80f8ec446f9', 'ed17cf2e0169df9d443503ef94b23b33'],
);

/** Converts images in [0, 255] for ResNets of version 2: to [−1, 1]. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('resnetV2', 'tf');
export { decodePredictions } from './decode-predictions.ts';
