export { L1, L1L2, L2 } from './norms.ts';
export { OrthogonalRegularizer, type OrthogonalRegularizerOptions } from './orthogonal.ts';
export { Regularizer } from './regularizer.ts';
export { type RegularizerIdentifier, deserialize, get, serialize } from './resolve.ts';
