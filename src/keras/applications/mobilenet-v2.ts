import { ValueError } from '../../core/errors.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import { GlobalAveragePooling2D, ReLU } from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { type Settings, application } from './application.ts';
import {
  add,
  batchNorm,
  channelsOf,
  conv,
  correctPad,
  depthwiseConv,
  makeDivisible,
  pad,
  pool,
  predictions,
} from './blocks.ts';
import { obtainInputShape } from './input-shape.ts';
import { checkAlpha, nameOf, publishedSize, warnOfSize } from './mobilenet-sizes.ts';
import type { Application, MobileNetV2Options } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { alpha } from './readers.ts';
import { published } from './weights.ts';

const SIZES = [96, 128, 160, 192, 224];
const ALPHAS = [0.35, 0.5, 0.75, 1, 1.3, 1.4];
/** The filters of the blocks, how often they are repeated, and whether the first halves the image. */
const BLOCKS: readonly (readonly [filters: number, repeats: number, halves: boolean])[] = [
  ...[[16, 1, false], [24, 2, true], [32, 3, true], [64, 4, true]] as const, // prettier-ignore
  ...[[96, 3, false], [160, 3, true], [320, 1, false]] as const, // prettier-ignore
];

const useBias = false;
const normalized = (x: KerasTensor, name: string): KerasTensor =>
  batchNorm(x, { epsilon: 0.001, momentum: 0.999, name });
const relu6 = (x: KerasTensor, name: string): KerasTensor => new ReLU({ maxValue: 6, name }).apply(x);

/** A bottleneck between narrow ends: it widens, filters each channel, and narrows without an activation. */
function block(x: KerasTensor, filters: number, halves: boolean, id: number): KerasTensor {
  const prefix = id === 0 ? 'expanded_conv_' : `block_${id}_`;
  const pointwise = (y: KerasTensor, count: number, name: string): KerasTensor =>
    normalized(conv(y, count, 1, { padding: 'same', useBias, name: prefix + name }), `${prefix}${name}_BN`);
  let y = x;
  if (id > 0) y = relu6(pointwise(y, 6 * channelsOf(x), 'expand'), `${prefix}expand_relu`);
  if (halves) y = pad(y, correctPad(y, 3), `${prefix}pad`);
  const options = { strides: halves ? 2 : 1, padding: halves ? 'valid' : 'same', useBias } as const;
  y = normalized(depthwiseConv(y, 3, { ...options, name: `${prefix}depthwise` }), `${prefix}depthwise_BN`);
  y = pointwise(relu6(y, `${prefix}depthwise_relu`), filters, 'project');
  return !halves && channelsOf(x) === filters ? add([x, y], `${prefix}add`) : y;
}

function shapeOf(who: string, settings: Settings): Shape {
  const { inputShape, inputTensor } = settings;
  const imageOf = inputTensor === null ? inputShape : (inputShape ?? inputTensor.shape.slice(1));
  if (inputShape !== null && inputTensor !== null) checkWidth(who, inputShape, inputTensor);
  return obtainInputShape(who, { ...settings, size: publishedSize(imageOf, SIZES), minSize: 32 });
}

/** @throws ValueError if a shape and a tensor have different widths. */
export function checkWidth(who: string, inputShape: Shape, inputTensor: KerasTensor): void {
  if (inputTensor.shape[2] === inputShape[1]) return;
  throw new ValueError(
    `[${who}] inputTensor must have the width of inputShape. Received: inputTensor of shape ${showShape(inputTensor.shape)}, inputShape=${showShape(inputShape)}. Give one of the two.`,
  );
}

/**
 * MobileNetV2 (Sandler et al., 2018): 3.5 million parameters, images of 224×224, 192×192, 160×160, 128×128 or 96×96.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * const model = MobileNetV2({ weights: null, alpha: 0.35, inputShape: [96, 96, 3] });
 * model.name;             // 'mobilenetv2_0.35_96'
 * model.countParams();    // 1691208
 * @see https://keras.io/api/applications/mobilenet/
 * @see https://arxiv.org/abs/1801.04381
 */
export const MobileNetV2: Application<MobileNetV2Options> = application<MobileNetV2Options, { alpha: number }>(
  'MobileNetV2',
  {
    size: 224,
    minSize: 32,
    extras: { alpha },
    shapeOf,
    checkImagenet: (who, settings, shape) => {
      checkAlpha(who, settings.alpha, ALPHAS);
      warnOfSize(who, shape, SIZES);
    },
    name: (settings, shape) =>
      nameOf('mobilenetv2', settings.alpha, settings.isImagenet ? publishedSize(shape, SIZES) : shape[0]),
    layers: (image, settings) => {
      const factor = settings.alpha;
      let x = conv(image, makeDivisible(32 * factor), 3, { strides: 2, padding: 'same', useBias, name: 'Conv1' });
      x = relu6(normalized(x, 'bn_Conv1'), 'Conv1_relu');
      let id = 0;
      for (const [filters, repeats, halves] of BLOCKS) {
        for (let i = 0; i < repeats; i++) {
          x = block(x, makeDivisible(Math.trunc(filters * factor)), halves && i === 0, id++);
        }
      }
      x = conv(x, factor > 1 ? makeDivisible(1280 * factor) : 1280, 1, { useBias, name: 'Conv_1' });
      x = relu6(normalized(x, 'Conv_1_bn'), 'out_relu');
      return settings.includeTop
        ? predictions(new GlobalAveragePooling2D().apply(x), settings)
        : pool(x, settings, false);
    },
    // Keras records no hashes for these files, whose names have a decimal in each factor.
    file: (settings, shape) => {
      const factor = settings.alpha === 1 ? '1.0' : String(settings.alpha);
      const top = settings.includeTop ? '' : '_no_top';
      const size = publishedSize(shape, SIZES);
      return published('mobilenet_v2', `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${factor}_${size}${top}.h5`);
    },
  },
);

/** Converts images in [0, 255] for MobileNetV2: to [−1, 1]. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('mobilenetV2', 'tf');
export { decodePredictions } from './decode-predictions.ts';
