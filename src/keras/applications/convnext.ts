import {
  Activation,
  Conv2D,
  Dense,
  GlobalAveragePooling2D,
  LayerNormalization,
  Normalization,
} from '../layers/index.ts';
import { LayerScale } from '../layers/applications/layer-scale.ts';
import { Sequential } from '../models/sequential.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import * as ops from '../ops/index.ts';
import { application } from './application.ts';
import { activate, channelsOf, conv, pool } from './blocks.ts';
import type { Application, PreprocessingApplicationOptions } from './options.ts';
import { IMAGENET, type UnchangedInput, unchanged } from './preprocess-input.ts';
import { flag } from './readers.ts';
import { type Hashes, publishedPair } from './weights.ts';

const epsilon = 1e-6;
const normalized = (x: KerasTensor, name?: string): KerasTensor => new LayerNormalization({ epsilon, name }).apply(x);

/** A filter of 7×7 for each channel, and two dense layers for each pixel, beside a shortcut. */
function block(x: KerasTensor, name: string): KerasTensor {
  const channels = channelsOf(x);
  const dense = (y: KerasTensor, units: number, k: number): KerasTensor =>
    new Dense(units, { name: `${name}_pointwise_conv_${k}` }).apply(y);
  let y = conv(x, channels, 7, { padding: 'same', groups: channels, name: `${name}_depthwise_conv` });
  y = dense(normalized(y, `${name}_layernorm`), 4 * channels, 1);
  y = dense(activate(y, 'gelu', `${name}_gelu`), channels, 2);
  y = new LayerScale(1e-6, channels, { name: `${name}_layer_scale` }).apply(y);
  return ops.add(x, new Activation('linear', { name: `${name}_identity` }).apply(y));
}

/** The layers before a stage: patches of 4×4 before the first, of 2×2 before the others. */
function downsampling(stage: number, filters: number, name: string): Sequential {
  if (stage === 0) {
    return new Sequential(
      [
        new Conv2D(filters, 4, { strides: 4, name: `${name}_stem_conv` }),
        new LayerNormalization({ epsilon, name: `${name}_stem_layernorm` }),
      ],
      { name: `${name}_stem` },
    );
  }
  const k = stage - 1;
  return new Sequential(
    [
      new LayerNormalization({ epsilon, name: `${name}_downsampling_layernorm_${k}` }),
      new Conv2D(filters, 2, { strides: 2, name: `${name}_downsampling_conv_${k}` }),
    ],
    { name: `${name}_downsampling_block_${k}` },
  );
}

/** Standardizes images in [0, 255] by ImageNet's statistics. */
function preprocess(image: KerasTensor, name: string): KerasTensor {
  const scaled = (values: readonly number[], power: number): number[] => values.map((value) => (value * 255) ** power);
  return new Normalization({
    mean: scaled(IMAGENET.mean, 1),
    variance: scaled(IMAGENET.deviation, 2),
    name: `${name}_prestem_normalization`,
  }).apply(image);
}

/** A network of four stages with these numbers of blocks and filters. */
function convnext(
  who: string,
  size: string,
  depths: readonly number[],
  filters: number,
  hashes: Hashes,
): Application<PreprocessingApplicationOptions> {
  const byDefault = `convnext_${size}`;
  return application<PreprocessingApplicationOptions, { includePreprocessing: boolean }>(who, {
    size: 224,
    minSize: 32,
    extras: { includePreprocessing: flag('includePreprocessing', true) },
    name: byDefault,
    hasPlainInput: true,
    layers: (image, settings) => {
      const { name } = settings;
      let x = settings.includePreprocessing && channelsOf(image) === 3 ? preprocess(image, name) : image;
      for (const [i, depth] of depths.entries()) {
        x = downsampling(i, filters * 2 ** i, name).apply(x);
        for (let j = 0; j < depth; j++) x = block(x, `${name}_stage_${i}_block_${j}`);
      }
      if (!settings.includeTop) return normalized(pool(x, settings, false));
      x = normalized(new GlobalAveragePooling2D({ name: `${name}_head_gap` }).apply(x), `${name}_head_layernorm`);
      const activation = settings.classifierActivation;
      return new Dense(settings.classes, { activation, name: `${name}_head_dense` }).apply(x);
    },
    file: ({ includeTop }) => publishedPair('convnext', byDefault, hashes, includeTop),
  });
}

/**
 * ConvNeXt Tiny (Liu et al., 2022): 28.6 million parameters, images of 224×224 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * ConvNeXtTiny({ weights: null }).countParams();    // 28589128
 * @see https://keras.io/api/applications/convnext/
 * @see https://arxiv.org/abs/2201.03545
 */
export const ConvNeXtTiny: Application<PreprocessingApplicationOptions> = convnext(
  'ConvNeXtTiny',
  'tiny',
  [3, 3, 9, 3],
  96,
  [
    '8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff',
    'd547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1',
  ],
);

/**
 * ConvNeXt Small (Liu et al., 2022): 50.2 million parameters, images of 224×224 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/convnext/
 */
export const ConvNeXtSmall: Application<PreprocessingApplicationOptions> = convnext(
  'ConvNeXtSmall',
  'small',
  [3, 3, 27, 3],
  96,
  [
    'ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c',
    '6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab',
  ],
);

/**
 * ConvNeXt Base (Liu et al., 2022): 88.6 million parameters, images of 224×224 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/convnext/
 */
export const ConvNeXtBase: Application<PreprocessingApplicationOptions> = convnext(
  'ConvNeXtBase',
  'base',
  [3, 3, 27, 3],
  128,
  [
    '52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6',
    '40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45',
  ],
);

/**
 * ConvNeXt Large (Liu et al., 2022): 197.8 million parameters, images of 224×224 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/convnext/
 */
export const ConvNeXtLarge: Application<PreprocessingApplicationOptions> = convnext(
  'ConvNeXtLarge',
  'large',
  [3, 3, 27, 3],
  192,
  [
    '070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6',
    '96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd',
  ],
);

/**
 * ConvNeXt XLarge (Liu et al., 2022): 350.2 million parameters, images of 224×224 in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/convnext/
 */
export const ConvNeXtXLarge: Application<PreprocessingApplicationOptions> = convnext(
  'ConvNeXtXLarge',
  'xlarge',
  [3, 3, 27, 3],
  256,
  [
    'c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee',
    'de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05',
  ],
);

/** Returns its argument: the networks preprocess images in [0, 255] themselves. */
export const preprocessInput: UnchangedInput = unchanged('convnext');
export { decodePredictions } from './decode-predictions.ts';
