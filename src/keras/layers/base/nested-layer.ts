import { type Config, type Json, isRecord, isSerializedObject } from '../../../core/config.ts';
import { NotImplementedError, show } from '../../../core/errors.ts';
import { type Field, field } from '../../saving/fields.ts';
import { Layer } from './layer.ts';
import { type LayerClasses, type LayerReadContext, deserializeWith, serializeWith } from './serialization.ts';

/**
 * An option that is another layer, which configs contain as Keras's JSON.
 *
 * @param classes the layers that the outer one can write and read by itself. Reading and writing of whole models use the
 * classes of all folders, and the user's.
 */
export function nestedLayer(classes: LayerClasses): Field<Layer> {
  return field({
    read: (who, option, given) => {
      if (given instanceof Layer) return given;
      throw new TypeError(`[${who}] ${option} must be a layer. Received: ${option}=${show(given)}.`);
    },
    write: (layer): Config => ({ ...serializeWith(classes, layer) }),
    revive: (json, context: LayerReadContext) => reviveLayer(classes, json, context),
  });
}

/** An option that is a list of layers. */
export function nestedLayers(classes: LayerClasses): Field<readonly Layer[]> {
  return field<readonly Layer[]>({
    read: (who, option, given) => {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      const layers = list.filter((each) => each instanceof Layer);
      if (list.length > 0 && layers.length === list.length) return layers;
      throw new TypeError(`[${who}] ${option} must be a list of layers. Received: ${option}=${show(given)}.`);
    },
    write: (layers): Json => layers.map((layer): Json => ({ ...serializeWith(classes, layer) })),
    revive: (json, context: LayerReadContext) =>
      Array.isArray(json) ? json.map((each: unknown) => reviveLayer(classes, each, context)) : json,
  });
}

/** The layer of a config, which may contain layers in place of their configs. */
export function reviveLayer(classes: LayerClasses, json: unknown, context: LayerReadContext): Layer {
  if (json instanceof Layer) return json;
  if (context.readLayer !== undefined) return context.readLayer(json);
  if (isSerializedObject(json) && isRecord(json.config['layer'])) {
    throw new NotImplementedError(
      `[fromConfig] a layer that wraps a wrapping layer must be read with layers.deserialize, or with its model. Received: layer=${json.class_name}.`,
    );
  }
  return deserializeWith(classes, json, context);
}
