import type { ConvolutionAttributes } from '../../../ir/primitives.ts';
import { fromBlocks, toBlocks } from '../blocked-values.ts';
import { BLOCKED, type Builder } from '../builder.ts';
import type { EmitContext } from '../context.ts';
import { emitPad, emitSlice } from '../slices.ts';
import { emitTranspose, untransposed } from '../transposition.ts';
import { windowAttributes } from '../window-attributes.ts';

/** One axis of the gradient, divided into as many phases as the stride: y = stride · i + phase. */
interface Axis {
  readonly stride: number;
  /** The elements of a phase. */
  readonly length: number;
  /** The size of the kernel of a phase. */
  readonly reach: number;
  readonly padding: readonly [number, number];
  /** For each phase and each element of its kernel, the position in the kernel, or the one after its end for zero. */
  readonly positions: readonly number[];
}

/**
 * The input gradient of a convolution of one group with strides in the blocked layout, for channels and filters that are
 * multiples of the block. Each phase of the positions, as many as the product of the strides, is a convolution of dy with a
 * part of the kernel; the phases are the filters of one convolution, and are interleaved afterwards (the sub-pixel form):
 *
 *     dx[s · i + a] = Σ dy[i + (a + p − d · k) / s] · kernel[k]   over the k for which the index is an integer
 *
 * dy is read once, dx is written three times. The arithmetic is that of the forward convolution, rounded up to kernels of
 * the same size for all phases: 16 ninths for a kernel of 3 × 3 and strides of 2.
 */
export function inputGradientByPhases(
  context: EmitContext,
  [dy, kernel]: readonly [dy: string, kernel: string],
  dyShape: readonly number[],
  kernelShape: readonly number[],
  attributes: ConvolutionAttributes & { readonly inputShape: readonly number[] },
): string {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const [batch, channels] = [dyShape[0] ?? 0, kernelShape[1] ?? 0];
  const [rows, columns] = [planAxis(0), planAxis(1)];
  const phases = rows.stride * columns.stride;

  const weights = kernelOfPhases(context, kernel, kernelShape, [rows, columns]);
  const product = builder.emit('Conv', [toBlocks(builder, dy), weights], {
    attributes: {
      ...windowAttributes({ strides: [1, 1], dilations: [1, 1], padding: [rows.padding, columns.padding] }),
      group: 1,
      kernel_shape: [rows.reach, columns.reach],
    },
    domain: BLOCKED,
  });
  // [n · c / b, row phases, column phases, h, w, b] → [n · c / b, h, row phases, w, column phases, b]
  const images = (batch * channels) / block;
  const positions = rows.length * columns.length;
  const byColumn =
    columns.stride === 1
      ? product
      : builder.emit(
          'ReorderInput',
          [builder.reshape(product, [images * rows.stride, columns.stride, 1, positions * block])],
          { attributes: { channels_last: 1 }, domain: BLOCKED },
        );
  const row = columns.length * columns.stride * block;
  const byRow =
    rows.stride === 1
      ? byColumn
      : builder.emit('Transpose', [builder.reshape(byColumn, [images, rows.stride, rows.length, row])], {
          attributes: { perm: [0, 2, 1, 3] },
        });
  const whole = builder.reshape(byRow, [images, rows.length * rows.stride, columns.length * columns.stride, block]);
  const [height = 1, width = 1] = attributes.inputShape;
  const isCut = positions * phases !== height * width;
  const cut = isCut ? emitSlice(context, whole, [0, 0], [height, width], [1, 1], [1, 2]) : whole;
  return fromBlocks(builder, builder.reshape(cut, [batch, channels, height, width]), { channels });

  function planAxis(axis: number): Axis {
    const [stride, dilation] = [attributes.strides[axis] ?? 1, attributes.dilations[axis] ?? 1];
    const before = attributes.padding[axis]?.[0] ?? 0;
    const size = kernelShape[axis + 2] ?? 1;
    const given = dyShape[axis + 2] ?? 1;
    const length = Math.ceil((attributes.inputShape[axis] ?? 1) / stride);
    const taps = Array.from({ length: stride }, (_, phase) =>
      Array.from({ length: size }, (__, k) => ({ k, offset: (phase + before - k * dilation) / stride })).filter(
        ({ offset }) => Number.isInteger(offset),
      ),
    );
    const offsets = taps.flat().map(({ offset }) => offset);
    // The window includes the same element, and reaches to the end of dy, so that no padding is negative.
    const first = Math.min(0, ...offsets);
    const last = Math.max(given - length, 0, ...offsets);
    const reach = last - first + 1;
    const positions = taps.flatMap((phase) =>
      Array.from({ length: reach }, (_, i) => phase.find(({ offset }) => offset === first + i)?.k ?? size),
    );
    return { stride, length, reach, padding: [-first, length - 1 + last - (given - 1)], positions };
  }
}

/** [out, in, h, w] → [in / b · phases, out / b, reach, reach, b of out, b of in], as the engine reads it. */
function kernelOfPhases(
  context: EmitContext,
  kernel: string,
  [filters = 1, channels = 1, ...sizes]: readonly number[],
  [rows, columns]: readonly [Axis, Axis],
): string {
  const { builder, target } = context;
  const block = target.blockedChannels;
  // Kernels have the spatial axes first in Keras: padded and gathered there, whole rows are copied.
  const before = untransposed(builder, kernel, [filters, channels, ...sizes]);
  const [, , rowAxis = 2, columnAxis = 3] = before.perm;
  const none = before.shape.map(() => 0);
  const padded = emitPad(context, before.source, none, none.with(rowAxis, 1).with(columnAxis, 1));
  const gathered = gather(builder, gather(builder, padded, rows, rowAxis), columns, columnAxis);
  const gatheredShape = before.shape
    .with(rowAxis, rows.stride * rows.reach)
    .with(columnAxis, columns.stride * columns.reach);
  const whole = before.source === kernel ? gathered : emitTranspose(context, gathered, gatheredShape, before.perm);
  const splitShape = [
    ...[filters / block, block, channels / block, block],
    ...[rows.stride, rows.reach, columns.stride, columns.reach],
  ];
  const split = builder.reshape(whole, splitShape);
  const ordered = emitTranspose(context, split, splitShape, [2, 4, 6, 0, 5, 7, 1, 3]);
  return builder.reshape(ordered, [channels * rows.stride * columns.stride, filters, rows.reach, columns.reach]);
}

function gather(builder: Builder, name: string, { positions }: Axis, axis: number): string {
  return builder.emit('Gather', [name, builder.integers(positions)], { attributes: { axis } });
}
