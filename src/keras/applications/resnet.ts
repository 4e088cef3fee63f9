import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { resnet } from './resnet-blocks.ts';

/**
 * ResNet-50 (He et al., 2015): 25.6 million parameters, images of 224×224.
 *
 *     const model = await ResNet50();                                    // ImageNet's weights, 103 MB
 *     const x = resnet.preprocessInput([utils.imgToArray(image)]);
 *     await resnet.decodePredictions(await model.predict(x), { top: 3 });
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * const model = ResNet50({ weights: null });
 * model.countParams();                                                   // 25636712
 * model.outputShape;                                                     // [null, 1000]
 * const features = ResNet50({ weights: null, includeTop: false, pooling: 'avg', inputShape: [160, 160, 3] });
 * features.outputShape;                                                  // [null, 2048]
 * @see https://keras.io/api/applications/resnet/
 * @see https://arxiv.org/abs/1512.03385
 */
export const ResNet50: Application = resnet(
  'ResNet50',
  1,
  [3, 4, 6, 3],
  ['2cb95161c43110f7111970584f804107', '4d473c1dd8becc155b73f8504c6f6626'],
);

/**
 * ResNet-101 (He et al., 2015): 44.7 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/resnet/
 */
export const ResNet101: Application = resnet(
  'ResNet101',
  1,
  [3, 4, 23, 3],
  ['f1aeb4b969a6efcfb50fad2f0c20cfc5', '88cf7a10940856eca736dc7b7e228a21'],
);

/**
 * ResNet-152 (He et al., 2015): 60.4 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/resnet/
 */
export const ResNet152: Application = resnet(
  'ResNet152',
  1,
  [3, 8, 36, 3],
  ['100835be76be38e30d865e96f2aaae62', 'ee4c566cf9a93f14d82f913c2dc6dd0c'],
);

/** Converts images in [0, 255] for ResNets: blue, green, red, less their means on ImageNet. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('resnet', 'caffe');
export { decodePredictions } from './decode-predictions.ts';
