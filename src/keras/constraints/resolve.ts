import type { SerializedObject } from '../../core/config.ts';
import { type ConfigObject, type CustomObjects, serializeWith } from '../saving/registry.ts';
import { type Vocabulary, fromVocabularyOrNull } from '../saving/vocabulary.ts';
import { Constraint } from './constraint.ts';
import { MaxNorm, MinMaxNorm, NonNeg, UnitNorm } from './norms.ts';

/** What is taken wherever a constraint is. */
export type ConstraintIdentifier = string | ConfigObject | Constraint;

const vocabulary: Vocabulary<Constraint> = {
  module: 'keras.constraints',
  kind: 'constraint',
  base: Constraint,
  rule: 'a constraint must be a name, a config object or a Constraint',
  classes: { MaxNorm, MinMaxNorm, NonNeg, UnitNorm },
};

/**
 * The constraint that a name, a config object or an object stands for; null stays null.
 *
 * @throws TypeError if there is no such name, or the value is of another kind.
 * @example
 * constraints.get('max_norm')?.getConfig();   // { max_value: 2, axis: 0 }
 * @see https://keras.io/api/layers/constraints/
 */
export function get(
  identifier: ConstraintIdentifier | null | undefined,
  who = 'constraints.get',
  customObjects: CustomObjects = {},
): Constraint | null {
  return fromVocabularyOrNull(vocabulary, identifier, who, customObjects);
}

/**
 * Keras's JSON for a constraint; null for none.
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
 * The constraint that a config object stands for; the other direction of {@link serialize}.
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
  return get(config, 'constraints.deserialize', customObjects);
}
