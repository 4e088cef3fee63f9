import { checkDType } from '../../core/dtype.ts';
import * as ops from '../ops/index.ts';
import { configured, specify } from './families.ts';
import { readKey, writeKey, writeRange } from './key.ts';
import { expandAll, padWith, repeatAlong, reshapeTo } from './keras-forms.ts';
import type { Specification } from '../ops/base/specification.ts';
import type { Symbolic } from './symbolic.ts';

/**
 * The same elements, in the same order, under another shape. One size may be −1: it is worked out. A `null` is the
 * size of an axis that is not known while a model is described.
 * @see https://keras.io/api/ops/numpy/#reshape-function
 */
export const reshape: Symbolic<typeof ops.reshape> = configured(
  ops.reshape,
  { room: 'numpy', className: 'Reshape', parameters: ['x'], options: { newshape: undefined } },
  (x, shape) => ({ args: [x], config: { newshape: shape } }),
  ([x], options) => ops.reshape(x, reshapeTo(x, options.get('newshape'))),
);

/**
 * Axes in another order: output axis i is input axis `axes[i]`; reversed if no order is given.
 * @see https://keras.io/api/ops/numpy/#transpose-function
 */
export const transpose: Symbolic<typeof ops.transpose> = configured(
  ops.transpose,
  { room: 'numpy', className: 'Transpose', parameters: ['x'], options: { axes: null } },
  (x, axes) => ({ args: [x], config: { axes: axes ?? null } }),
  ([x], options) => ops.transpose(x, options.get<readonly number[] | null>('axes') ?? undefined),
);

/**
 * x repeated along axes of size 1, and along new axes in front, to a shape.
 * @see https://keras.io/api/ops/numpy/#broadcast_to-function
 */
export const broadcastTo: Symbolic<typeof ops.broadcastTo> = configured(
  ops.broadcastTo,
  { room: 'numpy', className: 'BroadcastTo', parameters: ['x'], options: { shape: undefined } },
  (x, shape) => ({ args: [x], config: { shape } }),
  ([x], options) => ops.broadcastTo(x, options.get('shape')),
);

/**
 * Values one behind the other along an axis, the first unless another is given.
 * @see https://keras.io/api/ops/numpy/#concatenate-function
 */
export const concatenate: Symbolic<typeof ops.concatenate> = configured(
  ops.concatenate,
  { room: 'numpy', className: 'Concatenate', parameters: ['xs'], options: { axis: 0 } },
  (values, axis = 0) => ({ args: [values], config: { axis } }),
  ([values], options) => ops.concatenate(values as readonly ops.Operand[], options.get('axis')),
);

/**
 * Values of one shape side by side along a new axis.
 * @see https://keras.io/api/ops/numpy/#stack-function
 */
export const stack: Symbolic<typeof ops.stack> = configured(
  ops.stack,
  { room: 'numpy', className: 'Stack', parameters: ['x'], options: { axis: 0 } },
  (values, axis = 0) => ({ args: [values], config: { axis } }),
  ([values], options) => ops.stack(values as readonly ops.Operand[], options.get('axis')),
);

/**
 * x cut along an axis: into so many equal parts, or at the indices of a list.
 * @see https://keras.io/api/ops/numpy/#split-function
 */
export const split: Symbolic<typeof ops.split> = configured(
  ops.split,
  { room: 'numpy', className: 'Split', parameters: ['x'], options: { indices_or_sections: undefined, axis: 0 } },
  (x, indicesOrSections, axis = 0) => ({ args: [x], config: { indices_or_sections: indicesOrSections, axis } }),
  ([x], options) => ops.split(x, options.get('indices_or_sections'), options.get('axis')),
);

/**
 * A new axis of size 1 at `axis`, which counts the new one: −1 puts it last.
 * @see https://keras.io/api/ops/numpy/#expand_dims-function
 */
export const expandDims: Symbolic<typeof ops.expandDims> = configured(
  ops.expandDims,
  { room: 'numpy', className: 'ExpandDims', parameters: ['x'], options: { axis: undefined } },
  (x, axis) => ({ args: [x], config: { axis } }),
  ([x], options) => expandAll(x, options.get('axis')),
);

/**
 * Without the axes of size 1 that are named, or without any.
 * @see https://keras.io/api/ops/numpy/#squeeze-function
 */
export const squeeze: Symbolic<typeof ops.squeeze> = configured(
  ops.squeeze,
  { room: 'numpy', className: 'Squeeze', parameters: ['x'], options: { axis: null } },
  (x, axis) => ({ args: [x], config: { axis: axis ?? null } }),
  ([x], options) => ops.squeeze(x, options.get<number | readonly number[] | null>('axis') ?? undefined),
);

