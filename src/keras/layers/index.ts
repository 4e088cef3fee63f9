export { Activation, type ActivationOptions } from './activations/activation.ts';
export { ELU, type ELULayerOptions } from './activations/elu.ts';
export { LeakyReLU, type LeakyReLULayerOptions } from './activations/leaky-relu.ts';
export { PReLU, type PReLUOptions } from './activations/prelu.ts';
export { ReLU, type ReLULayerOptions } from './activations/relu.ts';
export { Softmax, type SoftmaxOptions } from './activations/softmax.ts';
export {
  AvgPool1D,
  AvgPool2D,
  AvgPool3D,
  Convolution1D,
  Convolution1DTranspose,
  Convolution2D,
  Convolution2DTranspose,
  Convolution3D,
  Convolution3DTranspose,
  GlobalAvgPool1D,
  GlobalAvgPool2D,
  GlobalAvgPool3D,
  GlobalMaxPool1D,
  GlobalMaxPool2D,
  GlobalMaxPool3D,
  MaxPool1D,
  MaxPool2D,
  MaxPool3D,
  SeparableConvolution1D,
  SeparableConvolution2D,
} from './aliases.ts';
export { type SerializedLayer, deserializeLayer as deserialize, serializeLayer as serialize } from './all.ts';
export type { ApplyOptions } from './base/apply-options.ts';
export { CallContext } from './base/call-context.ts';
export { Conv1DTranspose, type Conv1DTransposeOptions } from './convolutional/conv1d-transpose.ts';
export { Conv1D, type Conv1DOptions } from './convolutional/conv1d.ts';
export { Conv2DTranspose, type Conv2DTransposeOptions } from './convolutional/conv2d-transpose.ts';
export { Conv2D, type Conv2DOptions } from './convolutional/conv2d.ts';
export { Conv3DTranspose, type Conv3DTransposeOptions } from './convolutional/conv3d-transpose.ts';
export { Conv3D, type Conv3DOptions } from './convolutional/conv3d.ts';
export { DepthwiseConv1D, type DepthwiseConv1DOptions } from './convolutional/depthwise-conv1d.ts';
export { DepthwiseConv2D, type DepthwiseConv2DOptions } from './convolutional/depthwise-conv2d.ts';
export { SeparableConv1D, type SeparableConv1DOptions } from './convolutional/separable-conv1d.ts';
export { SeparableConv2D, type SeparableConv2DOptions } from './convolutional/separable-conv2d.ts';
export { Dense, type DenseOptions } from './core/dense.ts';
export { Embedding, type EmbeddingOptions } from './core/embedding.ts';
export { Identity, type IdentityOptions } from './core/identity.ts';
export { Input, InputLayer, type InputOptions } from './core/input-layer.ts';
export { Lambda, type LambdaOptions, type LambdaFunction, type LambdaContext } from './core/lambda.ts';
export { Masking, type MaskingOptions } from './core/masking.ts';
export type { InputShape } from './base/input-shape.ts';
export { KerasTensor, type Node as LayerNode } from '../ops/base/keras-tensor.ts';
export type { LayerOptions } from './base/layer-options.ts';
export { Layer } from './base/layer.ts';
export { Add, type AddOptions } from './merging/add.ts';
export { Average, type AverageOptions } from './merging/average.ts';
export { Concatenate, type ConcatenateOptions } from './merging/concatenate.ts';
export { Dot, type DotOptions } from './merging/dot.ts';
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
} from './merging/functions.ts';
export { Maximum, type MaximumOptions } from './merging/maximum.ts';
export { Minimum, type MinimumOptions } from './merging/minimum.ts';
export { Multiply, type MultiplyOptions } from './merging/multiply.ts';
export { Subtract, type SubtractOptions } from './merging/subtract.ts';
export type {
  Adjustment,
  BatchNormalizationOptions,
  RenormClipping,
} from './normalization/batch-normalization-options.ts';
export { BatchNormalization } from './normalization/batch-normalization.ts';
export { GroupNormalization, type GroupNormalizationOptions } from './normalization/group-normalization.ts';
export { InstanceNormalization, type InstanceNormalizationOptions } from './normalization/instance-normalization.ts';
export { LayerNormalization, type LayerNormalizationOptions } from './normalization/layer-normalization.ts';
export { RMSNormalization, type RMSNormalizationOptions } from './normalization/rms-normalization.ts';
export { SpectralNormalization, type SpectralNormalizationOptions } from './normalization/spectral-normalization.ts';
export {
  SyncBatchNormalization,
  type SyncBatchNormalizationOptions,
} from './normalization/sync-batch-normalization.ts';
export { UnitNormalization, type UnitNormalizationOptions } from './normalization/unit-normalization.ts';
export { WeightNormalization, type WeightNormalizationOptions } from './normalization/weight-normalization.ts';
export { AveragePooling1D, type AveragePooling1DOptions } from './pooling/average-pooling1d.ts';
export { AveragePooling2D, type AveragePooling2DOptions } from './pooling/average-pooling2d.ts';
export { AveragePooling3D, type AveragePooling3DOptions } from './pooling/average-pooling3d.ts';
export { GlobalAveragePooling1D, type GlobalAveragePooling1DOptions } from './pooling/global-average-pooling1d.ts';
export { GlobalAveragePooling2D, type GlobalAveragePooling2DOptions } from './pooling/global-average-pooling2d.ts';
export { GlobalAveragePooling3D, type GlobalAveragePooling3DOptions } from './pooling/global-average-pooling3d.ts';
export { GlobalMaxPooling1D, type GlobalMaxPooling1DOptions } from './pooling/global-max-pooling1d.ts';
export { GlobalMaxPooling2D, type GlobalMaxPooling2DOptions } from './pooling/global-max-pooling2d.ts';
export { GlobalMaxPooling3D, type GlobalMaxPooling3DOptions } from './pooling/global-max-pooling3d.ts';
export { MaxPooling1D, type MaxPooling1DOptions } from './pooling/max-pooling1d.ts';
export { MaxPooling2D, type MaxPooling2DOptions } from './pooling/max-pooling2d.ts';
export { MaxPooling3D, type MaxPooling3DOptions } from './pooling/max-pooling3d.ts';
export type { AdaptBatch, AdaptData } from './preprocessing/adapt-data.ts';
export {
  type AdaptOptions,
  type AdaptProgress,
  Normalization,
  type NormalizationOptions,
} from './preprocessing/normalization.ts';
export { Rescaling, type RescalingOptions, type RescalingFactor } from './preprocessing/rescaling.ts';
export {
  ActivityRegularization,
  type ActivityRegularizationOptions,
} from './regularization/activity-regularization.ts';
export { AlphaDropout, type AlphaDropoutOptions } from './regularization/alpha-dropout.ts';
export { Dropout, type DropoutOptions } from './regularization/dropout.ts';
export { GaussianDropout, type GaussianDropoutOptions } from './regularization/gaussian-dropout.ts';
export { GaussianNoise, type GaussianNoiseOptions } from './regularization/gaussian-noise.ts';
export { SpatialDropout1D, type SpatialDropout1DOptions } from './regularization/spatial-dropout1d.ts';
export { SpatialDropout2D, type SpatialDropout2DOptions } from './regularization/spatial-dropout2d.ts';
export { SpatialDropout3D, type SpatialDropout3DOptions } from './regularization/spatial-dropout3d.ts';
export { Cropping1D, type Cropping1DOptions } from './reshaping/cropping1d.ts';
export { Cropping2D, type Cropping2DOptions } from './reshaping/cropping2d.ts';
export { Cropping3D, type Cropping3DOptions } from './reshaping/cropping3d.ts';
export { Flatten, type FlattenOptions } from './reshaping/flatten.ts';
export { Permute, type PermuteOptions } from './reshaping/permute.ts';
export { RepeatVector, type RepeatVectorOptions } from './reshaping/repeat-vector.ts';
export { Reshape, type ReshapeOptions } from './reshaping/reshape.ts';
export { UpSampling1D, type UpSampling1DOptions } from './reshaping/up-sampling1d.ts';
export { UpSampling2D, type UpSampling2DOptions, type UpSamplingInterpolation } from './reshaping/up-sampling2d.ts';
export { UpSampling3D, type UpSampling3DOptions } from './reshaping/up-sampling3d.ts';
export { ZeroPadding1D, type ZeroPadding1DOptions } from './reshaping/zero-padding1d.ts';
export { ZeroPadding2D, type ZeroPadding2DOptions } from './reshaping/zero-padding2d.ts';
export { ZeroPadding3D, type ZeroPadding3DOptions } from './reshaping/zero-padding3d.ts';
export type { WeightOptions } from './base/weight-list.ts';
