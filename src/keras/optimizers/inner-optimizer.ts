import { type Field, field } from '../saving/fields.ts';
import { defaultContext } from '../saving/read-context.ts';
import { isIdentifier, serializeWith } from '../saving/registry.ts';
import { type Vocabulary, fromVocabulary } from '../saving/vocabulary.ts';
import { MultiOptimizer } from './multi-optimizer.ts';
import type { Optimizer } from './optimizer.ts';
import { vocabulary as single } from './vocabulary.ts';

/** The optimizers that a LossScaleOptimizer can contain. */
export const vocabulary: Vocabulary<Optimizer> = { ...single, classes: { ...single.classes, MultiOptimizer } };

/** The option `innerOptimizer`: another optimizer, which configs contain as Keras's JSON. */
export const innerOptimizer: Field<Optimizer> = field({
  read: (who, _option, given) => fromVocabulary(vocabulary, given, who, defaultContext),
  write: (optimizer) => ({ ...serializeWith(vocabulary, optimizer) }),
  revive: (json, context) =>
    isIdentifier(json) ? fromVocabulary(vocabulary, json, 'LossScaleOptimizer', context) : json,
});
