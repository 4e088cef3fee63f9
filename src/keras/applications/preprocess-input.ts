import { checkChoice, checkOptions } from '../../core/checks.ts';
import { isFloat } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { Value } from '../../compiler/ir/value.ts';
import { type KerasTensor, isKerasTensor } from '../ops/base/keras-tensor.ts';
import * as ops from '../ops/index.ts';

/** The position of the channels of images. */
type DataFormat = 'channels_last' | 'channels_first';

/** How images in [0, 255] are converted; see {@link preprocessInput}. */
export type PreprocessingMode = 'caffe' | 'tf' | 'torch';

/** Options of the `preprocessInput` of a network. */
export interface NetworkPreprocessInputOptions {
  /** The position of the channels. @default 'channels_last' */
  readonly dataFormat?: DataFormat | null | undefined;
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

/** What is subtracted from the channels, and by what they are divided. */
interface Statistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[] | null;
}

const TORCH: Statistics = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
/** Of blue, green and red. */
const CAFFE: Statistics = { mean: [103.939, 116.779, 123.68], deviation: null };

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
    if (isKerasTensor(x)) return convertSymbolic(who, x, mode, isLast);
    if (x instanceof Value) return convertSymbolic(who, x, mode, isLast);
    return convertArray(who, tensor(x), mode, isLast);
  };
  return convert as PreprocessInput<Options>;
}

function dataFormatOf(who: string, options: NetworkPreprocessInputOptions): DataFormat {
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

function convertArray(who: string, x: Tensor, mode: PreprocessingMode, isLast: boolean): Tensor {
  const dtype = x.dtype === 'float64' ? 'float64' : 'float32';
  // Each step is rounded to the dtype, as in Keras.
  const data = dtype === 'float64' ? Float64Array.from(x.data) : Float32Array.from(x.data);
  const made = new Tensor(data, x.shape, dtype);
  const axis = axisOf(who, x.shape, isLast);
  if (mode === 'tf') {
    for (const [i, value] of data.entries()) data[i] = value / 127.5;
    for (const [i, value] of data.entries()) data[i] = value - 1;
    return made;
  }
  const inner = x.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const { mean, deviation } = mode === 'torch' ? TORCH : CAFFE;
  const round = dtype === 'float64' ? (value: number): number => value : Math.fround;
  const [center, scale] = [mean.map(round), deviation?.map(round)];
  if (mode === 'torch') for (const [i, value] of data.entries()) data[i] = value / 255;
  else swapEnds(data, inner);
  for (const [i, value] of data.entries()) data[i] = value - (center[Math.floor(i / inner) % 3] ?? 0);
  if (scale !== undefined) {
    for (const [i, value] of data.entries()) data[i] = value / (scale[Math.floor(i / inner) % 3] ?? 1);
  }
  return made;
}

/** Exchanges the first and the last of each three planes of `size` elements. */
function swapEnds(data: Float32Array | Float64Array, size: number): void {
  for (let at = 0; at < data.length; at += 3 * size) {
    const first = data.slice(at, at + size);
    data.copyWithin(at, at + 2 * size, at + 3 * size);
    data.set(first, at + 2 * size);
  }
}

function convertSymbolic<T extends KerasTensor | Value>(
  who: string,
  given: T,
  mode: PreprocessingMode,
  isLast: boolean,
): T {
  type Symbolic = KerasTensor;
  const axis = axisOf(who, given.shape, isLast);
  const x = (isFloat(given.dtype) ? given : ops.cast(given as Symbolic, 'float32')) as Symbolic;
  if (mode === 'tf') return ops.subtract(ops.divide(x, 127.5), 1) as unknown as T;
  const { mean, deviation } = mode === 'torch' ? TORCH : CAFFE;
  const shape = given.shape.map((_, i) => (i === axis ? 3 : 1));
  const along = (values: readonly number[]): Tensor => new Tensor(Float32Array.from(values), shape);
  const channels = mode === 'torch' ? ops.divide(x, 255) : ops.flip(x, { axis });
  const centered = ops.subtract(channels, along(mean));
  return (deviation === null ? centered : ops.divide(centered, along(deviation))) as unknown as T;
}
