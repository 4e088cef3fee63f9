import type { SerializedObject } from '../../core/config.ts';
import { type ConfigObject, type CustomObjects, serializeWith } from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { type Vocabulary, classesOf, fromVocabularyOrNull } from '../saving/vocabulary.ts';
import { Constraint } from './constraint.ts';
import * as roster from './roster.ts';

/** A constraint, or its name or config. */
export type ConstraintIdentifier = string | ConfigObject | Constraint;

const vocabulary: Vocabulary<Constraint> = {
  module: 'keras.constraints',
  kind: 'constraint',
  base: Constraint,
  rule: 'a constraint must be a name, a config object or a Constraint',
  classes: classesOf(Constraint, { Constraint, ...roster }),
};

/**
 * Returns the constraint for a name, a config object or a constraint; null for null.
 *
 * @throws TypeError if there is no such name, or the value has another type.
 * @example
 * constraints.get('max_norm')?.getConfig();   // { max_value: 2, axis: 0 }
 * @see https://keras.io/api/layers/constraints/
 */
export function get(
  identifier: ConstraintIdentifier | null | undefined,
  who = 'constraints.get',
  context: ReadContext = defaultContext,
): Constraint | null {
  return fromVocabularyOrNull(vocabulary, identifier, who, context);
}

/**
 * Returns Keras's JSON for a constraint; null for null.
 *
 * @example
 * constraints.serialize(new constraints.NonNeg());
 * // { module: 'keras.constraints', class_name: 'NonNeg', config: {}, registered_name: null }
 * @see https://keras.io/api/layers/constraints/
 */
export function serialize(constraint: Constraint | null): SerializedObject | null {
  return constraint === null ? null : serializeWith(vocabulary, constraint);
}

/**
 * Returns the constraint of a config object: the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no such constraint.
 * @example
 * const written = constraints.serialize(new constraints.MaxNorm({ maxValue: 3 }));
 * constraints.deserialize(written).getConfig();   // { max_value: 3, axis: 0 }
 * @see https://keras.io/api/layers/constraints/
 */
export function deserialize(
  config: ConfigObject | string | null,
  customObjects: CustomObjects = {},
): Constraint | null {
  return get(config, 'constraints.deserialize', { customObjects });
}
