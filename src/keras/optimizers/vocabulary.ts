import type { Vocabulary } from '../saving/vocabulary.ts';
import { Optimizer } from './optimizer.ts';
import * as roster from './roster.ts';

/** The optimizers that update weights themselves. */
export const vocabulary: Vocabulary<Optimizer> = {
  module: 'keras.optimizers',
  kind: 'optimizer',
  base: Optimizer,
  rule: 'an optimizer must be a name, a config object or an Optimizer',
  classes: roster,
  aliases: { adamw: 'AdamW', rmsprop: 'RMSprop' },
};
