import { type Config, type Json, isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type ObjectNode, isJsonList, isObjectNode } from '../json-tree.ts';
import { withCurrentLayers } from './older-layers.ts';

/**
 * Converts the JSON of a model from the older format to the current one.
 * @param member the part of the file that contains the JSON, in messages
 * @throws ValueError if the JSON is not a class with a config.
 */
export function readLegacyModelConfig(json: Json, who: string, member = 'model_config'): ObjectNode {
  const read = withCurrentLayers(wholeSequential(json));
  if (isObjectNode(read)) return read;
  throw new ValueError(`[${who}] ${member} must have class_name and config. Received: ${show(json)}.`);
}

/** Early versions of Keras 2 wrote a Sequential's config as the list of its layers. */
function wholeSequential(json: Json): Json {
  if (!isRecord(json)) return json;
  const { class_name: name = null, config = null, ...rest } = json as Config;
  if (name !== 'Sequential' || !isJsonList(config)) return json;
  return { ...rest, class_name: name, config: { name: 'sequential', layers: config } };
}
