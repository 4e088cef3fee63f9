import { ValueError, show } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import { type Shape, isKnown, showShape } from '../../core/shape.ts';
import { createNode } from '../../compiler/graph/node.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { broadcastTo, reshape, transpose } from './movement.ts';
import { type Operand, toFloat, unifyTwo } from './operand.ts';
import { mean } from './reductions.ts';
import { checkLayout, moveChannelsBack, moveChannelsFirst, perAxis } from './window-layout.ts';
import { type ConvOptions, conv } from './windows.ts';

/** Options of {@link convTranspose}. A list has an entry for each spatial axis. */
export interface ConvTransposeOptions extends ConvOptions {
  /** How many elements more there are at the end of each axis; fewer than strides. @default null, worked out from padding */
  outputPadding?: number | readonly number[] | null;
}

/** The size of an axis of the result, as TensorFlow has it. */
function transposedSize(
  size: number,
  reach: number,
  stride: number,
  padding: 'valid' | 'same',
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
    `[ops.convTranspose] outputPadding must be an integer from 0 to less than strides, or one for each of the ${strides.length} spatial axes. Received: outputPadding=${show(value)}, strides=${showShape(strides)}.`,
  );
}

/**
 * Transposed convolution over 1, 2 or 3 spatial axes: each element of x adds a copy of the kernel, times itself, to the
 * result. It is the gradient of {@link conv} with respect to its x.
 *
 *     y[b, i · stride + k · dilation − before, o] = Σ x[b, i, c] · kernel[k, o, c], over all i and k that meet there
 *
 * Shapes: x `[batch, …spatial, in]` (or channels first), kernel `[…spatial, out, in]`, y `[batch, …spatial, out]`. An
 * axis becomes (size − 1) · stride + max(reach, stride), where reach = (kernel − 1) · dilation + 1, or, for `same`,
 * size · stride; with `outputPadding` it becomes (size − 1) · stride + reach, or, for `same`, (size − 1) · stride +
 * reach mod 2, and `outputPadding` more.
 *
 * @throws ValueError if strides, dilations or outputPadding do not fit the axes, or the channels do not fit the kernel.
 * @example
 * await jit((x, kernel) => ops.convTranspose(x, kernel, { strides: 2 }))([[[1], [3]]], [[[1]], [[10]]]);   // [[[1], [10], [3], [30]]]
 * @see https://keras.io/api/ops/nn/#conv_transpose-function
 */
export function convTranspose(x: Operand, kernel: Operand, options: ConvTransposeOptions = {}): Value {
  const who = 'ops.convTranspose';
  const [value, weights] = unifyTwo(toFloat(x), kernel);
  checkOptions(who, options, ['strides', 'padding', 'dataFormat', 'dilationRate', 'outputPadding']);
  const axes = value.rank - 2;
  const { padding, dataFormat } = checkLayout(who, options);
  const strides = perAxis(options.strides ?? 1, axes, who, 'strides');
  const dilations = perAxis(options.dilationRate ?? 1, axes, who, 'dilationRate');
  const outputPadding = checkOutputPadding(options.outputPadding, strides);
  const first = moveChannelsFirst(value, dataFormat);
  const channels = first.shape[1] ?? null;
  const [filters = null, ins = null] = weights.shape.slice(axes);
  if (weights.rank !== value.rank || (channels !== null && ins !== null && channels !== ins)) {
    throw new ValueError(
      `[${who}] the kernel must be of shape […spatial, out, in], with the rank and the channels of x. Received: kernel of shape ${showShape(weights.shape)}, x of shape ${showShape(value.shape)}.`,
    );
  }
  const spatial = first.shape.slice(2);
  const reaches = weights.knownShape.slice(0, axes).map((extent, i) => (extent - 1) * (dilations[i] ?? 1) + 1);
  const inputShape: Shape = spatial.map((size, i) =>
    size === null ? null : transposedSize(size, reaches[i] ?? 1, strides[i] ?? 1, padding, outputPadding[i] ?? null),
  );
  if (!isKnown(inputShape) || !isKnown(spatial)) {
    // Only the shape matters while a model is described.
    const standIn = mean(first, { axis: first.shape.slice(1).map((_, i) => i + 1), keepdims: true });
    return moveChannelsBack(broadcastTo(standIn, [first.shape[0] ?? null, filters, ...inputShape]), dataFormat);
  }
  // What the convolution from y to x cuts off; the odd element behind, as TensorFlow does.
  const cut = inputShape.map((size, i): [number, number] => {
    const total = Math.max(0, ((spatial[i] ?? 1) - 1) * (strides[i] ?? 1) + (reaches[i] ?? 1) - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  const kernelFirst = transpose(weights, [axes + 1, axes, ...reaches.map((_, i) => i)]);
  const attributes = { strides, padding: cut, dilations, groups: 1, inputShape };
  return moveChannelsBack(createNode('convInputGradient', [first, kernelFirst], attributes)[0], dataFormat);
}

/**
 * Convolution of each channel with filters of its own:
 *
 *     y[b, i, c · multiplier + m] = Σₖ x[b, i · stride + k · dilation, c] · kernel[k, c, m]
 *
 * Shapes: x `[batch, …spatial, in]` (or channels first), kernel `[…spatial, in, multiplier]`,
 * y `[batch, …spatial, in · multiplier]`; the spatial axes are those of {@link conv}.
 *
 * @throws ValueError if strides or dilations do not fit the axes, or the channels do not fit the kernel.
 * @example
 * await jit((x, kernel) => ops.depthwiseConv(x, kernel))([[[1, 2], [3, 4]]], [[[1], [10]]]);   // [[[1, 20], [3, 40]]]
 * @see https://keras.io/api/ops/nn/#depthwise_conv-function
 */
export function depthwiseConv(x: Operand, kernel: Operand, options: ConvOptions = {}): Value {
  const [value, weights] = unifyTwo(toFloat(x), kernel);
  const channels = value.shape.at(options.dataFormat === 'channels_first' ? 1 : -1) ?? null;
  const [ins = 1, multiplier = 1] = weights.knownShape.slice(-2);
  if (weights.rank !== value.rank || (channels !== null && channels !== ins)) {
    throw new ValueError(
      `[ops.depthwiseConv] the kernel must be of shape […spatial, in, multiplier], with the rank and the channels of x. Received: kernel of shape ${showShape(weights.shape)}, x of shape ${showShape(value.shape)}.`,
    );
  }
  return conv(value, reshape(weights, [...weights.shape.slice(0, -2), 1, ins * multiplier]), options);
}

/**
 * A {@link depthwiseConv}, and a convolution over single positions that mixes its channels.
 *
 * Shapes: x `[batch, …spatial, in]` (or channels first), depthwise kernel `[…spatial, in, multiplier]`, pointwise kernel
 * `[…1, in · multiplier, out]`, y `[batch, …spatial, out]`.
 *
 * @throws ValueError if strides or dilations do not fit the axes, or the channels do not fit the kernels.
 * @example
 * const separable = jit((x, depthwise, pointwise) => ops.separableConv(x, depthwise, pointwise));
 * await separable([[[1, 2], [3, 4]]], [[[1], [10]]], [[[1], [1]]]);   // [[[21], [43]]]
 * @see https://keras.io/api/ops/nn/#separable_conv-function
 */
export function separableConv(
  x: Operand,
  depthwiseKernel: Operand,
  pointwiseKernel: Operand,
  options: ConvOptions = {},
): Value {
  const { dataFormat = 'channels_last' } = options;
  return conv(depthwiseConv(x, depthwiseKernel, options), pointwiseKernel, { dataFormat });
}
