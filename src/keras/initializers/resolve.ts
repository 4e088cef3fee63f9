import type { SerializedObject } from '../../core/config.ts';
import { type ConfigObject, type CustomObjects, serializeWith } from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { type Vocabulary, classesOf, fromVocabulary } from '../saving/vocabulary.ts';
import { FunctionInitializer, type InitializerFunction } from './function-initializer.ts';
import { Initializer } from './initializer.ts';
import * as roster from './roster.ts';

/** An initializer, or its name, config or function. */
export type InitializerIdentifier = string | ConfigObject | Initializer | InitializerFunction;

const vocabulary: Vocabulary<Initializer> = {
  module: 'keras.initializers',
  kind: 'initializer',
  base: Initializer,
  rule: 'an initializer must be a name, a config object, an Initializer or a function',
  classes: classesOf(Initializer, roster),
  aliases: {
    IdentityInitializer: 'Identity',
    OrthogonalInitializer: 'Orthogonal',
    STFTInitializer: 'STFT',
    normal: 'RandomNormal',
    one: 'Ones',
    uniform: 'RandomUniform',
    zero: 'Zeros',
  },
};

/**
 * Returns the initializer for a name, a config object, an initializer or a function.
 *
 * @throws TypeError if there is no such name, or the value has another type.
 * @example
 * initializers.get('he_normal').call([64, 10]).shape;   // [64, 10]
 * @see https://keras.io/api/layers/initializers/
 */
export function get(
  identifier: InitializerIdentifier,
  who = 'initializers.get',
  context: ReadContext = defaultContext,
): Initializer {
  return typeof identifier === 'function'
    ? new FunctionInitializer(identifier)
    : fromVocabulary(vocabulary, identifier, who, context);
}

/**
 * Returns Keras's JSON for an initializer.
 *
 * @throws TypeError for a function.
 * @example
 * initializers.serialize(new initializers.Zeros());
 * // { module: 'keras.initializers', class_name: 'Zeros', config: {}, registered_name: null }
 * @see https://keras.io/api/layers/initializers/
 */
export function serialize(initializer: Initializer): SerializedObject {
  return serializeWith(vocabulary, initializer);
}

/**
 * Returns the initializer of a config object: the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no such initializer.
 * @example
 * initializers.deserialize(initializers.serialize(new initializers.Constant({ value: 2 }))).getConfig();   // { value: 2 }
 * @see https://keras.io/api/layers/initializers/
 */
export function deserialize(config: ConfigObject | string, customObjects: CustomObjects = {}): Initializer {
  return get(config, 'initializers.deserialize', { customObjects });
}
