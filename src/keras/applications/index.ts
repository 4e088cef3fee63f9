/**
 * The networks of `keras.applications`, with random weights, with those that Keras publishes, or with those of a file.
 *
 * @module evenkeel/applications
 */
export * as convnext from './convnext.ts';
export * as densenet from './densenet.ts';
export * as efficientnet from './efficientnet.ts';
export * as efficientnetV2 from './efficientnet-v2.ts';
export * as imagenetUtils from './imagenet-utils.ts';
export * as inceptionResnetV2 from './inception-resnet-v2.ts';
export * as inceptionV3 from './inception-v3.ts';
export * as mobilenet from './mobilenet.ts';
export * as mobilenetV2 from './mobilenet-v2.ts';
export * as mobilenetV3 from './mobilenet-v3.ts';
export * as nasnet from './nasnet.ts';
export * as resnet from './resnet.ts';
export * as resnet50 from './resnet50.ts';
export * as resnetV2 from './resnet-v2.ts';
export * as vgg16 from './vgg16.ts';
export * as vgg19 from './vgg19.ts';
export * as xception from './xception.ts';
export { ConvNeXtBase, ConvNeXtLarge, ConvNeXtSmall, ConvNeXtTiny, ConvNeXtXLarge } from './convnext.ts';
export { DenseNet121, DenseNet169, DenseNet201 } from './densenet.ts';
export {
  EfficientNetB0,
  EfficientNetB1,
  EfficientNetB2,
  EfficientNetB3,
  EfficientNetB4,
  EfficientNetB5,
  EfficientNetB6,
  EfficientNetB7,
} from './efficientnet.ts';
export {
  EfficientNetV2B0,
  EfficientNetV2B1,
  EfficientNetV2B2,
  EfficientNetV2B3,
  EfficientNetV2L,
  EfficientNetV2M,
  EfficientNetV2S,
} from './efficientnet-v2.ts';
export { InceptionResNetV2 } from './inception-resnet-v2.ts';
export { InceptionV3 } from './inception-v3.ts';
export { MobileNet } from './mobilenet.ts';
export { MobileNetV2 } from './mobilenet-v2.ts';
export { MobileNetV3Large, MobileNetV3Small } from './mobilenet-v3.ts';
export { NASNetLarge, NASNetMobile } from './nasnet.ts';
export { ResNet101, ResNet152, ResNet50 } from './resnet.ts';
export { ResNet101V2, ResNet152V2, ResNet50V2 } from './resnet-v2.ts';
export { VGG16 } from './vgg16.ts';
export { VGG19 } from './vgg19.ts';
export { Xception } from './xception.ts';
export type { DecodePredictionsOptions, ImagenetPrediction } from './decode-predictions.ts';
export type {
  Application,
  ApplicationOptions,
  ApplicationWeights,
  MobileNetOptions,
  MobileNetV2Options,
  MobileNetV3Options,
  PreprocessingApplicationOptions,
} from './options.ts';
export type {
  NetworkPreprocessInputOptions,
  PreprocessInput,
  PreprocessInputOptions,
  PreprocessingMode,
} from './preprocess-input.ts';
