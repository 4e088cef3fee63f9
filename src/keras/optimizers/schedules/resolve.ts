import type { SerializedObject } from '../../../core/config.ts';
import { type ConfigObject, type CustomObjects, serializeWith } from '../../saving/registry.ts';
import { type ReadContext, defaultContext } from '../../saving/read-context.ts';
import { type Vocabulary, fromVocabulary, wrongKind } from '../../saving/vocabulary.ts';
import * as roster from './roster.ts';
import { LearningRateSchedule } from './schedule.ts';

/** A schedule or its config. */
export type ScheduleIdentifier = ConfigObject | LearningRateSchedule;

const vocabulary: Vocabulary<LearningRateSchedule> = {
  module: 'keras.optimizers.schedules',
  kind: 'learning-rate schedule',
  base: LearningRateSchedule,
  rule: 'a learning-rate schedule must be a config object or a LearningRateSchedule',
  classes: roster,
};

/**
 * Returns the schedule for a config object or a schedule.
 *
 * @throws TypeError if there is no class of that name, or the value is neither.
 * @example
 * const config = { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5 };
 * optimizers.schedules.get({ class_name: 'ExponentialDecay', config }).at(10);   // 0.05
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export function get(
  identifier: ScheduleIdentifier,
  who = 'schedules.get',
  context: ReadContext = defaultContext,
): LearningRateSchedule {
  const given: unknown = identifier;
  if (typeof given === 'string') throw wrongKind(vocabulary.rule, given, who);
  return fromVocabulary(vocabulary, given, who, context);
}

/**
 * Returns Keras's JSON for a schedule.
 *
 * @example
 * optimizers.schedules.serialize(new optimizers.schedules.CosineDecay(0.1, 10)).class_name;   // 'CosineDecay'
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export function serialize(schedule: LearningRateSchedule): SerializedObject {
  return serializeWith(vocabulary, schedule);
}

/**
 * Creates a schedule from a config object; the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no schedule of that name.
 * @example
 * const written = optimizers.schedules.serialize(new optimizers.schedules.CosineDecay(0.1, 10));
 * optimizers.schedules.deserialize(written).at(10);   // 0
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export function deserialize(config: ConfigObject, customObjects: CustomObjects = {}): LearningRateSchedule {
  return get(config, 'schedules.deserialize', { customObjects });
}
