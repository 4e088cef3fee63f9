import { Normalization, Rescaling } from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import { activate, batchNorm, conv as convolve, correctPad, depthwiseConv, makeDivisible, pad } from './blocks.ts';
import { blockName, convInitializer, excite, finishEfficient, skip } from './mobile-blocks.ts';
import type { Application } from './options.ts';
import { IMAGENET, type UnchangedInput, unchanged } from './preprocess-input.ts';
import { type Hashes, publishedPair } from './weights.ts';

/** The stages: kernel, repeats, filters before and after, expansion, and whether the first block halves the image. */
const STAGES: readonly (readonly [
  kernel: number,
  repeats: number,
  input: number,
  output: number,
  expansion: number,
  halves: boolean,
])[] = [
  [3, 1, 32, 16, 1, false],
  [3, 2, 16, 24, 6, true],
  [5, 2, 24, 40, 6, true],
  [3, 3, 40, 80, 6, true],
  [5, 3, 80, 112, 6, false],
  [5, 4, 112, 192, 6, true],
  [3, 1, 192, 320, 6, false],
];

/** The highest rate at which branches are dropped. */
const DROP_CONNECT = 0.2;
/** Roots of ImageNet's standard deviations, by which Keras's weights expect the images to be divided. */
const CORRECTION = IMAGENET.deviation.map((deviation) => 1 / Math.sqrt(deviation));

const useBias = false;
const active = (x: KerasTensor, name: string, bn: string): KerasTensor =>
  activate(batchNorm(x, { axis: 3, name: `${name}${bn}` }), 'swish', `${name}activation`);

const conv = (x: KerasTensor, filters: number, name: string): KerasTensor =>
  convolve(x, filters, 1, { padding: 'same', useBias, kernelInitializer: convInitializer, name });

function block(
  x: KerasTensor,
  [kernel, , input, output, expansion]: (typeof STAGES)[number],
  halves: boolean,
  dropRate: number,
  name: string,
): KerasTensor {
  let y = x;
  if (expansion !== 1) {
    y = conv(x, input * expansion, `${name}expand_conv`);
    y = active(y, `${name}expand_`, 'bn');
  }
  if (halves) y = pad(y, correctPad(y, kernel), `${name}dwconv_pad`);
  y = depthwiseConv(y, kernel, {
    strides: halves ? 2 : 1,
    padding: halves ? 'valid' : 'same',
    useBias,
    depthwiseInitializer: convInitializer,
    name: `${name}dwconv`,
  });
  y = active(y, name, 'bn');
  y = excite(y, Math.max(1, Math.trunc(input * 0.25)), name);
  y = batchNorm(conv(y, output, `${name}project_conv`), { axis: 3, name: `${name}project_bn` });
  return !halves && input === output ? skip(x, y, dropRate, name) : y;
}

/** A network: the factors of filters and repeats, the size of images and the dropout rate before the classifier. */
function efficientnet(
  who: string,
  width: number,
  depth: number,
  size: number,
  dropRate: number,
  hashes: Hashes,
): Application {
  const name = who.toLowerCase();
  const filters = (count: number): number => makeDivisible(count * width);
  const repeats = (count: number): number => Math.ceil(count * depth);
  const total = STAGES.reduce((sum, [, count]) => sum + repeats(count), 0);
  return application(who, {
    size,
    minSize: 32,
    name,
    layers: (image, settings) => {
      let x = new Normalization({ axis: 3 }).apply(new Rescaling(1 / 255).apply(image));
      if (settings.isImagenet) x = new Rescaling(CORRECTION).apply(x);
      x = pad(x, correctPad(x, 3), 'stem_conv_pad');
      const stem = { strides: 2, padding: 'valid', useBias, kernelInitializer: convInitializer } as const;
      x = active(convolve(x, filters(32), 3, { ...stem, name: 'stem_conv' }), 'stem_', 'bn');
      let index = 0;
      for (const [i, [kernel, count, input, output, expansion, halves]] of STAGES.entries()) {
        for (let j = 0; j < repeats(count); j++) {
          const stage = [kernel, count, filters(j === 0 ? input : output), filters(output), expansion, halves] as const;
          x = block(x, stage, halves && j === 0, (DROP_CONNECT * index) / total, blockName(i + 1, j));
          index++;
        }
      }
      x = active(conv(x, filters(1280), 'top_conv'), 'top_', 'bn');
      return finishEfficient(x, settings, dropRate);
    },
    file: ({ includeTop }) =>
      publishedPair('https://storage.googleapis.com/keras-applications', name, hashes, includeTop),
  });
}

