import type { Config } from '../../core/config.ts';
import type { ConfigClass, CustomObjects } from '../saving/registry.ts';
import { Activation } from './activations/activation.ts';
import { ELU } from './activations/elu.ts';
import { LeakyReLU } from './activations/leaky-relu.ts';
import { PReLU } from './activations/prelu.ts';
import { ReLU } from './activations/relu.ts';
import { Softmax } from './activations/softmax.ts';
import { layerAliases } from './aliases.ts';
import { CustomScaleLayer } from './applications/custom-scale-layer.ts';
import { LayerScale } from './applications/layer-scale.ts';
import { StochasticDepth } from './applications/stochastic-depth.ts';
import { Conv1DTranspose } from './convolutional/conv1d-transpose.ts';
import { Conv1D } from './convolutional/conv1d.ts';
import { Conv2DTranspose } from './convolutional/conv2d-transpose.ts';
import { Conv2D } from './convolutional/conv2d.ts';
import { Conv3DTranspose } from './convolutional/conv3d-transpose.ts';
import { Conv3D } from './convolutional/conv3d.ts';
import { DepthwiseConv1D } from './convolutional/depthwise-conv1d.ts';
import { DepthwiseConv2D } from './convolutional/depthwise-conv2d.ts';
import { SeparableConv1D } from './convolutional/separable-conv1d.ts';
import { SeparableConv2D } from './convolutional/separable-conv2d.ts';
import { Dense } from './core/dense.ts';
import { Embedding } from './core/embedding.ts';
import { Identity } from './core/identity.ts';
import { InputLayer } from './core/input-layer.ts';
import { Lambda } from './core/lambda.ts';
import { Masking } from './core/masking.ts';
import type { Layer } from './base/layer.ts';
import { Add } from './merging/add.ts';
import { Average } from './merging/average.ts';
import { Concatenate } from './merging/concatenate.ts';
import { Dot } from './merging/dot.ts';
import { Maximum } from './merging/maximum.ts';
import { Minimum } from './merging/minimum.ts';
import { Multiply } from './merging/multiply.ts';
import { Subtract } from './merging/subtract.ts';
import { BatchNormalization } from './normalization/batch-normalization.ts';
import { GroupNormalization } from './normalization/group-normalization.ts';
import { InstanceNormalization } from './normalization/instance-normalization.ts';
import { LayerNormalization } from './normalization/layer-normalization.ts';
import { RMSNormalization } from './normalization/rms-normalization.ts';
import { SpectralNormalization } from './normalization/spectral-normalization.ts';
import { SyncBatchNormalization } from './normalization/sync-batch-normalization.ts';
import { UnitNormalization } from './normalization/unit-normalization.ts';
import { WeightNormalization } from './normalization/weight-normalization.ts';
import { WeightWrapper } from './normalization/weight-wrapper.ts';
import { AveragePooling1D } from './pooling/average-pooling1d.ts';
import { AveragePooling2D } from './pooling/average-pooling2d.ts';
import { AveragePooling3D } from './pooling/average-pooling3d.ts';
import { GlobalAveragePooling1D } from './pooling/global-average-pooling1d.ts';
import { GlobalAveragePooling2D } from './pooling/global-average-pooling2d.ts';
import { GlobalAveragePooling3D } from './pooling/global-average-pooling3d.ts';
import { GlobalMaxPooling1D } from './pooling/global-max-pooling1d.ts';
import { GlobalMaxPooling2D } from './pooling/global-max-pooling2d.ts';
import { GlobalMaxPooling3D } from './pooling/global-max-pooling3d.ts';
import { MaxPooling1D } from './pooling/max-pooling1d.ts';
import { MaxPooling2D } from './pooling/max-pooling2d.ts';
import { MaxPooling3D } from './pooling/max-pooling3d.ts';
import { Normalization } from './preprocessing/normalization.ts';
import { Rescaling } from './preprocessing/rescaling.ts';
import { ActivityRegularization } from './regularization/activity-regularization.ts';
import { AlphaDropout } from './regularization/alpha-dropout.ts';
import { Dropout } from './regularization/dropout.ts';
import { GaussianDropout } from './regularization/gaussian-dropout.ts';
import { GaussianNoise } from './regularization/gaussian-noise.ts';
import { SpatialDropout1D } from './regularization/spatial-dropout1d.ts';
import { SpatialDropout2D } from './regularization/spatial-dropout2d.ts';
import { SpatialDropout3D } from './regularization/spatial-dropout3d.ts';
import { Cropping1D } from './reshaping/cropping1d.ts';
import { Cropping2D } from './reshaping/cropping2d.ts';
import { Cropping3D } from './reshaping/cropping3d.ts';
import { Flatten } from './reshaping/flatten.ts';
import { Permute } from './reshaping/permute.ts';
import { RepeatVector } from './reshaping/repeat-vector.ts';
import { Reshape } from './reshaping/reshape.ts';
import { UpSampling1D } from './reshaping/up-sampling1d.ts';
import { UpSampling2D } from './reshaping/up-sampling2d.ts';
import { UpSampling3D } from './reshaping/up-sampling3d.ts';
import { ZeroPadding1D } from './reshaping/zero-padding1d.ts';
import { ZeroPadding2D } from './reshaping/zero-padding2d.ts';
import { ZeroPadding3D } from './reshaping/zero-padding3d.ts';
import { type LayerClasses, type SerializedLayer, deserializeWith, serializeWith } from './serialization.ts';