/**
 * Each slice along an axis `repeats` times, one behind the other.
 * @see https://keras.io/api/ops/numpy/#repeat-function
 */
export const repeat: Symbolic<typeof ops.repeat> = configured(
  ops.repeat,
  { room: 'numpy', className: 'Repeat', parameters: ['x'], options: { repeats: undefined, axis: null } },
  (x, repeats, axis) => ({ args: [x], config: { repeats, axis } }),
  ([x], options) => repeatAlong(x, options.get('repeats'), options.get('axis')),
);

/**
 * The slices of x at integer indices along an axis; without one the elements of x at the indices. Indices must lie in
 * [0, size).
 * @see https://keras.io/api/ops/numpy/#take-function
 */
export const take: Symbolic<typeof ops.take> = configured(
  ops.take,
  { room: 'numpy', className: 'Take', parameters: ['x', 'indices'], options: { axis: null } },
  (x, indices, axis = null) => ({ args: [x, indices], config: { axis } }),
  ([x, indices], options) => ops.take(x, indices, options.get('axis')),
);

/**
 * A new last axis of `numClasses` with a one at the index and zeros elsewhere; all zeros for an index out of range.
 * @see https://keras.io/api/ops/nn/#one_hot-function
 */
export const oneHot: Symbolic<typeof ops.oneHot> = configured(
  ops.oneHot,
  {
    room: 'nn',
    className: 'OneHot',
    parameters: ['x'],
    options: { num_classes: undefined, axis: -1, dtype: null, sparse: false },
  },
  (indices, numClasses, dtype = 'float32') => ({
    args: [indices],
    config: { num_classes: numClasses, axis: -1, dtype, sparse: false },
  }),
  ([indices], options) => {
    options.refuse('axis', -1);
    options.refuse('sparse', false);
    return ops.oneHot(indices, options.get('num_classes'), checkDType(options.get('dtype') ?? 'float32', 'ops.oneHot'));
  },
);

/**
 * Zeros before and behind each axis: `width[i]` is [before, behind].
 * @see https://keras.io/api/ops/numpy/#pad-function
 */
export const pad: Symbolic<typeof ops.pad> = configured(
  ops.pad,
  {
    room: 'numpy',
    className: 'Pad',
    parameters: ['x', 'constant_values'],
    optional: 1,
    options: { pad_width: undefined, mode: 'constant' },
  },
  (x, width) => ({ args: [x], kwargs: { constant_values: null }, config: { pad_width: width, mode: 'constant' } }),
  ([x, constant], options) => {
    options.refuse('mode', 'constant');
    return padWith(x, options.get('pad_width'), constant);
  },
);

/**
 * A part of x, as Python's `x[key]`: an entry of the key for each axis, of the first axes if there are fewer.
 * @see https://keras.io/api/ops/numpy/#get_item-function
 */
export const getItem: Symbolic<typeof ops.getItem> = configured(
  ops.getItem,
  { room: 'numpy', className: 'GetItem', parameters: ['x', 'key'], options: {} },
  (x, key) => ({ args: [x, writeKey(key)] }),
  ([x, key]) => ops.getItem(x, readKey(key)),
);

/**
 * The elements from `starts` (inclusive) to `ends` (exclusive) on each axis, every `strides`-th of them. An end of
 * `Infinity` is the end of the axis.
 * @see https://keras.io/api/ops/core/#slice-function
 */
export const slice: Symbolic<typeof ops.slice> = configured(
  ops.slice,
  { room: 'numpy', className: 'GetItem', parameters: ['x', 'key'], options: {} },
  (x, starts, ends, strides) => ({ args: [x, starts.map((start, i) => writeRange(start, ends[i], strides?.[i]))] }),
  ([x, key]) => ops.getItem(x, readKey(key)),
);

/** What Keras has and `ops` has under no name of its own. */
export const others: readonly Specification[] = [
  // Keras's slice takes sizes in the place of ends.
  specify(
    { room: 'core', className: 'Slice', parameters: ['inputs', 'start_indices'], options: { shape: undefined } },
    ([x, starts], options) => {
      const sizes = options.get<readonly number[]>('shape');
      const from = starts as readonly number[];
      return ops.slice(
        x,
        from,
        sizes.map((size, i) => (size === -1 ? Infinity : (from[i] ?? 0) + size)),
      );
    },
  ),
];
