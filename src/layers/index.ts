export { Activation, type ActivationOptions } from './activations/activation.ts';
export { ReLU, type ReLULayerOptions } from './activations/relu.ts';
export { Softmax, type SoftmaxOptions } from './activations/softmax.ts';
export { type SerializedLayer, deserializeLayer as deserialize, serializeLayer as serialize } from './all.ts';
export type { ApplyOptions } from './apply-options.ts';
export { CallContext } from './call-context.ts';
export { Conv2D, type Conv2DOptions } from './convolutional/conv2d.ts';
export { Dense, type DenseOptions } from './core/dense.ts';
export { Input, InputLayer, type InputOptions } from './core/input-layer.ts';
export { Masking, type MaskingOptions } from './core/masking.ts';
export type { InputShape } from './input-shape.ts';
export { KerasTensor, type LayerNode } from './keras-tensor.ts';
export type { LayerOptions } from './layer-options.ts';
export { Layer } from './layer.ts';
export { BatchNormalization } from './normalization/batch-normalization.ts';
export type {
  Adjustment,
  BatchNormalizationOptions,
  RenormClipping,
} from './normalization/batch-normalization-options.ts';
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
export { AveragePooling2D, type AveragePooling2DOptions } from './pooling/average-pooling2d.ts';
export { GlobalAveragePooling2D, type GlobalAveragePooling2DOptions } from './pooling/global-average-pooling2d.ts';
export { GlobalMaxPooling2D, type GlobalMaxPooling2DOptions } from './pooling/global-max-pooling2d.ts';
export { MaxPooling2D, type MaxPooling2DOptions } from './pooling/max-pooling2d.ts';
export type { AdaptBatch, AdaptData } from './preprocessing/adapt-data.ts';
export {
  type AdaptOptions,
  type AdaptProgress,
  Normalization,
  type NormalizationOptions,
} from './preprocessing/normalization.ts';
export { Dropout, type DropoutOptions } from './regularization/dropout.ts';
export { Flatten, type FlattenOptions } from './reshaping/flatten.ts';
export { Reshape, type ReshapeOptions } from './reshaping/reshape.ts';
export type { WeightOptions } from './weight-list.ts';
