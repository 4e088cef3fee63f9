import type { Shape } from '../../core/shape.ts';
import type { ReadOptions } from '../../formats/files/files.ts';
import type { ActivationIdentifier } from '../activations/resolve.ts';
import type { Model } from '../models/model.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import type { FileSource } from '../saving/formats/read-source.ts';

/** The weights of a network: `'imagenet'`, or a file by its path, its URL, or its bytes. */
export type ApplicationWeights = FileSource;

/** Options of all networks. `onProgress` and `signal` concern the file of the weights. */
export interface ApplicationOptions extends ReadOptions {
  /** Whether the network ends in its classifier, rather than in features. @default true */
  readonly includeTop?: boolean | undefined;
  /**
   * The weights: null for random ones, `'imagenet'` for those that Keras publishes, which are downloaded once, or a file.
   * @default 'imagenet'
   */
  readonly weights?: ApplicationWeights | null | undefined;
  /** The symbolic tensor that is the image. @default null, an `Input` of `inputShape` */
  readonly inputTensor?: KerasTensor | null | undefined;
  /** The shape of an image, `[height, width, channels]`. @default null, the size that the network was trained with, or any size without the top */
  readonly inputShape?: Shape | null | undefined;
  /** The pooling of the features without the top; null for none. @default null */
  readonly pooling?: 'avg' | 'max' | null | undefined;
  /** The number of classes. @default 1000 */
  readonly classes?: number | undefined;
  /** The activation of the classifier; null for logits. @default 'softmax' */
  readonly classifierActivation?: ActivationIdentifier | null | undefined;
  /** The name of the model. @default Keras's, such as 'resnet50' */
  readonly name?: string | null | undefined;
}

/** Options of networks that may contain the preprocessing of their images. */
export interface PreprocessingApplicationOptions extends ApplicationOptions {
  /** Whether the network begins with the preprocessing of images in [0, 255]. @default true */
  readonly includePreprocessing?: boolean | undefined;
}

/** Options of {@link MobileNet}. */
export interface MobileNetOptions extends ApplicationOptions {
  /** The factor of the numbers of filters. @default 1 */
  readonly alpha?: number | undefined;
  /** The number of filters per channel of the depthwise convolutions. @default 1 */
  readonly depthMultiplier?: number | undefined;
  /** The dropout rate before the classifier. @default 0.001 */
  readonly dropout?: number | undefined;
}

/** Options of {@link MobileNetV2}. */
export interface MobileNetV2Options extends ApplicationOptions {
  /** The factor of the numbers of filters. @default 1 */
  readonly alpha?: number | undefined;
}

/** Options of {@link MobileNetV3Small} and {@link MobileNetV3Large}. */
export interface MobileNetV3Options extends PreprocessingApplicationOptions {
  /** The factor of the numbers of filters. @default 1 */
  readonly alpha?: number | undefined;
  /** Whether the network has neither squeeze-and-excitation blocks, nor hard swish, nor 5×5 kernels. @default false */
  readonly minimalistic?: boolean | undefined;
  /** The dropout rate before the classifier. @default 0.2 */
  readonly dropoutRate?: number | undefined;
}

/** A function that makes a network: at once if `weights` is null, else when the weights have been read. */
export interface Application<Options extends ApplicationOptions = ApplicationOptions> {
  (options?: Options & { readonly weights?: ApplicationWeights | undefined }): Promise<Model>;
  (options: Options & { readonly weights: null }): Model;
  (options: Options): Model | Promise<Model>;
}
