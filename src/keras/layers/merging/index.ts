export { Add, type AddOptions } from './add.ts';
export { Average, type AverageOptions } from './average.ts';
export { Concatenate, type ConcatenateOptions } from './concatenate.ts';
export { Dot, type DotOptions } from './dot.ts';
export {
  type DotFunctionOptions,
  type MergeFunction,
  add,
  average,
  concatenate,
  dot,
  maximum,
  minimum,
  multiply,
  subtract,
} from './functions.ts';
export { Maximum, type MaximumOptions } from './maximum.ts';
export { Minimum, type MinimumOptions } from './minimum.ts';
export { Multiply, type MultiplyOptions } from './multiply.ts';
export { Subtract, type SubtractOptions } from './subtract.ts';
