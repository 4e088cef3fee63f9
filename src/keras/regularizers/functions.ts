import type { Arguments } from '../saving/arguments.ts';
import { L1, L1L2, type L1L2Options, type L1Options, L2, type L2Options } from './norms.ts';
import { OrthogonalRegularizer, type OrthogonalRegularizerOptions } from './orthogonal.ts';

/**
 * Returns `new L1(…)`: Keras's short name.
 *
 * @example
 * regularizers.l1(0.5).getConfig();   // { l1: 0.5 }
 * @see https://keras.io/api/layers/regularizers/#l1-class
 */
export function l1(...args: Arguments<L1Options, typeof L1.positional>): L1 {
  return new L1(...args);
}

/**
 * Returns `new L2(…)`: Keras's short name.
 *
 * @example
 * regularizers.l2(0.5).getConfig();   // { l2: 0.5 }
 * @see https://keras.io/api/layers/regularizers/#l2-class
 */
export function l2(...args: Arguments<L2Options, typeof L2.positional>): L2 {
  return new L2(...args);
}

/**
 * Returns `new L1L2(…)`: Keras's `l1_l2`.
 *
 * @example
 * regularizers.l1l2(0.5, 0.25).getConfig();   // { l1: 0.5, l2: 0.25 }
 * @see https://keras.io/api/layers/regularizers/#l1l2-class
 */
export function l1l2(...args: Arguments<L1L2Options, typeof L1L2.positional>): L1L2 {
  return new L1L2(...args);
}

/**
 * Returns `new OrthogonalRegularizer(…)`: Keras's short name.
 *
 * @example
 * regularizers.orthogonalRegularizer(0.5).mode;   // 'rows'
 * @see https://keras.io/api/layers/regularizers/#orthogonalregularizer-class
 */
export function orthogonalRegularizer(
  ...args: Arguments<OrthogonalRegularizerOptions, typeof OrthogonalRegularizer.positional>
): OrthogonalRegularizer {
  return new OrthogonalRegularizer(...args);
}
