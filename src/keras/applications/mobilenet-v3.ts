import type { Shape } from '../../core/shape.ts';
import { Activation, Dropout, Flatten, GlobalAveragePooling2D, Multiply, ReLU, Rescaling } from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import * as ops from '../ops/index.ts';
import { type Settings, application } from './application.ts';
import { add, batchNorm, channelsOf, conv, correctPad, depthwiseConv, makeDivisible, pad, pool } from './blocks.ts';
import { checkMinimum } from './input-shape.ts';
import { checkAlpha, warnOfSize } from './mobilenet-sizes.ts';
import { checkWidth } from './mobilenet-v2.ts';
import type { Application, MobileNetV3Options } from './options.ts';
import { type UnchangedInput, unchanged } from './preprocess-input.ts';
import { alpha, flag, rate } from './readers.ts';
import { type Hashes, published } from './weights.ts';

type Activate = (x: KerasTensor) => KerasTensor;

/** A block: how it widens, its filters, its kernel, whether it halves the image, excites channels, and has hard swish. */
interface Block {
  readonly expansion: number;
  readonly filters: number;
  /** Whether the kernel is that of the network, 5 unless it is minimalistic, rather than 3. */
  readonly isWide?: boolean;
  readonly halves?: boolean;
  readonly excites?: boolean;
  readonly isSwish?: boolean;
}

const wide = { isWide: true, excites: true } as const;
const last = { ...wide, isSwish: true } as const;

const SMALL: readonly Block[] = [
  { expansion: 1, filters: 16, halves: true, excites: true },
  { expansion: 72 / 16, filters: 24, halves: true },
  { expansion: 88 / 24, filters: 24 },
  { expansion: 4, filters: 40, halves: true, ...last },
  { expansion: 6, filters: 40, ...last },
  { expansion: 6, filters: 40, ...last },
  { expansion: 3, filters: 48, ...last },
  { expansion: 3, filters: 48, ...last },
  { expansion: 6, filters: 96, halves: true, ...last },
  { expansion: 6, filters: 96, ...last },
  { expansion: 6, filters: 96, ...last },
];

const LARGE: readonly Block[] = [
  { expansion: 1, filters: 16 },
  { expansion: 4, filters: 24, halves: true },
  { expansion: 3, filters: 24 },
  { expansion: 3, filters: 40, halves: true, ...wide },
  { expansion: 3, filters: 40, ...wide },
  { expansion: 3, filters: 40, ...wide },
  { expansion: 6, filters: 80, halves: true, isSwish: true },
  { expansion: 2.5, filters: 80, isSwish: true },
  { expansion: 2.3, filters: 80, isSwish: true },
  { expansion: 2.3, filters: 80, isSwish: true },
  { expansion: 6, filters: 112, excites: true, isSwish: true },
  { expansion: 6, filters: 112, excites: true, isSwish: true },
  { expansion: 6, filters: 160, halves: true, ...last },
  { expansion: 6, filters: 160, ...last },
  { expansion: 6, filters: 160, ...last },
];

const useBias = false;
const relu: Activate = (x) => new ReLU().apply(x);
const hardSwish: Activate = (x) => new Activation('hard_swish').apply(x);
const hardSigmoid: Activate = (x) => ops.multiply(new ReLU({ maxValue: 6 }).apply(ops.add(x, 3)), 1 / 6);

const normalized = (x: KerasTensor, name: string): KerasTensor =>
  batchNorm(x, { epsilon: 0.001, momentum: 0.999, name });

/** Scales the channels by what a small network makes of their means. */
function excite(x: KerasTensor, prefix: string): KerasTensor {
  const name = `${prefix}squeeze_excite_`;
  const channels = channelsOf(x);
  let y = new GlobalAveragePooling2D({ keepdims: true, name: `${name}avg_pool` }).apply(x);
  y = conv(y, makeDivisible(channels * 0.25), 1, { padding: 'same', name: `${name}conv` });
  y = new ReLU({ name: `${name}relu` }).apply(y);
  y = hardSigmoid(conv(y, channels, 1, { padding: 'same', name: `${name}conv_1` }));
  return new Multiply({ name: `${name}mul` }).apply([x, y]);
}

interface Style {
  readonly factor: number;
  readonly isMinimalistic: boolean;
}

function block(x: KerasTensor, id: number, given: Block, { factor, isMinimalistic }: Style): KerasTensor {
  const activate = given.isSwish === true && !isMinimalistic ? hardSwish : relu;
  const kernel = given.isWide === true && !isMinimalistic ? 5 : 3;
  const filters = makeDivisible(given.filters * factor);
  const halves = given.halves === true;
  const prefix = id === 0 ? 'expanded_conv_' : `expanded_conv_${id}_`;
  const pointwise = (y: KerasTensor, count: number, name: string): KerasTensor =>
    normalized(conv(y, count, 1, { padding: 'same', useBias, name: prefix + name }), `${prefix}${name}_bn`);
  let y = x;
  if (id > 0) y = activate(pointwise(x, makeDivisible(channelsOf(x) * given.expansion), 'expand'));
  if (halves) y = pad(y, correctPad(y, kernel), `${prefix}depthwise_pad`);
  const options = { strides: halves ? 2 : 1, padding: halves ? 'valid' : 'same', useBias } as const;
  y = depthwiseConv(y, kernel, { ...options, name: `${prefix}depthwise` });
  y = activate(normalized(y, `${prefix}depthwise_bn`));
  if (given.excites === true && !isMinimalistic) y = excite(y, prefix);
  y = pointwise(y, filters, 'project');
  return !halves && channelsOf(x) === filters ? add([x, y], `${prefix}add`) : y;
}

