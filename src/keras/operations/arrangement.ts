import * as ops from '../ops/index.ts';
import { configured, elementwise } from './families.ts';
import type { Symbolic } from './symbolic.ts';

/**
 * x with two axes exchanged.
 * @see https://keras.io/api/ops/numpy/#swapaxes-function
 */
export const swapaxes: Symbolic<typeof ops.swapaxes> = configured(
  ops.swapaxes,
  { room: 'numpy', className: 'Swapaxes', parameters: ['x'], options: { axis1: undefined, axis2: undefined } },
  (x, axis1, axis2) => ({ args: [x], config: { axis1, axis2 } }),
  ([x], options) => ops.swapaxes(x, options.get('axis1'), options.get('axis2')),
);

/**
 * x with axes moved to places of the result; the others keep their order.
 * @see https://keras.io/api/ops/numpy/#moveaxis-function
 */
export const moveaxis: Symbolic<typeof ops.moveaxis> = configured(
  ops.moveaxis,
  { room: 'numpy', className: 'Moveaxis', parameters: ['x'], options: { source: undefined, destination: undefined } },
  (x, source, destination) => ({ args: [x], config: { source, destination } }),
  ([x], options) => ops.moveaxis(x, options.get('source'), options.get('destination')),
);

/**
 * The elements of x one behind the other.
 * @see https://keras.io/api/ops/numpy/#ravel-function
 */
export const ravel: Symbolic<typeof ops.ravel> = elementwise(ops.ravel, 'numpy', 'Ravel', ['x']);

/**
 * x laid side by side so many times on each axis.
 * @see https://keras.io/api/ops/numpy/#tile-function
 */
export const tile: Symbolic<typeof ops.tile> = configured(
  ops.tile,
  { room: 'numpy', className: 'Tile', parameters: ['x'], options: { repeats: undefined } },
  (x, repeats) => ({ args: [x], config: { repeats } }),
  ([x], options) => ops.tile(x, options.get('repeats')),
);

/**
 * x with the elements of axes in reverse order; of all axes where none is named.
 * @see https://keras.io/api/ops/numpy/#flip-function
 */
export const flip: Symbolic<typeof ops.flip> = configured(
  ops.flip,
  { room: 'numpy', className: 'Flip', parameters: ['x'], options: { axis: null } },
  (x, axis = null) => ({ args: [x], config: { axis } }),
  ([x], options) => ops.flip(x, options.get('axis')),
);

/**
 * x with elements moved along axes, those that leave at the end coming in at the front.
 * @see https://keras.io/api/ops/numpy/#roll-function
 */
export const roll: Symbolic<typeof ops.roll> = configured(
  ops.roll,
  { room: 'numpy', className: 'Roll', parameters: ['x'], options: { shift: undefined, axis: null } },
  (x, shift, axis = null) => ({ args: [x], config: { shift, axis } }),
  ([x], options) => ops.roll(x, options.get('shift'), options.get('axis')),
);

/**
 * The slices of x along an axis, which goes.
 * @see https://keras.io/api/ops/core/#unstack-function
 */
export const unstack: Symbolic<typeof ops.unstack> = configured(
  ops.unstack,
  { room: 'core', className: 'Unstack', parameters: ['x'], options: { num: null, axis: 0 } },
  (x, num = null, axis = 0) => ({ args: [x], config: { num, axis } }),
  ([x], options) => ops.unstack(x, options.get('num'), options.get('axis')),
);

/**
 * The lower triangle of the last two axes, with 0 above the k-th diagonal.
 * @see https://keras.io/api/ops/numpy/#tril-function
 */
export const tril: Symbolic<typeof ops.tril> = configured(
  ops.tril,
  { room: 'numpy', className: 'Tril', parameters: ['x'], options: { k: 0 } },
  (x, k = 0) => ({ args: [x], config: { k } }),
  ([x], options) => ops.tril(x, options.get('k')),
);

/**
 * The upper triangle of the last two axes, with 0 below the k-th diagonal.
 * @see https://keras.io/api/ops/numpy/#triu-function
 */
export const triu: Symbolic<typeof ops.triu> = configured(
  ops.triu,
  { room: 'numpy', className: 'Triu', parameters: ['x'], options: { k: 0 } },
  (x, k = 0) => ({ args: [x], config: { k } }),
  ([x], options) => ops.triu(x, options.get('k')),
);