/**
 * EfficientNet-B0 (Tan and Le, 2019): 5.3 million parameters, images of 224×224 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * EfficientNetB0({ weights: null }).countParams();    // 5330571
 * @see https://keras.io/api/applications/efficientnet/
 * @see https://arxiv.org/abs/1905.11946
 */
export const EfficientNetB0: Application = efficientnet('EfficientNetB0', 1, 1, 224, 0.2, [
  '902e53a9f72be733fc0bcb005b3ebbac',
  '50bc09e76180e00e4465e1a485ddc09d',
]);

/**
 * EfficientNet-B1 (Tan and Le, 2019): 7.9 million parameters, images of 240×240 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet/
 */
export const EfficientNetB1: Application = efficientnet('EfficientNetB1', 1, 1.1, 240, 0.2, [
  '1d254153d4ab51201f1646940f018540',
  '74c4e6b3e1f6a1eea24c589628592432',
]);

/**
 * EfficientNet-B2 (Tan and Le, 2019): 9.2 million parameters, images of 260×260 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet/
 */
export const EfficientNetB2: Application = efficientnet('EfficientNetB2', 1.1, 1.2, 260, 0.3, [
  'b15cce36ff4dcbd00b6dd88e7857a6ad',
  '111f8e2ac8aa800a7a99e3239f7bfb39',
]);

/**
 * EfficientNet-B3 (Tan and Le, 2019): 12.3 million parameters, images of 300×300 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet/
 */
export const EfficientNetB3: Application = efficientnet('EfficientNetB3', 1.2, 1.4, 300, 0.3, [
  'ffd1fdc53d0ce67064dc6a9c7960ede0',
  'af6d107764bb5b1abb91932881670226',
]);

/**
 * EfficientNet-B4 (Tan and Le, 2019): 19.5 million parameters, images of 380×380 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet/
 */
export const EfficientNetB4: Application = efficientnet('EfficientNetB4', 1.4, 1.8, 380, 0.4, [
  '18c95ad55216b8f92d7e70b3a046e2fc',
  'ebc24e6d6c33eaebbd558eafbeedf1ba',
]);

/**
 * EfficientNet-B5 (Tan and Le, 2019): 30.6 million parameters, images of 456×456 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet/
 */
export const EfficientNetB5: Application = efficientnet('EfficientNetB5', 1.6, 2.2, 456, 0.4, [
  'ace28f2a6363774853a83a0b21b9421a',
  '38879255a25d3c92d5e44e04ae6cec6f',
]);

/**
 * EfficientNet-B6 (Tan and Le, 2019): 43.3 million parameters, images of 528×528 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet/
 */
export const EfficientNetB6: Application = efficientnet('EfficientNetB6', 1.8, 2.6, 528, 0.5, [
  '165f6e37dce68623721b423839de8be5',
  '9ecce42647a20130c1f39a5d4cb75743',
]);

/**
 * EfficientNet-B7 (Tan and Le, 2019): 66.7 million parameters, images of 600×600 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet/
 */
export const EfficientNetB7: Application = efficientnet('EfficientNetB7', 2, 3.1, 600, 0.5, [
  '8c03f828fec3ef71311cd463b6759d99',
  'cbcfe4450ddf6f3ad90b1b398090fe4a',
]);

/** Returns its argument: the networks preprocess images in [0, 255] themselves. */
export const preprocessInput: UnchangedInput = unchanged('efficientnet');
export { decodePredictions } from './decode-predictions.ts';
