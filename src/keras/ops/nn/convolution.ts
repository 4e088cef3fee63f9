import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, isKnown, showShape } from '../../../core/shape.ts';
import { broadcastTo, mean, reshape, transpose } from '../../../compiler/builder/index.ts';
import { type Operand, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import {
  type DataFormat,
  type Padding,
  checkLayout,
  moveChannelsBack,
  moveChannelsFirst,
  paddingOf,
  perAxis,
  spatialRankOf,
} from './window-layout.ts';

/** Options of {@link conv}. A list has an entry for each spatial axis. */
export interface ConvOptions {
  /** The distance between positions of the kernel. @default 1 */
  strides?: number | readonly number[];
  /** Whether x is padded with zeros. @default 'valid' */
  padding?: Padding;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null;
  /** The distance between the elements of x under neighboring elements of the kernel. @default 1 */
  dilationRate?: number | readonly number[];
}

/** Options of {@link convTranspose}. A list has an entry for each spatial axis. */
export interface ConvTransposeOptions extends ConvOptions {
  /** The number of elements added at the end of each axis, less than strides. @default null, derived from padding */
  outputPadding?: number | readonly number[] | null;
}

type ConvOp = Symbolic<(inputs: Operand, kernel: Operand, options?: ConvOptions) => Value>;

const OPTIONS = { strides: 1, padding: 'valid', dataFormat: 'channels_last', dilationRate: 1 };

/**
 * Convolution over 1, 2 or 3 spatial axes; as everywhere in deep learning, the kernel is not mirrored:
 *
 *     y[b, i, o] = Σₖ Σ꜀ x[b, i · stride + k · dilation, c] · kernel[k, c, o]
 *
 * Shapes: inputs `[batch, …spatial, in]` (or channels first), kernel `[…spatial, in / groups, out]`, y
 * `[batch, …spatial, out]` with ⌈(size − (kernel − 1) · dilation) / stride⌉ or, for `same`, ⌈size / stride⌉ on each spatial
 * axis. The number of groups is the number of the inputs' channels divided by the kernel's.
 *
 * @throws ValueError if strides or dilations do not fit the axes, or the channels do not fit the kernel.
 * @example
 * await jit((x, kernel) => ops.conv(x, kernel))([[[1], [2], [4]]], [[[1]], [[10]]]);   // [[[21], [42]]]
 * @see https://keras.io/api/ops/nn/#conv-function
 */
export const conv: ConvOp = op(
  'nn.Conv',
  ['inputs', 'kernel'],
  OPTIONS,
  (inputs: Operand, kernel: Operand, options: ConvOptions = {}): Value => {
    const [value, weights] = unifyTwo(toFloat(inputs), kernel);
    const axes = spatialRankOf('ops.conv', value);
    if (weights.rank !== value.rank) {
      throw new ValueError(
        `[ops.conv] the kernel must have the rank of the inputs, ${value.rank}: […spatial, in / groups, out]. Received: kernel of shape ${showShape(weights.shape)}.`,
      );
    }
    const { padding, dataFormat } = checkLayout('ops.conv', options);
    const strides = perAxis(options.strides ?? 1, axes, 'ops.conv', 'strides');
    const dilations = perAxis(options.dilationRate ?? 1, axes, 'ops.conv', 'dilationRate');
    const first = moveChannelsFirst(value, dataFormat);
    const window = weights.knownShape.slice(0, axes);
    const channels = first.shape[1] ?? null;
    const perGroup = weights.knownShape[axes] ?? 1;
    const kernelFirst = transpose(weights, [axes + 1, axes, ...window.map((_, i) => i)]);
    const [y] = createNode('conv', [first, kernelFirst], {
      strides,
      padding: paddingOf(padding, first.shape.slice(2), window, strides, dilations),
      dilations,
      groups: channels === null ? 1 : Math.max(1, Math.floor(channels / perGroup)),
    });
    return moveChannelsBack(y, dataFormat);
  },
);

/**
 * Convolution of each channel with its own filters:
 *
 *     y[b, i, c · multiplier + m] = Σₖ x[b, i · stride + k · dilation, c] · kernel[k, c, m]
 *
 * Shapes: inputs `[batch, …spatial, in]` (or channels first), kernel `[…spatial, in, multiplier]`,
 * y `[batch, …spatial, in · multiplier]`; the spatial axes are those of {@link conv}.
 *
 * @throws ValueError if strides or dilations do not fit the axes, or the channels do not fit the kernel.
 * @example
 * await jit((x, kernel) => ops.depthwiseConv(x, kernel))([[[1, 2], [3, 4]]], [[[1], [10]]]);   // [[[1, 20], [3, 40]]]
 * @see https://keras.io/api/ops/nn/#depthwise_conv-function
 */
export const depthwiseConv: ConvOp = op(
  'nn.DepthwiseConv',
  ['inputs', 'kernel'],
  OPTIONS,
  (inputs: Operand, kernel: Operand, options: ConvOptions = {}): Value => {
    const [value, weights] = unifyTwo(toFloat(inputs), kernel);
    const channels = value.shape.at(options.dataFormat === 'channels_first' ? 1 : -1) ?? null;
    const [ins = 1, multiplier = 1] = weights.knownShape.slice(-2);
    if (weights.rank !== value.rank || (channels !== null && channels !== ins)) {
      throw new ValueError(
        `[ops.depthwiseConv] the kernel must be of shape […spatial, in, multiplier], with the rank and the channels of the inputs. Received: kernel of shape ${showShape(weights.shape)}, inputs of shape ${showShape(value.shape)}.`,
      );
    }
    return conv(value, reshape(weights, [...weights.shape.slice(0, -2), 1, ins * multiplier]), options);
  },
);

/**
 * A {@link depthwiseConv} followed by a convolution over single positions, which mixes the channels.
 *
 * Shapes: inputs `[batch, …spatial, in]` (or channels first), depthwise kernel `[…spatial, in, multiplier]`, pointwise kernel
 * `[…1, in · multiplier, out]`, y `[batch, …spatial, out]`.
 *
 * @throws ValueError if strides or dilations do not fit the axes, or the channels do not fit the kernels.
 * @example
 * const separable = jit((x, depthwise, pointwise) => ops.separableConv(x, depthwise, pointwise));
 * await separable([[[1, 2], [3, 4]]], [[[1], [10]]], [[[1], [1]]]);   // [[[21], [43]]]
 * @see https://keras.io/api/ops/nn/#separable_conv-function
 */
export const separableConv: Symbolic<
  (inputs: Operand, depthwiseKernel: Operand, pointwiseKernel: Operand, options?: ConvOptions) => Value
> = op(
  'nn.SeparableConv',
  ['inputs', 'depthwiseKernel', 'pointwiseKernel'],
  OPTIONS,
  (inputs: Operand, depthwiseKernel: Operand, pointwiseKernel: Operand, options: ConvOptions = {}): Value => {
    const { dataFormat = 'channels_last' } = options;
    return conv(depthwiseConv(inputs, depthwiseKernel, options), pointwiseKernel, { dataFormat });
  },
);

/** The size of an axis of the result of a transposed convolution, as in TensorFlow. */
function transposedSize(
  size: number,
  reach: number,
  stride: number,
  padding: Padding,
  outputPadding: number | null,
): number {
  if (padding === 'valid') return (size - 1) * stride + reach + (outputPadding ?? Math.max(0, stride - reach));
  return outputPadding === null ? size * stride : (size - 1) * stride + (reach % 2) + outputPadding;
}

function checkOutputPadding(
  value: number | readonly number[] | null | undefined,
  strides: readonly number[],
): readonly (number | null)[] {
  const list =
    value === null || value === undefined || typeof value === 'number' ? strides.map(() => value ?? null) : value;
  const fits = list.every(
    (entry, i) => entry === null || (Number.isInteger(entry) && entry >= 0 && entry < (strides[i] ?? 1)),
  );
  if (fits && list.length === strides.length) return list;
  throw new ValueError(
    `[ops.convTranspose] outputPadding must be an integer in [0, strides), or one for each of the ${strides.length} spatial axes. Received: outputPadding=${show(value)}, strides=${showShape(strides)}.`,
  );
}

/**
 * Transposed convolution over 1, 2 or 3 spatial axes: each element of x adds a copy of the kernel, multiplied by it, to the
 * result. It is the gradient of {@link conv} with respect to its inputs.
 *
 *     y[b, i · stride + k · dilation − before, o] = Σ x[b, i, c] · kernel[k, o, c], over all i and k with that index
 *
 * Shapes: inputs `[batch, …spatial, in]` (or channels first), kernel `[…spatial, out, in]`, y `[batch, …spatial, out]`. An
 * axis becomes (size − 1) · stride + max(reach, stride), where reach = (kernel − 1) · dilation + 1, or, for `same`,
 * size · stride. With `outputPadding` it becomes (size − 1) · stride + reach + outputPadding, or, for `same`,
 * (size − 1) · stride + reach mod 2 + outputPadding.
 *
 * @throws ValueError if strides, dilations or outputPadding do not fit the axes, or the channels do not fit the kernel.
 * @example
 * await jit((x, kernel) => ops.convTranspose(x, kernel, { strides: 2 }))([[[1], [3]]], [[[1]], [[10]]]);   // [[[1], [10], [3], [30]]]
 * @see https://keras.io/api/ops/nn/#conv_transpose-function
 */
export const convTranspose: Symbolic<(inputs: Operand, kernel: Operand, options?: ConvTransposeOptions) => Value> = op(
  'nn.ConvTranspose',
  ['inputs', 'kernel'],
  { strides: 1, padding: 'valid', outputPadding: null, dataFormat: 'channels_last', dilationRate: 1 },
  (inputs: Operand, kernel: Operand, options: ConvTransposeOptions = {}): Value => {
    const who = 'ops.convTranspose';
    const [value, weights] = unifyTwo(toFloat(inputs), kernel);
    const axes = spatialRankOf(who, value);
    const { padding, dataFormat } = checkLayout(who, options);
    const strides = perAxis(options.strides ?? 1, axes, who, 'strides');
    const dilations = perAxis(options.dilationRate ?? 1, axes, who, 'dilationRate');
    const outputPadding = checkOutputPadding(options.outputPadding, strides);
    const first = moveChannelsFirst(value, dataFormat);
    const channels = first.shape[1] ?? null;
    const [filters = null, ins = null] = weights.shape.slice(axes);
    if (weights.rank !== value.rank || (channels !== null && ins !== null && channels !== ins)) {
      throw new ValueError(
        `[${who}] the kernel must be of shape […spatial, out, in], with the rank and the channels of the inputs. Received: kernel of shape ${showShape(weights.shape)}, inputs of shape ${showShape(value.shape)}.`,
      );
    }
    const spatial = first.shape.slice(2);
    const reaches = weights.knownShape.slice(0, axes).map((extent, i) => (extent - 1) * (dilations[i] ?? 1) + 1);
    const inputShape: Shape = spatial.map((size, i) =>
      size === null ? null : transposedSize(size, reaches[i] ?? 1, strides[i] ?? 1, padding, outputPadding[i] ?? null),
    );
    if (!isKnown(inputShape) || !isKnown(spatial)) {
      // While a model is described, sizes may be unknown, and only the shape of the result matters.
      const standIn = mean(first, { axes: first.shape.slice(1).map((_, i) => i + 1), keepDims: true });
      return moveChannelsBack(broadcastTo(standIn, [first.shape[0] ?? null, filters, ...inputShape]), dataFormat);
    }
    // The padding of the convolution from y to x, with the odd element at the end, as in TensorFlow.
    const cut = inputShape.map((size, i): [number, number] => {
      const total = Math.max(0, ((spatial[i] ?? 1) - 1) * (strides[i] ?? 1) + (reaches[i] ?? 1) - size);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
    const kernelFirst = transpose(weights, [axes + 1, axes, ...reaches.map((_, i) => i)]);
    const attributes = { strides, padding: cut, dilations, groups: 1, inputShape };
    return moveChannelsBack(createNode('convInputGradient', [first, kernelFirst], attributes)[0], dataFormat);
  },
);
