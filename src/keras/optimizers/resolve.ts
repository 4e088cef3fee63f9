import type { SerializedObject } from '../../core/config.ts';
import { own } from '../../core/own.ts';
import { NotImplementedError } from '../../core/errors.ts';
import { type ConfigObject, type CustomObjects, findCustom, isIdentifier, serializeWith } from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { type Vocabulary, fromVocabulary } from '../saving/vocabulary.ts';
import { vocabulary as inner } from './inner-optimizer.ts';
import { LossScaleOptimizer } from './loss-scale-optimizer.ts';
import { Optimizer } from './optimizer.ts';

/** An optimizer, its name, or its config. */
export type OptimizerIdentifier = string | ConfigObject | Optimizer;

const vocabulary: Vocabulary<Optimizer> = { ...inner, classes: { ...inner.classes, LossScaleOptimizer } };

/** Keras's optimizers that are not supported: the reason and an alternative. */
const refused: Readonly<Record<string, string>> = {
  MultiOptimizer: 'one optimizer updates all weights. Use Muon, which updates some of them by Adam, or freeze layers',
};

/** The name of a class in its own spelling: Keras ignores case in the names of optimizers. */
function canonical(name: string): string {
  const known = [...Object.keys(vocabulary.classes), ...Object.keys(refused)];
  return known.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}

/**
 * Returns the optimizer for a name (in any case), a config object, or an optimizer.
 *
 * @throws TypeError if the name is unknown, or the value is none of these.
 * @throws NotImplementedError for Keras's MultiOptimizer.
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
  const known = isIdentifier(identifier) ? canonicalConfig(identifier, who, context) : identifier;
  return fromVocabulary(vocabulary, known, who, context);
}

/** A config with the name of the class in its own spelling. */
function canonicalConfig(given: string | ConfigObject, who: string, context: ReadContext): ConfigObject {
  const config: ConfigObject = typeof given === 'string' ? { class_name: given, config: {} } : given;
  const name = canonical(config.class_name);
  const reason = own(refused, name);
  if (
    reason !== undefined &&
    findCustom(context.customObjects, name) === undefined &&
    (config.registered_name ?? null) === null
  ) {
    throw new NotImplementedError(`[${who}] ${name} is not supported: ${reason}.`);
  }
  return { ...config, class_name: name };
}

/**
 * Returns Keras's JSON for an optimizer.
 *
 * @example
 * optimizers.serialize(new optimizers.SGD()).class_name;   // 'SGD'
 * @see https://keras.io/api/optimizers/
 */
export function serialize(optimizer: Optimizer): SerializedObject {
  return serializeWith(vocabulary, optimizer);
}

/**
 * Creates an optimizer from a config object; the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no optimizer of that name.
 * @throws NotImplementedError for Keras's MultiOptimizer.
 * @example
 * optimizers.deserialize(optimizers.serialize(new optimizers.SGD({ momentum: 0.5 }))).getConfig().momentum;   // 0.5
 * @see https://keras.io/api/optimizers/
 */
export function deserialize(config: ConfigObject | string, customObjects: CustomObjects = {}): Optimizer {
  return get(config, 'optimizers.deserialize', { customObjects });
}
