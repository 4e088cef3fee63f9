import { type Config, isRecord, isSerializedObject } from '../../../core/config.ts';
import { NotImplementedError, show } from '../../../core/errors.ts';
import { type Field, field } from '../../saving/fields.ts';
import { Layer } from '../base/layer.ts';
import {
  type LayerClasses,
  type LayerReadContext,
  classesIn,
  deserializeWith,
  serializeWith,
} from '../base/serialization.ts';
import * as convolutional from '../convolutional/index.ts';
import * as core from '../core/index.ts';

/**
 * The layers that a layer which normalizes weights can write and read by itself: those of the folders that have layers
 * with a kernel or embeddings. Reading and writing of whole models use the classes of all folders, and the user's.
 */
export const innerClasses: LayerClasses = classesIn(core, convolutional);

/** The option `layer`: another layer, which configs contain as Keras's JSON. */
export const innerLayer: Field<Layer> = field({
  read: (who, option, given) => {
    if (given instanceof Layer) return given;
    throw new TypeError(`[${who}] ${option} must be a layer. Received: ${option}=${show(given)}.`);
  },
  write: (layer): Config => ({ ...serializeWith(innerClasses, layer) }),
  revive: (json, context: LayerReadContext) => {
    if (json instanceof Layer) return json;
    if (context.readLayer !== undefined) return context.readLayer(json);
    if (isSerializedObject(json) && isRecord(json.config['layer'])) {
      throw new NotImplementedError(
        `[fromConfig] a layer that wraps a wrapping layer must be read with layers.deserialize, or with its model. Received: layer=${json.class_name}.`,
      );
    }
    return deserializeWith(innerClasses, json, context);
  },
});
