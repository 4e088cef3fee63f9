import * as ops from '../ops/index.ts';
import { toValue } from '../ops/operand.ts';
import { configured, reduction } from './families.ts';
import type { Symbolic } from './symbolic.ts';

/**
 * Σ x over axes. Truth values are counted, as int32.
 * @see https://keras.io/api/ops/numpy/#sum-function
 */
export const sum: Symbolic<typeof ops.sum> = reduction(ops.sum, 'Sum');

/**
 * Σ x / N over axes, in a floating type.
 * @see https://keras.io/api/ops/numpy/#mean-function
 */
export const mean: Symbolic<typeof ops.mean> = reduction(ops.mean, 'Mean');

/**
 * The greatest element over axes. Where several are greatest, they share the gradient.
 * @see https://keras.io/api/ops/numpy/#max-function
 */
export const max: Symbolic<typeof ops.max> = reduction(ops.max, 'Max', { initial: null });

/**
 * The least element over axes. Where several are least, they share the gradient.
 * @see https://keras.io/api/ops/numpy/#min-function
 */
export const min: Symbolic<typeof ops.min> = reduction(ops.min, 'Min', { initial: null });

/**
 * Whether all hold, over axes; all but 0 holds. Truth values are 0 and 1.
 * @see https://keras.io/api/ops/numpy/#all-function
 */
export const all: Symbolic<typeof ops.all> = reduction(ops.all, 'All');

/**
 * Whether any holds, over axes; all but 0 holds. Truth values are 0 and 1.
 * @see https://keras.io/api/ops/numpy/#any-function
 */
export const any: Symbolic<typeof ops.any> = reduction(ops.any, 'Any');

/**
 * The product over axes: halves of an axis are multiplied until one element is left, so that its gradient is right
 * where elements are zero.
 * @see https://keras.io/api/ops/numpy/#prod-function
 */
export const prod: Symbolic<typeof ops.prod> = reduction(ops.prod, 'Prod', { dtype: null });

/**
 * The population variance over axes, computed in two passes:
 * @see https://keras.io/api/ops/numpy/#var-function
 */
export const variance: Symbolic<typeof ops.variance> = reduction(ops.variance, 'Var');

/**
 * The int32 index of the first greatest element along an axis; without one among all elements.
 * @see https://keras.io/api/ops/numpy/#argmax-function
 */
export const argmax: Symbolic<typeof ops.argmax> = configured(
  ops.argmax,
  { room: 'numpy', className: 'Argmax', parameters: ['x'], options: { axis: null, keepdims: false } },
  (x, axis = null, { keepdims = false } = {}) => ({ args: [x], config: { axis, keepdims } }),
  ([x], options) => ops.argmax(x, options.get('axis'), { keepdims: options.get('keepdims') }),
);

/**
 * eˣ / Σ eˣ along an axis, or over several together. The greatest element is subtracted first, so that nothing
 * overflows.
 * @see https://keras.io/api/ops/nn/#softmax-function
 */
export const softmax: Symbolic<typeof ops.softmax> = configured(
  ops.softmax,
  { room: 'nn', className: 'Softmax', parameters: ['x'], options: { axis: -1 } },
  (x, axis = -1) => ({ args: [x], config: { axis } }),
  ([x], options) => ops.softmax(x, axesOf(x, options.get('axis'))),
);

/**
 * log softmax(x) = x − log Σ eˣ along an axis, without the loss of precision of computing it in two steps.
 * @see https://keras.io/api/ops/nn/#log_softmax-function
 */
export const logSoftmax: Symbolic<typeof ops.logSoftmax> = configured(
  ops.logSoftmax,
  { room: 'nn', className: 'LogSoftmax', parameters: ['x'], options: { axis: -1 } },
  (x, axis = -1) => ({ args: [x], config: { axis } }),
  ([x], options) => ops.logSoftmax(x, options.get('axis')),
);

/**
 * Mean and population variance over axes, in two passes:
 * @see https://keras.io/api/ops/nn/#moments-function
 */
export const moments: Symbolic<typeof ops.moments> = configured(
  ops.moments,
  {
    room: 'nn',
    className: 'Moments',
    parameters: ['x'],
    options: { axes: undefined, keepdims: false, synchronized: false },
  },
  (x, axes, { keepdims = false } = {}) => ({ args: [x], config: { axes: list(axes), keepdims, synchronized: false } }),
  ([x], options) => {
    options.refuse('synchronized', false);
    return ops.moments(x, options.get('axes'), { keepdims: options.get('keepdims') });
  },
);

/**
 * x / max(‖x‖, epsilon), the norm taken along the axes.
 * @see https://keras.io/api/ops/nn/#normalize-function
 */
export const normalize: Symbolic<typeof ops.normalize> = configured(
  ops.normalize,
  { room: 'nn', className: 'Normalize', parameters: ['x'], options: { axis: -1, order: 2, epsilon: null } },
  (x, { axis = -1, order = 2, epsilon } = {}) => ({ args: [x], config: { axis, order, epsilon: epsilon ?? null } }),
  ([x], options) =>
    ops.normalize(x, {
      axis: options.get('axis'),
      order: options.get('order'),
      epsilon: options.get<number | null>('epsilon') ?? undefined,
    }),
);

function list(axes: number | readonly number[]): readonly number[] {
  return typeof axes === 'number' ? [axes] : axes;
}

/** All axes, where Keras writes null. */
function axesOf(x: ops.Operand, axis: number | readonly number[] | null): number | readonly number[] {
  return axis ?? toValue(x).shape.map((_, i) => i);
}
