import { checkInteger } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toValue } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { KerasTensor } from '../base/keras-tensor.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { type Padding, checkLayout, paddingOf, perAxis } from '../nn/window-layout.ts';
import type { DataFormatOptions } from './images.ts';

/** Options of {@link extractPatches}. A list has an entry for each spatial axis. */
export interface ExtractPatchesOptions extends DataFormatOptions {
  /** The distance between patches. @default null, their size, so that they adjoin */
  strides?: number | readonly number[] | null | undefined;
  /** The distance between neighboring elements of a patch. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
  /** Whether the images are padded with zeros. @default 'valid' */
  padding?: Padding | undefined;
}

const WHO = 'ops.image.extractPatches';

/** The size of a patch: one integer is that of both axes of an image. */
function readPatch(size: number | readonly number[]): readonly number[] {
  const list = typeof size === 'number' ? [size, size] : size;
  if (Array.isArray(list) && [2, 3].includes(list.length)) return perAxis(list, list.length, WHO, 'size');
  throw new ValueError(`[${WHO}] size must be an integer, or two or three of them. Received: size=${show(size)}.`);
}

/** The indices of the elements of a patch, in row-major order. */
function positions(window: readonly number[]): readonly (readonly number[])[] {
  return window.reduce<readonly (readonly number[])[]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

/**
 * The patches of images or volumes, each flattened into the channels: rows, then columns, then the channels of the image.
 *
 * Shapes: `[…spatial, channels]` → `[…patches, elements of a patch · channels]` for two or three spatial axes, as many as
 * `size` has entries, with a batch axis before, or channels first.
 *
 * @throws ValueError for images of another rank, or options that do not fit the axes.
 * @example
 * await jit((x) => ops.image.extractPatches(x, [1, 2]))([[[1], [2], [3], [4]]]);   // [[[1, 2], [3, 4]]]
 * @see https://keras.io/api/ops/image/#extract_patches-function
 */
export const extractPatches: Symbolic<
  (images: Operand, size: number | readonly number[], options?: ExtractPatchesOptions) => Value
> = op(
  'image.ExtractPatches',
  ['images'],
  { size: REQUIRED, strides: null, dilationRate: 1, padding: 'valid', dataFormat: null },
  (images: Operand, size: number | readonly number[], options: ExtractPatchesOptions = {}): Value => {
    const value = toValue(images);
    const window = readPatch(size);
    const axes = window.length;
    if (value.rank !== axes + 1 && value.rank !== axes + 2) {
      throw new ValueError(
        `[${WHO}] images must have ${axes} spatial axes and channels, and may have a batch axis: a rank of ${axes + 1} or ${axes + 2}. Received: shape ${showShape(value.shape)}.`,
      );
    }
    const { padding, dataFormat } = checkLayout(WHO, options);
    const strides = perAxis(options.strides ?? window, axes, WHO, 'strides');
    const dilations = perAxis(options.dilationRate ?? 1, axes, WHO, 'dilationRate');
    const channels = dataFormat === 'channels_last' ? value.rank - 1 : value.rank - axes - 1;
    const firstAxis = dataFormat === 'channels_last' ? value.rank - axes - 1 : value.rank - axes;
    const spatial = value.shape.slice(firstAxis, firstAxis + axes);
    const edges = paddingOf(padding, spatial, window, strides, dilations);
    const onAxes = (given: readonly number[], other: number): number[] =>
      value.shape.map((_, axis) => given[axis - firstAxis] ?? other);
    const [padded] = createNode('pad', [value], {
      before: onAxes(
        edges.map(([before]) => before),
        0,
      ),
      after: onAxes(
        edges.map(([, after]) => after),
        0,
      ),
      between: onAxes([], 0),
    });
    const sizes = padded.shape.slice(firstAxis, firstAxis + axes);
    const reach = window.map((extent, i) => (extent - 1) * (dilations[i] ?? 1));
    if (sizes.some((extent, i) => extent !== null && extent <= (reach[i] ?? 0))) {
      throw new ValueError(
        `[${WHO}] a patch must be within the images. Received: size=${show(size)} for images of shape ${showShape(value.shape)}.`,
      );
    }
    // The elements at one place of all patches: from its place in the first patch to its place in the last.
    const parts = positions(window).map((position) => {
      const starts = position.map((index, i) => index * (dilations[i] ?? 1));
      const ends = starts.map((start, i) => (sizes[i] ?? Infinity) - (reach[i] ?? 0) + start);
      return build.slice(padded, onAxes(starts, 0), onAxes(ends, Infinity), onAxes(strides, 1));
    });
    return build.concatenate([parts[0] ?? padded, ...parts.slice(1)], channels);
  },
);

/**
 * The patches of volumes: {@link extractPatches} with three spatial axes.
 *
 * Shapes: `[depth, height, width, channels]`, with a batch axis before, or channels first → `[…patches, elements · channels]`.
 *
 * @throws ValueError for volumes of another rank, or options that do not fit the axes.
 * @example
 * await jit((x) => ops.image.extractPatches3d(x, [2, 1, 1]))([[[[1]]], [[[2]]]]);   // [[[[1, 2]]]]
 * @see https://keras.io/api/ops/image/#extract_patches_3d-function
 */
export function extractPatches3d(
  volumes: KerasTensor,
  size: number | readonly number[],
  options?: ExtractPatchesOptions,
): KerasTensor;
export function extractPatches3d(
  volumes: Operand,
  size: number | readonly number[],
  options?: ExtractPatchesOptions,
): Value;
export function extractPatches3d(
  volumes: Operand | KerasTensor,
  size: number | readonly number[],
  options: ExtractPatchesOptions = {},
): Value | KerasTensor {
  const who = 'ops.image.extractPatches3d';
  const sizes =
    typeof size === 'number' ? [size, size, size].map((extent) => checkInteger(who, 'size', extent, 1)) : size;
  if (sizes.length !== 3) {
    throw new ValueError(`[${who}] size must be an integer, or three of them. Received: size=${show(size)}.`);
  }
  return extractPatches(volumes as Operand, sizes, options);
}
