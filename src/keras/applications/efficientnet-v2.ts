import { Normalization, Rescaling } from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import { activate, batchNorm, channelsOf, conv as convolve, depthwiseConv, multipleOf8 } from './blocks.ts';
import { blockName, convInitializer, excite, finishEfficient, skip } from './mobile-blocks.ts';
import type { Application, PreprocessingApplicationOptions } from './options.ts';
import { IMAGENET, type UnchangedInput, unchanged } from './preprocess-input.ts';
import { flag } from './readers.ts';
import { type Hashes, publishedPair } from './weights.ts';

/** A stage. One that is fused has a convolution of 3×3 in place of one of 1×1 and a depthwise one, and does not excite channels. */
interface Stage {
  readonly repeats: number;
  readonly input: number;
  readonly output: number;
  readonly expansion: number;
  readonly halves: boolean;
  readonly isFused: boolean;
}

/** Stages from their repeats and filters; all but the first and the fifth halve the image, and the first three are fused. */
const stages = (stem: number, rows: readonly (readonly [repeats: number, filters: number])[]): readonly Stage[] =>
  rows.map(([repeats, output], i) => ({
    repeats,
    input: rows[i - 1]?.[1] ?? stem,
    output,
    expansion: i === 0 ? 1 : i < 4 ? 4 : 6,
    halves: ![0, 4, 6].includes(i),
    isFused: i < 3,
  }));

const BASE = stages(32, [[1, 16], [2, 32], [2, 48], [3, 96], [5, 112], [8, 192]]); // prettier-ignore
const SMALL = stages(24, [[2, 24], [4, 48], [4, 64], [6, 128], [9, 160], [15, 256]]); // prettier-ignore
const MEDIUM = stages(24, [[3, 24], [5, 48], [5, 80], [7, 160], [14, 176], [18, 304], [5, 512]]); // prettier-ignore
const LARGE = stages(32, [[4, 32], [7, 64], [7, 96], [10, 192], [19, 224], [25, 384], [7, 640]]); // prettier-ignore

/** The dropout rate before the classifier, and the highest one at which branches are dropped. */
const DROP_RATE = 0.2;

const active = (x: KerasTensor, name: string, bn: string): KerasTensor =>
  activate(batchNorm(x, { axis: 3, momentum: 0.9, name: `${name}${bn}` }), 'swish', `${name}activation`);

function conv(x: KerasTensor, filters: number, size: number, strides: number, name: string): KerasTensor {
  const options = { strides, padding: 'same', useBias: false, kernelInitializer: convInitializer } as const;
  return convolve(x, filters, size, { ...options, name });
}

function block(x: KerasTensor, stage: Stage, dropRate: number, name: string): KerasTensor {
  const { input, output, expansion, isFused } = stage;
  const strides = stage.halves ? 2 : 1;
  const expands = expansion !== 1;
  let y = x;
  if (expands) {
    y = isFused
      ? conv(x, input * expansion, 3, strides, `${name}expand_conv`)
      : conv(x, input * expansion, 1, 1, `${name}expand_conv`);
    y = active(y, `${name}expand_`, 'bn');
  }
  if (!isFused) {
    const options = { strides, padding: 'same', useBias: false, depthwiseInitializer: convInitializer } as const;
    y = active(depthwiseConv(y, 3, { ...options, name: `${name}dwconv2` }), name, 'bn');
    y = excite(y, Math.max(1, Math.trunc(input * 0.25)), name);
  }
  const whole = isFused && !expands;
  y = conv(y, output, whole ? 3 : 1, whole ? strides : 1, `${name}project_conv`);
  y = batchNorm(y, { axis: 3, momentum: 0.9, name: `${name}project_bn` });
  if (whole) y = activate(y, 'swish', `${name}project_activation`);
  return strides === 1 && input === output ? skip(x, y, dropRate, name) : y;
}

/** To [0, 1], then standardized by ImageNet's statistics, for the networks B0 to B3; to [−1, 1) for the others. */
function preprocess(image: KerasTensor, isBase: boolean): KerasTensor {
  if (!isBase || channelsOf(image) !== 3) return new Rescaling(1 / 128, { offset: -1 }).apply(image);
  const variance = IMAGENET.deviation.map((deviation) => deviation ** 2);
  return new Normalization({ mean: IMAGENET.mean, variance, axis: 3 }).apply(new Rescaling(1 / 255).apply(image));
}

