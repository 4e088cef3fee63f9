/** The regularizers: a line for each file. The classes that strings and configs name are derived from these exports. */
export { L1, L1L2, type L1L2Options, type L1Options, L2, type L2Options } from './norms.ts';
export { OrthogonalRegularizer, type OrthogonalRegularizerOptions } from './orthogonal.ts';
