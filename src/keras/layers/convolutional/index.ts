export {
  Conv1DTranspose,
  Conv1DTranspose as Convolution1DTranspose,
  type Conv1DTransposeOptions,
} from './conv1d-transpose.ts';
export { Conv1D, Conv1D as Convolution1D, type Conv1DOptions } from './conv1d.ts';
export {
  Conv2DTranspose,
  Conv2DTranspose as Convolution2DTranspose,
  type Conv2DTransposeOptions,
} from './conv2d-transpose.ts';
export { Conv2D, Conv2D as Convolution2D, type Conv2DOptions } from './conv2d.ts';
export {
  Conv3DTranspose,
  Conv3DTranspose as Convolution3DTranspose,
  type Conv3DTransposeOptions,
} from './conv3d-transpose.ts';
export { Conv3D, Conv3D as Convolution3D, type Conv3DOptions } from './conv3d.ts';
export { DepthwiseConv1D, type DepthwiseConv1DOptions } from './depthwise-conv1d.ts';
export { DepthwiseConv2D, type DepthwiseConv2DOptions } from './depthwise-conv2d.ts';
export {
  SeparableConv1D,
  SeparableConv1D as SeparableConvolution1D,
  type SeparableConv1DOptions,
} from './separable-conv1d.ts';
export {
  SeparableConv2D,
  SeparableConv2D as SeparableConvolution2D,
  type SeparableConv2DOptions,
} from './separable-conv2d.ts';
