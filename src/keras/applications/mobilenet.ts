import { ValueError } from '../../core/errors.ts';
import { Activation, Dropout, GlobalAveragePooling2D, ReLU, Reshape } from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import { batchNorm, conv, depthwiseConv, pad, pool } from './blocks.ts';
import { obtainInputShape } from './input-shape.ts';
import { checkAlpha, nameOf, publishedSize, warnOfSize } from './mobilenet-sizes.ts';
import type { Application, MobileNetOptions } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { alpha, positive, rate } from './readers.ts';
import { published } from './weights.ts';

const SIZES = [128, 160, 192, 224];
const ALPHAS = [0.25, 0.5, 0.75, 1];
const FILES: Readonly<Record<string, string>> = { '0.25': '2_5', '0.5': '5_0', '0.75': '7_5', '1': '1_0' };
/** The filters of the blocks, and whether they halve the image. */
const BLOCKS: readonly (readonly [filters: number, halves: boolean])[] = [
  ...[[64, false], [128, true], [128, false], [256, true], [256, false], [512, true]] as const, // prettier-ignore
  ...Array.from({ length: 5 }, () => [512, false] as const),
  ...[[1024, true], [1024, false]] as const, // prettier-ignore
];

const useBias = false;
const normalized = (x: KerasTensor, name: string): KerasTensor =>
  new ReLU({ maxValue: 6, name: `${name}_relu` }).apply(batchNorm(x, { name: `${name}_bn` }));

/** A depthwise convolution and one of single pixels. */
function block(x: KerasTensor, filters: number, halves: boolean, depthMultiplier: number, id: number): KerasTensor {
  const padded = halves ? pad(x, [[0, 1], [0, 1]], `conv_pad_${id}`) : x; // prettier-ignore
  const options = { strides: halves ? 2 : 1, padding: halves ? 'valid' : 'same', depthMultiplier, useBias } as const;
  const depthwise = normalized(depthwiseConv(padded, 3, { ...options, name: `conv_dw_${id}` }), `conv_dw_${id}`);
  const name = `conv_pw_${id}`;
  return normalized(conv(depthwise, filters, 1, { padding: 'same', useBias, name }), name);
}

/**
 * MobileNet (Howard et al., 2017): 4.3 million parameters, images of 224×224, 192×192, 160×160 or 128×128.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * MobileNet({ weights: null }).countParams();                // 4253864
 * MobileNet({ weights: null, alpha: 0.25 }).countParams();   // 475544
 * @see https://keras.io/api/applications/mobilenet/
 * @see https://arxiv.org/abs/1704.04861
 */
export const MobileNet: Application<MobileNetOptions> = application<
  MobileNetOptions,
  { alpha: number; depthMultiplier: number; dropout: number }
>('MobileNet', {
  size: 224,
  minSize: 32,
  extras: { alpha, depthMultiplier: positive('depthMultiplier'), dropout: rate('dropout', 0.001) },
  shapeOf: (who, settings) =>
    obtainInputShape(who, { ...settings, size: publishedSize(settings.inputShape, SIZES), minSize: 32 }),
  checkImagenet: (who, settings, shape) => {
    if (settings.depthMultiplier !== 1) {
      throw new ValueError(
        `[${who}] with weights="imagenet", depthMultiplier must be 1. Received: depthMultiplier=${settings.depthMultiplier}.`,
      );
    }
    checkAlpha(who, settings.alpha, ALPHAS);
    warnOfSize(who, shape, SIZES);
  },
  name: (settings, shape) =>
    nameOf('mobilenet', settings.alpha, settings.isImagenet ? publishedSize(shape, SIZES) : shape[0]),
  layers: (image, settings) => {
    const { classes, depthMultiplier } = settings;
    const filters = (count: number): number => Math.trunc(count * settings.alpha);
    let x = conv(image, filters(32), 3, { strides: 2, padding: 'same', useBias, name: 'conv1' });
    x = normalized(x, 'conv1');
    for (const [i, [count, halves]] of BLOCKS.entries()) x = block(x, filters(count), halves, depthMultiplier, i + 1);
    if (!settings.includeTop) return pool(x, settings, false);
    x = new GlobalAveragePooling2D({ keepdims: true }).apply(x);
    x = new Dropout(settings.dropout, { name: 'dropout' }).apply(x);
    x = conv(x, classes, 1, { padding: 'same', name: 'conv_preds' });
    x = new Reshape([classes], { name: 'reshape_2' }).apply(x);
    return new Activation(settings.classifierActivation, { name: 'predictions' }).apply(x);
  },
  // Keras records no hashes for these files.
  file: (settings, shape) => {
    const top = settings.includeTop ? '' : '_no_top';
    return published(
      'mobilenet',
      `mobilenet_${FILES[settings.alpha] ?? ''}_${publishedSize(shape, SIZES)}_tf${top}.h5`,
    );
  },
});

/** Converts images in [0, 255] for MobileNet: to [−1, 1]. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('mobilenet', 'tf');
export { decodePredictions } from './decode-predictions.ts';