/** A network: its stages, the factors of filters and repeats, and the size of images. */
function efficientnet(
  who: string,
  given: readonly Stage[],
  [width, depth, size]: readonly [width: number, depth: number, size: number],
  hashes: Hashes,
): Application<PreprocessingApplicationOptions> {
  const isBase = given === BASE;
  const name = `efficientnetv2-${who.replace('EfficientNetV2', '').toLowerCase()}`;
  const filters = (count: number): number => multipleOf8(count * width);
  const total = given.reduce((sum, { repeats }) => sum + repeats, 0);
  return application<PreprocessingApplicationOptions, { includePreprocessing: boolean }>(who, {
    size,
    minSize: 32,
    extras: { includePreprocessing: flag('includePreprocessing', true) },
    name,
    layers: (image, settings) => {
      let x = settings.includePreprocessing ? preprocess(image, isBase) : image;
      x = active(conv(x, filters(given[0]?.input ?? 0), 3, 2, 'stem_conv'), 'stem_', 'bn');
      let index = 0;
      for (const [i, stage] of given.entries()) {
        const output = filters(stage.output);
        for (let j = 0; j < Math.ceil(stage.repeats * depth); j++) {
          const first = { ...stage, input: filters(stage.input), output };
          const each = j === 0 ? first : { ...first, input: output, halves: false };
          x = block(x, each, (DROP_RATE * index) / total, blockName(i + 1, j));
          index++;
        }
      }
      x = active(conv(x, filters(1280), 1, 1, 'top_conv'), 'top_', 'bn');
      return finishEfficient(x, settings, DROP_RATE, {
        biasInitializer: { class_name: 'Constant', config: { value: 0 } },
      });
    },
    file: ({ includeTop }) => publishedPair('efficientnet_v2', name, hashes, includeTop),
  });
}

/**
 * EfficientNetV2-B0 (Tan and Le, 2021): 7.2 million parameters, images of 224×224 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * EfficientNetV2B0({ weights: null }).countParams();    // 7200312
 * @see https://keras.io/api/applications/efficientnet_v2/
 * @see https://arxiv.org/abs/2104.00298
 */
export const EfficientNetV2B0: Application<PreprocessingApplicationOptions> = efficientnet(
  'EfficientNetV2B0',
  BASE,
  [1, 1, 224],
  ['21ecbf6da12460d5c40bb2f29ceb2188', '893217f2bb855e2983157299931e43ff'],
);

/**
 * EfficientNetV2-B1 (Tan and Le, 2021): 8.2 million parameters, images of 240×240 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet_v2/
 */
export const EfficientNetV2B1: Application<PreprocessingApplicationOptions> = efficientnet(
  'EfficientNetV2B1',
  BASE,
  [1, 1.1, 240],
  ['069f0534ff22adf035c89e2d9547a9dc', '0e80663031ca32d657f9caa404b6ec37'],
);

/**
 * EfficientNetV2-B2 (Tan and Le, 2021): 10.2 million parameters, images of 260×260 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet_v2/
 */
export const EfficientNetV2B2: Application<PreprocessingApplicationOptions> = efficientnet(
  'EfficientNetV2B2',
  BASE,
  [1.1, 1.2, 260],
  ['424e49f28180edbde1e94797771950a7', '1dfe2e7a5d45b6632553a8961ea609eb'],
);

/**
 * EfficientNetV2-B3 (Tan and Le, 2021): 14.5 million parameters, images of 300×300 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet_v2/
 */
export const EfficientNetV2B3: Application<PreprocessingApplicationOptions> = efficientnet(
  'EfficientNetV2B3',
  BASE,
  [1.2, 1.4, 300],
  ['1f1fc43bd98a6e4fd8fdfd551e02c7a0', 'f6abf7b5849ac99a89b50dd3fd532856'],
);

/**
 * EfficientNetV2-S (Tan and Le, 2021): 21.6 million parameters, images of 384×384 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet_v2/
 */
export const EfficientNetV2S: Application<PreprocessingApplicationOptions> = efficientnet(
  'EfficientNetV2S',
  SMALL,
  [1, 1, 384],
  ['e1d88a8495beba45748fedd0cecbe016', 'af0682fb74e8c54910f2d4393339c070'],
);

/**
 * EfficientNetV2-M (Tan and Le, 2021): 54.4 million parameters, images of 480×480 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet_v2/
 */
export const EfficientNetV2M: Application<PreprocessingApplicationOptions> = efficientnet(
  'EfficientNetV2M',
  MEDIUM,
  [1, 1, 480],
  ['a3bf6aa3276309f4fc6a34aa114c95cd', '1b8dc055df72dde80d614482840fe342'],
);

/**
 * EfficientNetV2-L (Tan and Le, 2021): 119.0 million parameters, images of 480×480 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/efficientnet_v2/
 */
export const EfficientNetV2L: Application<PreprocessingApplicationOptions> = efficientnet(
  'EfficientNetV2L',
  LARGE,
  [1, 1, 480],
  ['27e6d408b53c7ebc868fefa357689935', 'b0b66b5c863aef5b46e8608fe1711615'],
);

/** Returns its argument: the networks preprocess images in [0, 255] themselves. */
export const preprocessInput: UnchangedInput = unchanged('efficientnetV2');
export { decodePredictions } from './decode-predictions.ts';
