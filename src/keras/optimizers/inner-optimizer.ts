import { type Field, field } from '../saving/fields.ts';
import { defaultContext } from '../saving/read-context.ts';
import { isIdentifier } from '../saving/registry.ts';
import { type Vocabulary, fromVocabulary } from '../saving/vocabulary.ts';
import { Optimizer } from './optimizer.ts';
import * as roster from './roster.ts';
import { serializeWith } from '../saving/registry.ts';

/** The optimizers that update weights themselves. */
export const vocabulary: Vocabulary<Optimizer> = {
  module: 'keras.optimizers',
  kind: 'optimizer',
  base: Optimizer,
  rule: 'an optimizer must be a name, a config object or an Optimizer',
  classes: roster,
  aliases: { adamw: 'AdamW', rmsprop: 'RMSprop' },
};

/** The option `innerOptimizer`: another optimizer, which configs contain as Keras's JSON. */
export const innerOptimizer: Field<Optimizer> = field({
  read: (who, _option, given) => fromVocabulary(vocabulary, given, who, defaultContext),
  write: (optimizer) => ({ ...serializeWith(vocabulary, optimizer) }),
  revive: (json, context) =>
    isIdentifier(json) ? fromVocabulary(vocabulary, json, 'LossScaleOptimizer', context) : json,
});
