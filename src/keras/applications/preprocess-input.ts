import { checkChoice, checkOptions } from '../../core/checks.ts';
import { allocate, isFloat } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { Value } from '../../compiler/ir/value.ts';
import { type KerasTensor, isKerasTensor } from '../ops/base/keras-tensor.ts';
import * as ops from '../ops/index.ts';

/** A conversion of images in [0, 255]; see {@link preprocessInput}. */
export type PreprocessingMode = 'caffe' | 'tf' | 'torch';

/** Options of the `preprocessInput` of a network. */
export interface NetworkPreprocessInputOptions {
  /** The position of the channels. @default 'channels_last' */
  readonly dataFormat?: ops.DataFormat | null | undefined;
}

/** Options of {@link preprocessInput}. */
export interface PreprocessInputOptions extends NetworkPreprocessInputOptions {
  /** The conversion. @default 'caffe' */
  readonly mode?: PreprocessingMode | undefined;
}

/** Converts images: arrays at once, symbolic tensors and values of a traced function as part of the graph. */
export interface PreprocessInput<Options> {
  (x: KerasTensor, options?: Options): KerasTensor;
  (x: Value, options?: Options): Value;
  (x: TensorLike, options?: Options): Tensor;
}

/** The same for networks that preprocess images themselves: returns its argument. */
export type UnchangedInput = <T>(x: T, options?: NetworkPreprocessInputOptions) => T;

/** The mean and the standard deviation of red, green and blue on ImageNet, in images in [0, 1]. */
export const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

/** A conversion of channels, which may be reversed before: (x / divisor − mean) / deviation. */
interface Conversion {
  readonly isReversed: boolean;
  readonly divisor: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

const CONVERSIONS: Readonly<Record<PreprocessingMode, Conversion>> = {
  tf: { isReversed: false, divisor: 127.5, mean: [1, 1, 1], deviation: [1, 1, 1] },
  torch: { isReversed: false, divisor: 255, ...IMAGENET },
  caffe: { isReversed: true, divisor: 1, mean: [103.939, 116.779, 123.68], deviation: [1, 1, 1] },
};

/**
 * Converts images in [0, 255] as networks were trained with them:
 *
 *     tf:     x / 127.5 − 1
 *     torch:  (x / 255 − mean) / standard deviation,  of each channel on ImageNet
 *     caffe:  red, green, blue → blue, green, red, less the mean of each channel on ImageNet
 *
 * Arrays are not changed; the result is a new one. Symbolic tensors, and values of functions that are traced, are converted
 * within the graph.
 *
 * Shapes: `[height, width, 3]` or `[batch, height, width, 3]` → the same; or with channels first.
 *
 * @throws ValueError if an array has another rank, or other than 3 channels; TypeError if an option is unknown.
 * @example
 * const pixel = [[[255, 127.5, 0]]];
 * preprocessInput(pixel, { mode: 'tf' }).toArray();    // [[[1, 0, -1]]]
 * preprocessInput([[[0, 0, 123.68]]]).toArray()[0][0][0].toFixed(3);    // '19.741'
 * @see https://keras.io/api/applications/
 */
export const preprocessInput: PreprocessInput<PreprocessInputOptions> = named('imagenetUtils', null);

/** The `preprocessInput` of a network that was trained with a mode. */
export const preprocessing = (
  network: string,
  mode: PreprocessingMode,
): PreprocessInput<NetworkPreprocessInputOptions> => named(network, mode);

/** The `preprocessInput` of a network that preprocesses images itself. */
export function unchanged(network: string): UnchangedInput {
  const who = `applications.${network}.preprocessInput`;
  return (x, options = {}) => {
    checkOptions(who, options, ['dataFormat']);
    dataFormatOf(who, options);
    return x;
  };
}

function named<Options extends PreprocessInputOptions>(
  network: string,
  fixed: PreprocessingMode | null,
): PreprocessInput<Options> {
  const who = `applications.${network}.preprocessInput`;
  const convert = (x: TensorLike | KerasTensor | Value, options: PreprocessInputOptions = {}): unknown => {
    checkOptions(who, options, fixed === null ? ['dataFormat', 'mode'] : ['dataFormat']);
    const mode = checkChoice(who, 'mode', fixed ?? options.mode ?? 'caffe', ['caffe', 'tf', 'torch']);
    const isLast = dataFormatOf(who, options) === 'channels_last';
    const conversion = CONVERSIONS[mode];
    if (isKerasTensor(x)) return convertSymbolic(who, x, conversion, isLast);
    if (x instanceof Value) return convertSymbolic(who, x, conversion, isLast);
    return convertArray(who, tensor(x), conversion, isLast);
  };
  return convert as PreprocessInput<Options>;
}

function dataFormatOf(who: string, options: NetworkPreprocessInputOptions): ops.DataFormat {
  return checkChoice(who, 'dataFormat', options.dataFormat ?? 'channels_last', ['channels_last', 'channels_first']);
}

/** The axis of the channels. @throws ValueError if a shape is not that of images with three of them. */
function axisOf(who: string, shape: Shape, isLast: boolean): number {
  const axis = isLast ? shape.length - 1 : shape.length - 3;
  const channels = shape[axis];
  if ((shape.length === 3 || shape.length === 4) && (channels === 3 || channels === null)) return axis;
  const expected = isLast
    ? '[height, width, 3] or [batch, height, width, 3]'
    : '[3, height, width] or [batch, 3, height, width]';
  throw new ValueError(`[${who}] images must have the shape ${expected}. Received: shape ${showShape(shape)}.`);
}

function convertArray(who: string, x: Tensor, conversion: Conversion, isLast: boolean): Tensor {
  const axis = axisOf(who, x.shape, isLast);
  const dtype = x.dtype === 'float64' ? 'float64' : 'float32';
  // Each step is rounded to the dtype, as in Keras.
  const round = dtype === 'float64' ? (value: number): number => value : Math.fround;
  const [mean, deviation] = [conversion.mean.map(round), conversion.deviation.map(round)];
  const { isReversed, divisor } = conversion;
  const { data } = x;
  const made = allocate(dtype, data.length);
  const inner = x.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  for (let i = 0; i < made.length; i++) {
    const channel = Math.floor(i / inner) % 3;
    const scaled = round((data[isReversed ? i + (2 - 2 * channel) * inner : i] ?? 0) / divisor);
    made[i] = round(scaled - (mean[channel] ?? 0)) / (deviation[channel] ?? 1);
  }
  return new Tensor(made, x.shape, dtype);
}

function convertSymbolic<T extends KerasTensor | Value>(
  who: string,
  given: T,
  conversion: Conversion,
  isLast: boolean,
): T {
  type Symbolic = KerasTensor;
  const axis = axisOf(who, given.shape, isLast);
  const dtype = isFloat(given.dtype) ? given.dtype : 'float32';
  const x = (dtype === given.dtype ? given : ops.cast(given as Symbolic, dtype)) as Symbolic;
  const shape = given.shape.map((_, i) => (i === axis ? 3 : 1));
  /** A constant for each channel; one number if they are equal. */
  const along = (values: readonly number[]): Tensor | number => {
    const [first = 0] = values;
    return values.every((value) => value === first) ? first : tensor(values, shape, dtype);
  };
  const { isReversed, divisor, mean } = conversion;
  const ordered = isReversed ? ops.flip(x, { axis }) : x;
  const scaled = divisor === 1 ? ordered : ops.divide(ordered, divisor);
  const centered = ops.subtract(scaled, along(mean));
  const deviation = along(conversion.deviation);
  return (deviation === 1 ? centered : ops.divide(centered, deviation)) as unknown as T;
}
