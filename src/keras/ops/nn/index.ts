export {
  type EluOptions,
  type GeluOptions,
  type GluOptions,
  type LeakyReluOptions,
  type ReLUOptions,
  type ShrinkOptions,
  type SquareplusOptions,
  celu,
  elu,
  gelu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSigmoid,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softShrink,
  softplus,
  softsign,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  swish,
  tanhShrink,
  threshold,
} from './activations.ts';
export * from './convolution.ts';
export * from './encoding.ts';
export * from './losses.ts';
export * from './normalization.ts';
export * from './pooling.ts';
export * from './softmax.ts';
export type { DataFormat, Padding } from './window-layout.ts';
