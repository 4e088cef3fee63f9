import { ValueError } from '../../core/errors.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import { Cropping2D, GlobalAveragePooling2D } from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { type Settings, application } from './application.ts';
import {
  add,
  averagePool,
  batchNorm,
  channelsOf,
  concatenate,
  conv as convolve,
  correctPad,
  maxPool,
  pad,
  pool,
  predictions,
  relu,
  separableConv,
} from './blocks.ts';
import { obtainInputShape } from './input-shape.ts';
import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { type Hashes, published } from './weights.ts';

const useBias = false;
const same = { strides: 1, padding: 'same' } as const;
const halving = { strides: 2, padding: 'valid' } as const;

const normalized = (x: KerasTensor, name: string): KerasTensor =>
  batchNorm(x, { momentum: 0.9997, epsilon: 0.001, name });

const conv = (x: KerasTensor, filters: number, name: string): KerasTensor =>
  convolve(x, filters, 1, { padding: 'same', useBias, kernelInitializer: 'he_normal', name });

/** Two separable convolutions, of which the first may halve the image. */
function separable(x: KerasTensor, filters: number, size: number, id: string, halves = false): KerasTensor {
  let y = relu(x);
  if (halves) y = pad(y, correctPad(y, size), `separable_conv_1_pad_${id}`);
  const first = { ...(halves ? halving : same), useBias, name: `separable_conv_1_${id}` };
  y = normalized(separableConv(y, filters, size, first), `separable_conv_1_bn_${id}`);
  y = separableConv(relu(y), filters, size, { padding: 'same', useBias, name: `separable_conv_2_${id}` });
  return normalized(y, `separable_conv_2_bn_${id}`);
}

/** Makes the output of the cell before the last one fit that of the last one, in the size of the image or in channels. */
function adjust(p: KerasTensor | null, x: KerasTensor, filters: number, id: string): KerasTensor {
  if (p === null) return x;
  if (p.shape.at(-2) !== x.shape.at(-2)) {
    const active = relu(p, `adjust_relu_1_${id}`);
    const first = averagePool(active, 1, { ...halving, name: `adjust_avg_pool_1_${id}` });
    const left = conv(first, Math.floor(filters / 2), `adjust_conv_1_${id}`);
    // The pixels between those of the first pooling.
    const moved = new Cropping2D({ cropping: [[1, 0], [1, 0]] }).apply(pad(active, [[0, 1], [0, 1]])); // prettier-ignore
    const second = averagePool(moved, 1, { ...halving, name: `adjust_avg_pool_2_${id}` });
    const right = conv(second, Math.floor(filters / 2), `adjust_conv_2_${id}`);
    return normalized(concatenate([left, right], -1), `adjust_bn_${id}`);
  }
  if (channelsOf(p) === filters) return p;
  return normalized(conv(relu(p), filters, `adjust_conv_projection_${id}`), `adjust_bn_${id}`);
}

/** The two last outputs: of the last cell, and of the one before it. */
type Outputs = readonly [KerasTensor, KerasTensor | null];

function normalCell([x, before]: Outputs, filters: number, id: string): Outputs {
  const p = adjust(before, x, filters, id);
  const h = normalized(conv(relu(x), filters, `normal_conv_1_${id}`), `normal_bn_1_${id}`);
  const left = separable(h, filters, 5, `normal_left1_${id}`);
  const x1 = add([left, separable(p, filters, 3, `normal_right1_${id}`)], `normal_add_1_${id}`);
  const left2 = separable(p, filters, 5, `normal_left2_${id}`);
  const x2 = add([left2, separable(p, filters, 3, `normal_right2_${id}`)], `normal_add_2_${id}`);
  const x3 = add([averagePool(h, 3, { ...same, name: `normal_left3_${id}` }), p], `normal_add_3_${id}`);
  const left4 = averagePool(p, 3, { ...same, name: `normal_left4_${id}` });
  const x4 = add([left4, averagePool(p, 3, { ...same, name: `normal_right4_${id}` })], `normal_add_4_${id}`);
  const x5 = add([separable(h, filters, 3, `normal_left5_${id}`), h], `normal_add_5_${id}`);
  return [concatenate([p, x1, x2, x3, x4, x5], -1, `normal_concat_${id}`), x];
}

function reductionCell([x, before]: Outputs, filters: number, id: string): Outputs {
  const p = adjust(before, x, filters, id);
  const h = normalized(conv(relu(x), filters, `reduction_conv_1_${id}`), `reduction_bn_1_${id}`);
  const padded = pad(h, correctPad(h, 3), `reduction_pad_1_${id}`);
  const left1 = separable(h, filters, 5, `reduction_left1_${id}`, true);
  const x1 = add([left1, separable(p, filters, 7, `reduction_right1_${id}`, true)], `reduction_add_1_${id}`);
  const left2 = maxPool(padded, 3, { ...halving, name: `reduction_left2_${id}` });
  const x2 = add([left2, separable(p, filters, 7, `reduction_right2_${id}`, true)], `reduction_add_2_${id}`);
  const left3 = averagePool(padded, 3, { ...halving, name: `reduction_left3_${id}` });
  const x3 = add([left3, separable(p, filters, 5, `reduction_right3_${id}`, true)], `reduction_add3_${id}`);
  const x4 = add([x2, averagePool(x1, 3, { ...same, name: `reduction_left4_${id}` })]);
  const left5 = separable(x1, filters, 3, `reduction_left4_${id}`);
  const right5 = maxPool(padded, 3, { ...halving, name: `reduction_right5_${id}` });
  const x5 = add([left5, right5], `reduction_add4_${id}`);
  return [concatenate([x2, x3, x4, x5], -1, `reduction_concat_${id}`), x];
}

