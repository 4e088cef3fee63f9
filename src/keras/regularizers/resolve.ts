import type { SerializedObject } from '../../core/config.ts';
import { type ConfigObject, type CustomObjects, serializeWith } from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { type Vocabulary, classesOf, fromVocabularyOrNull } from '../saving/vocabulary.ts';
import { Regularizer } from './regularizer.ts';
import * as roster from './roster.ts';

/** A regularizer, or its name or config. */
export type RegularizerIdentifier = string | ConfigObject | Regularizer;

const vocabulary: Vocabulary<Regularizer> = {
  module: 'keras.regularizers',
  kind: 'regularizer',
  base: Regularizer,
  rule: 'a regularizer must be a name, a config object or a Regularizer',
  classes: classesOf(Regularizer, { Regularizer, ...roster }),
  aliases: { l1_l2: 'L1L2' },
};

/**
 * Returns the regularizer for a name, a config object or a regularizer; null for null.
 *
 * @throws TypeError if there is no such name, or the value has another type.
 * @example
 * regularizers.get('l2')?.getConfig();   // { l2: 0.01 }
 * @see https://keras.io/api/layers/regularizers/
 */
export function get(
  identifier: RegularizerIdentifier | null | undefined,
  who = 'regularizers.get',
  context: ReadContext = defaultContext,
): Regularizer | null {
  return fromVocabularyOrNull(vocabulary, identifier, who, context);
}

/**
 * Returns Keras's JSON for a regularizer; null for null.
 *
 * @example
 * regularizers.serialize(new regularizers.L2());
 * // { module: 'keras.regularizers', class_name: 'L2', config: { l2: 0.01 }, registered_name: null }
 * @see https://keras.io/api/layers/regularizers/
 */
export function serialize(regularizer: Regularizer | null): SerializedObject | null {
  return regularizer === null ? null : serializeWith(vocabulary, regularizer);
}

/**
 * Returns the regularizer of a config object: the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no such regularizer.
 * @example
 * regularizers.deserialize(regularizers.serialize(new regularizers.L2({ l2: 0.5 }))).getConfig();   // { l2: 0.5 }
 * @see https://keras.io/api/layers/regularizers/
 */
export function deserialize(
  config: ConfigObject | string | null,
  customObjects: CustomObjects = {},
): Regularizer | null {
  return get(config, 'regularizers.deserialize', { customObjects });
}