export type { SerializedLayer } from './serialization.ts';

/** The layers that files know by the names of their classes: a plain table, so that nothing is registered by a side effect. */
export const layerClasses: LayerClasses = {
  ...layerAliases,
  Activation,
  ActivityRegularization,
  Add,
  AlphaDropout,
  Average,
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  BatchNormalization,
  Concatenate,
  Conv1D,
  Conv1DTranspose,
  Conv2D,
  Conv2DTranspose,
  Conv3D,
  Conv3DTranspose,
  Cropping1D,
  Cropping2D,
  Cropping3D,
  CustomScaleLayer,
  Dense,
  DepthwiseConv1D,
  DepthwiseConv2D,
  Dot,
  Dropout,
  ELU,
  Embedding,
  Flatten,
  GaussianDropout,
  GaussianNoise,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  GroupNormalization,
  Identity,
  InputLayer,
  InstanceNormalization,
  Lambda,
  LayerNormalization,
  LayerScale,
  LeakyReLU,
  Masking,
  Maximum,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  Minimum,
  Multiply,
  Normalization,
  Permute,
  PReLU,
  ReLU,
  RepeatVector,
  Rescaling,
  Reshape,
  RMSNormalization,
  SeparableConv1D,
  SeparableConv2D,
  Softmax,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  SpectralNormalization,
  StochasticDepth,
  Subtract,
  SyncBatchNormalization,
  UnitNormalization,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
  WeightNormalization,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
};

/**
 * Keras's JSON for a layer: its class, the arguments to make it again, and the shape that it was built for.
 *
 * @throws TypeError if a function in it has no name.
 * @example
 * const { class_name, config } = layers.serialize(new layers.Flatten({ name: 'flat' }));
 * class_name;             // 'Flatten'
 * config.data_format;     // 'channels_last'
 * @see https://keras.io/api/utils/serialization_utils/
 */
export function serializeLayer(layer: Layer): SerializedLayer {
  const config = layer.getConfig();
  const full = layer instanceof WeightWrapper ? { ...config, layer: { ...serializeLayer(layer.layer) } } : config;
  return serializeWith(layerClasses, layer, full);
}

/**
 * The layer that a config object describes, built if the object says for which shape.
 *
 * `customObjects` holds the user's own classes and functions (layers, activations, initializers, …) by the names that
 * the config has for them; they come before the built-in ones.
 *
 * @throws TypeError if there is no such layer, or what is given is no config object.
 * @example
 * const json = layers.serialize(new layers.Dense(10, { activation: 'relu' }));
 * layers.deserialize(json).computeOutputShape([null, 4]);    // [null, 10]
 * @see https://keras.io/api/utils/serialization_utils/
 */
export function deserializeLayer(serialized: unknown, customObjects: CustomObjects = {}): Layer {
  const prepare = (layerClass: ConfigClass<unknown>, config: Config): Config =>
    holdsLayer(layerClass) ? withInner(config, customObjects) : config;
  return deserializeWith({ classes: layerClasses, customObjects, prepare }, serialized);
}

/** Whether objects of a class hold a layer, which their config has under `layer`. */
function holdsLayer(layerClass: ConfigClass<unknown>): boolean {
  return (layerClass as unknown as { readonly prototype: unknown }).prototype instanceof WeightWrapper;
}

/** The config with the layer inside, which may be of the user's own classes. */
function withInner(config: Config, customObjects: CustomObjects): Config {
  return { ...config, layer: deserializeLayer(config['layer'], customObjects) as never };
}