interface Variant {
  readonly name: string;
  readonly size: number;
  /** The filters of a normal cell of the first stack. */
  readonly filters: number;
  /** The number of normal cells of each of the three stacks. */
  readonly cells: number;
  readonly stemFilters: number;
  /** Whether the cell after a reduction has the output before the reduction as its second input. */
  readonly skipsReduction: boolean;
  readonly hashes: Hashes;
}

function cellsOf(stem: KerasTensor, { filters, cells, skipsReduction }: Variant): KerasTensor {
  let outputs: Outputs = [stem, null];
  outputs = reductionCell(outputs, filters / 4, 'stem_1');
  outputs = reductionCell(outputs, filters / 2, 'stem_2');
  for (let stack = 0; stack < 3; stack++) {
    const width = filters * 2 ** stack;
    if (stack > 0) {
      const [, before] = outputs;
      const [reduced, last] = reductionCell(outputs, width, `reduce_${stack * cells}`);
      outputs = [reduced, skipsReduction ? before : last];
    }
    const first = stack === 0 ? 0 : stack * cells + 1;
    for (let i = 0; i < cells; i++) outputs = normalCell(outputs, width, String(first + i));
  }
  return outputs[0];
}

/**
 * The shape of the images, which must be known, because the layers that fit two outputs to each other depend on it: Keras
 * makes a network without them, which cannot be called. Without the top it is the default one, too.
 */
function shapeOf(who: string, settings: Settings, size: number): Shape {
  const given = settings.inputTensor?.shape.slice(1) ?? settings.inputShape;
  const shape = obtainInputShape(who, { ...settings, inputShape: given ?? [size, size, 3], size, minSize: 32 });
  if (!shape.includes(null)) return shape;
  throw new ValueError(
    `[${who}] the shape of the images must be known. Received: inputShape=${showShape(shape)}. Give all sizes, such as inputShape: [${size}, ${size}, 3].`,
  );
}

function nasnet(who: string, variant: Variant): Application {
  const { name, size, hashes, stemFilters } = variant;
  return application(who, {
    size,
    minSize: 32,
    name,
    shapeOf: (caller, settings) => shapeOf(caller, settings, size),
    layers: (image, settings) => {
      const options = { ...halving, useBias, name: 'stem_conv1', kernelInitializer: 'he_normal' } as const;
      const stem = normalized(convolve(image, stemFilters, 3, options), 'stem_bn1');
      const x = relu(cellsOf(stem, variant));
      if (!settings.includeTop) return pool(x, settings, false);
      return predictions(new GlobalAveragePooling2D().apply(x), settings);
    },
    file: ({ includeTop }) =>
      published(
        'nasnet',
        `${name.replace('nasnet_', 'NASNet-')}${includeTop ? '' : '-no-top'}.h5`,
        hashes[includeTop ? 0 : 1],
        `${name}${includeTop ? '' : '_no_top'}.h5`,
      ),
  });
}

/**
 * NASNet-A Mobile (Zoph et al., 2017): 5.3 million parameters, images of 224×224.
 *
 * @throws ValueError if the options contradict each other, or the sizes of images are unknown, or below 32.
 * @example
 * NASNetMobile({ weights: null }).countParams();    // 5326716
 * @see https://keras.io/api/applications/nasnet/
 * @see https://arxiv.org/abs/1707.07012
 */
export const NASNetMobile: Application = nasnet('NASNetMobile', {
  name: 'nasnet_mobile',
  size: 224,
  filters: 44,
  cells: 4,
  stemFilters: 32,
  skipsReduction: false,
  hashes: ['020fb642bf7360b370c678b08e0adf61', '1ed92395b5b598bdda52abe5c0dbfd63'],
});

/**
 * NASNet-A Large (Zoph et al., 2017): 88.9 million parameters, images of 331×331.
 *
 * @throws ValueError if the options contradict each other, or the sizes of images are unknown, or below 32.
 * @see https://keras.io/api/applications/nasnet/
 */
export const NASNetLarge: Application = nasnet('NASNetLarge', {
  name: 'nasnet_large',
  size: 331,
  filters: 168,
  cells: 6,
  stemFilters: 96,
  skipsReduction: true,
  hashes: ['11577c9a518f0070763c2b964a382f17', 'd81d89dc07e6e56530c4e77faddd61b5'],
});

/** Converts images in [0, 255] for NASNets: to [−1, 1]. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('nasnet', 'tf');
export { decodePredictions } from './decode-predictions.ts';
