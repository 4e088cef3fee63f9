import { type SerializedObject, isSerializedObject } from '../../core/config.ts';
import { type ConfigObject, type CustomObjects, findCustom, isIdentifier, serializeWith } from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { type Vocabulary, fromVocabulary } from '../saving/vocabulary.ts';
import { vocabulary as inner } from './inner-optimizer.ts';
import { LossScaleOptimizer } from './loss-scale-optimizer.ts';
import { mapVocabulary } from './multi-optimizer.ts';
import { Optimizer } from './optimizer.ts';
import { OptimizerMap } from './optimizer-map.ts';

/** An optimizer, its name, or its config. */
export type OptimizerIdentifier = string | ConfigObject | Optimizer;

/** Keras's JSON for an {@link OptimizerMap}. */
export type SerializedMap = SerializedObject & { readonly class_name: 'OptimizerMap' };

const vocabulary: Vocabulary<Optimizer> = { ...inner, classes: { ...inner.classes, LossScaleOptimizer } };

/** The name of a class in its own spelling: Keras ignores case in the names of optimizers. */
function canonical(name: string): string {
  const known = [...Object.keys(vocabulary.classes), ...Object.keys(mapVocabulary.classes)];
  return known.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}

/**
 * Returns the optimizer for a name (in any case), a config object, or an optimizer.
 *
 * @throws TypeError if the name is unknown, or the value is none of these.
 * @example
 * optimizers.get('adam').learningRate.value;   // 0.001
 * @see https://keras.io/api/optimizers/
 */
export function get(
  identifier: OptimizerIdentifier,
  who = 'optimizers.get',
  context: ReadContext = defaultContext,
): Optimizer {
  if (identifier instanceof Optimizer) return identifier;
  const known = isIdentifier(identifier) ? canonicalConfig(identifier) : identifier;
  if (isMapConfig(known) && findCustom(context.customObjects, known.class_name) === undefined) {
    throw new TypeError(
      `[${who}] an OptimizerMap assigns optimizers to variables, and is none itself. Received: the config of an OptimizerMap. Pass it to a MultiOptimizer.`,
    );
  }
  return fromVocabulary(vocabulary, known, who, context);
}

/** Whether a value is the config of an OptimizerMap. */
const isMapConfig = (value: unknown): value is SerializedMap =>
  isSerializedObject(value) && Object.hasOwn(mapVocabulary.classes, value.class_name);

/** A config with the name of the class in its own spelling. */
function canonicalConfig(given: string | ConfigObject): ConfigObject {
  const config: ConfigObject = typeof given === 'string' ? { class_name: given, config: {} } : given;
  return { ...config, class_name: canonical(config.class_name) };
}

/**
 * Returns Keras's JSON for an optimizer, or for an OptimizerMap.
 *
 * @example
 * optimizers.serialize(new optimizers.SGD()).class_name;   // 'SGD'
 * @see https://keras.io/api/optimizers/
 */
export function serialize(optimizer: Optimizer): SerializedObject;
export function serialize(map: OptimizerMap): SerializedMap;
export function serialize(object: Optimizer | OptimizerMap): SerializedObject {
  return object instanceof OptimizerMap
    ? serializeWith<OptimizerMap>(mapVocabulary, object)
    : serializeWith<Optimizer>(vocabulary, object);
}

/**
 * Creates an optimizer, or an OptimizerMap, from a config object; the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no optimizer of that name.
 * @example
 * optimizers.deserialize(optimizers.serialize(new optimizers.SGD({ momentum: 0.5 }))).getConfig().momentum;   // 0.5
 * @see https://keras.io/api/optimizers/
 */
export function deserialize(config: SerializedMap, customObjects?: CustomObjects): OptimizerMap;
export function deserialize(config: ConfigObject | string, customObjects?: CustomObjects): Optimizer;
export function deserialize(
  config: ConfigObject | string,
  customObjects: CustomObjects = {},
): Optimizer | OptimizerMap {
  const who = 'optimizers.deserialize';
  const known = isIdentifier(config) ? canonicalConfig(config) : config;
  return isMapConfig(known)
    ? fromVocabulary(mapVocabulary, known, who, { customObjects })
    : get(known, who, { customObjects });
}
