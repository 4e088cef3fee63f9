import type { SerializedObject } from '../../../core/config.ts';
import { type ConfigObject, type CustomObjects, serializeWith } from '../../saving/registry.ts';
import { type ReadContext, defaultContext } from '../../saving/read-context.ts';
import { type Vocabulary, fromVocabulary, wrongKind } from '../../saving/vocabulary.ts';
import { CosineDecayRestarts } from './cosine-decay-restarts.ts';
import { CosineDecay } from './cosine-decay.ts';
import { ExponentialDecay, InverseTimeDecay } from './decay.ts';
import { PiecewiseConstantDecay } from './piecewise-constant-decay.ts';
import { PolynomialDecay } from './polynomial-decay.ts';
import { LearningRateSchedule } from './schedule.ts';

/** What is taken wherever a schedule is. */
export type ScheduleIdentifier = ConfigObject | LearningRateSchedule;

const vocabulary: Vocabulary<LearningRateSchedule> = {
  module: 'keras.optimizers.schedules',
  kind: 'learning-rate schedule',
  base: LearningRateSchedule,
  rule: 'a learning-rate schedule must be a config object or a LearningRateSchedule',
  classes: {
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
  },
};

/**
 * The schedule that a config object or an object stands for.
 *
 * @throws TypeError if there is no such class, or the value is of another kind.
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
 * Keras's JSON for a schedule.
 *
 * @example
 * optimizers.schedules.serialize(new optimizers.schedules.CosineDecay(0.1, 10)).class_name;   // 'CosineDecay'
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export function serialize(schedule: LearningRateSchedule): SerializedObject {
  return serializeWith(vocabulary, schedule);
}

/**
 * The schedule that a config object stands for; the other direction of {@link serialize}.
 *
 * @throws TypeError if there is no such schedule.
 * @example
 * const written = optimizers.schedules.serialize(new optimizers.schedules.CosineDecay(0.1, 10));
 * optimizers.schedules.deserialize(written).at(10);   // 0
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export function deserialize(config: ConfigObject, customObjects: CustomObjects = {}): LearningRateSchedule {
  return get(config, 'schedules.deserialize', { customObjects });
}