/** Unlike the other networks', images may have any size with the top, which has no weights for pixels. */
function shapeOf(who: string, { inputShape, inputTensor }: Settings): Shape {
  if (inputShape !== null && inputTensor !== null) checkWidth(who, inputShape, inputTensor);
  const shape = inputShape ?? (inputTensor === null ? [null, null, 3] : inputTensor.shape.slice(1));
  checkMinimum(who, shape, 32);
  return shape;
}

/** The settings that the networks have in addition. */
type V3Settings = Readonly<
  Record<'alpha' | 'dropoutRate', number> & Record<'minimalistic' | 'includePreprocessing', boolean>
>;

function top(x: KerasTensor, settings: Settings & V3Settings, channels: number, activate: Activate): KerasTensor {
  const { alpha: factor, dropoutRate } = settings;
  let y = new GlobalAveragePooling2D({ keepdims: true }).apply(x);
  const points = factor > 1 ? makeDivisible(channels * factor) : channels;
  y = activate(conv(y, points, 1, { padding: 'same', useBias: true, name: 'conv_2' }));
  if (dropoutRate > 0) y = new Dropout(dropoutRate).apply(y);
  y = new Flatten().apply(conv(y, settings.classes, 1, { padding: 'same', name: 'logits' }));
  return new Activation(settings.classifierActivation, { name: 'predictions' }).apply(y);
}

/** A network, with the hashes of its files by their names. `channels` are those of the layer before the classifier. */
function mobilenet(
  who: string,
  kind: string,
  blocks: readonly Block[],
  channels: number,
  hashes: Readonly<Record<string, Hashes>>,
): Application<MobileNetV3Options> {
  return application<MobileNetV3Options, V3Settings>(who, {
    size: 224,
    minSize: 32,
    extras: {
      alpha,
      dropoutRate: rate('dropoutRate', 0.2),
      minimalistic: flag('minimalistic', false),
      includePreprocessing: flag('includePreprocessing', true),
    },
    shapeOf,
    checkImagenet: (name, settings, shape) => {
      checkAlpha(name, settings.alpha, settings.minimalistic ? [1] : [0.75, 1]);
      warnOfSize(name, shape, [224]);
    },
    name: who,
    layers: (image, settings) => {
      const style = { factor: settings.alpha, isMinimalistic: settings.minimalistic };
      const activate = style.isMinimalistic ? relu : hardSwish;
      let x = settings.includePreprocessing ? new Rescaling(1 / 127.5, { offset: -1 }).apply(image) : image;
      x = conv(x, 16, 3, { strides: 2, padding: 'same', useBias, name: 'conv' });
      x = activate(normalized(x, 'conv_bn'));
      for (const [i, each] of blocks.entries()) x = block(x, i, each, style);
      x = conv(x, makeDivisible(channelsOf(x) * 6), 1, { padding: 'same', useBias, name: 'conv_1' });
      x = activate(normalized(x, 'conv_1_bn'));
      return settings.includeTop ? top(x, settings, channels, activate) : pool(x, settings, true);
    },
    file: ({ minimalistic, alpha: factor, includeTop }) => {
      const name = `${kind}${minimalistic ? '_minimalistic' : ''}_224_${factor === 1 ? '1.0' : factor}_float`;
      const file = `weights_mobilenet_v3_${name}${includeTop ? '' : '_no_top_v2'}.h5`;
      return published('mobilenet_v3', file, hashes[name]?.[includeTop ? 0 : 1]);
    },
  });
}

/**
 * MobileNetV3 Small (Howard et al., 2019): 2.6 million parameters, images of any size in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @example
 * MobileNetV3Small({ weights: null }).countParams();                        // 2554968
 * MobileNetV3Small({ weights: null, minimalistic: true }).countParams();    // 2056848
 * @see https://keras.io/api/applications/mobilenet/
 * @see https://arxiv.org/abs/1905.02244
 */
export const MobileNetV3Small: Application<MobileNetV3Options> = mobilenet('MobileNetV3Small', 'small', SMALL, 1024, {
  'small_224_0.75_float': ['cb65d4e5be93758266aa0a7f2c6708b7', 'ebdb5cc8e0b497cd13a7c275d475c819'],
  'small_224_1.0_float': ['8768d4c2e7dee89b9d02b2d03d65d862', 'd3e8ec802a04aa4fc771ee12a9a9b836'],
  'small_minimalistic_224_1.0_float': ['99cd97fb2fcdad2bf028eb838de69e37', 'cde8136e733e811080d9fcd8a252f7e4'],
});

/**
 * MobileNetV3 Large (Howard et al., 2019): 5.5 million parameters, images of any size in [0, 255].
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 32×32.
 * @see https://keras.io/api/applications/mobilenet/
 */
export const MobileNetV3Large: Application<MobileNetV3Options> = mobilenet('MobileNetV3Large', 'large', LARGE, 1280, {
  'large_224_0.75_float': ['765b44a33ad4005b3ac83185abf1d0eb', '40af19a13ebea4e2ee0c676887f69a2e'],
  'large_224_1.0_float': ['59e551e166be033d707958cf9e29a6a7', '07fb09a5933dd0c8eaafa16978110389'],
  'large_minimalistic_224_1.0_float': ['675e7b876c45c57e9e63e6d90a36599c', 'ec5221f64a2f6d1ef965a614bdae7973'],
});

/** Returns its argument: the networks preprocess images in [0, 255] themselves. */
export const preprocessInput: UnchangedInput = unchanged('mobilenetV3');
export { decodePredictions } from './decode-predictions.ts';
