export * from './arithmetic.ts';
export * from './comparison.ts';
export * from './creation.ts';
export * from './exponential.ts';
export * from './indexing.ts';
export {
  type AxisOptions,
  type PadOptions,
  type PadWidth,
  type RepeatOptions,
  concatenate,
  pad,
  repeat,
  split,
  stack,
  tile,
} from './joining.ts';
export {
  type FlipOptions,
  type RollOptions,
  type SqueezeOptions,
  type TransposeOptions,
  type TriangleOptions,
  broadcastTo,
  expandDims,
  flip,
  moveaxis,
  ravel,
  reshape,
  roll,
  squeeze,
  swapaxes,
  transpose,
  tril,
  triu,
} from './manipulation.ts';
export * from './reductions.ts';
export * from './rounding.ts';
export * from './trigonometric.ts';
