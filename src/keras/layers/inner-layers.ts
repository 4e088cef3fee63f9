import { type Config, isSerializedObject } from '../../core/config.ts';
import { NotImplementedError } from '../../core/errors.ts';
import { kernelAliases } from './aliases.ts';
import { Conv1DTranspose } from './convolutional/conv1d-transpose.ts';
import { Conv1D } from './convolutional/conv1d.ts';
import { Conv2DTranspose } from './convolutional/conv2d-transpose.ts';
import { Conv2D } from './convolutional/conv2d.ts';
import { Conv3DTranspose } from './convolutional/conv3d-transpose.ts';
import { Conv3D } from './convolutional/conv3d.ts';
import { DepthwiseConv1D } from './convolutional/depthwise-conv1d.ts';
import { DepthwiseConv2D } from './convolutional/depthwise-conv2d.ts';
import { Dense } from './core/dense.ts';
import { Embedding } from './core/embedding.ts';
import { Layer } from './base/layer.ts';
import { type LayerClasses, deserializeWith, serializeWith } from './serialization.ts';

/**
 * The layers with a kernel or embeddings, which layers that normalize weights may hold. These can write and read their own
 * configs with it; `all.ts`, which knows every class, does the same for layers that hold others.
 */
export const innerClasses: LayerClasses = {
  ...kernelAliases,
  Conv1D,
  Conv1DTranspose,
  Conv2D,
  Conv2DTranspose,
  Conv3D,
  Conv3DTranspose,
  Dense,
  DepthwiseConv1D,
  DepthwiseConv2D,
  Embedding,
};

/** Keras's JSON for a layer that another one holds. */
export function innerConfig(layer: Layer): Config {
  return { ...serializeWith(innerClasses, layer, layer.getConfig()) };
}

/** The layers that hold another, and know of no class that does. */
const WRAPPERS: readonly string[] = ['SpectralNormalization', 'WeightNormalization'];

/**
 * The layer that another one's config describes, or that `deserialize` has put there already.
 * @throws NotImplementedError if it holds a layer itself: `deserialize` knows these classes, they do not know each other.
 */
export function readInnerLayer(config: unknown): Layer {
  if (config instanceof Layer) return config;
  if (isSerializedObject(config) && WRAPPERS.includes(config.class_name)) {
    throw new NotImplementedError(
      `[fromConfig] a layer that holds one which holds another is read with layers.deserialize, or with its model. Received: layer=${config.class_name}.`,
    );
  }
  return deserializeWith({ classes: innerClasses, customObjects: {} }, config);
}
