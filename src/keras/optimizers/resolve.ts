import type { SerializedObject } from '../../core/config.ts';
import { NotImplementedError } from '../../core/errors.ts';
import { type ConfigObject, type CustomObjects, isIdentifier, serializeWith } from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { type Vocabulary, fromVocabulary } from '../saving/vocabulary.ts';
import { Adadelta } from './adadelta.ts';
import { Adafactor } from './adafactor.ts';
import { Adagrad } from './adagrad.ts';
import { Adam, AdamW } from './adam.ts';
import { Adamax } from './adamax.ts';
import { Ftrl } from './ftrl.ts';
import { Lamb } from './lamb.ts';
import { Lion } from './lion.ts';
import { Muon } from './muon.ts';
import { Nadam } from './nadam.ts';
import { Optimizer } from './optimizer.ts';
import { RMSprop } from './rmsprop.ts';
import { ScheduleFreeAdamW } from './schedule-free-adamw.ts';
import { get as getSchedule } from './schedules/resolve.ts';
import { SGD } from './sgd.ts';

/** What is taken wherever an optimizer is. */
export type OptimizerIdentifier = string | ConfigObject | Optimizer;

const vocabulary: Vocabulary<Optimizer> = {
  module: 'keras.optimizers',
  kind: 'optimizer',
  base: Optimizer,
  rule: 'an optimizer must be a name, a config object or an Optimizer',
  classes: {
    ...{ Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, Lion, Muon, Nadam, RMSprop, SGD },
    ScheduleFreeAdamW,
  },
  aliases: { adamw: 'AdamW', rmsprop: 'RMSprop' },
};

/** Keras's optimizers that are none here, and what to do instead. */
const refused: Readonly<Record<string, string>> = {
  LossScaleOptimizer: 'nothing is computed in half precision, which it is for. Give the optimizer inside it',
  MultiOptimizer: 'one optimizer moves all weights. Use Muon, which moves some of them by Adam, or freeze layers',
};

/** The class's name however it is written: Keras does not look at capitals here. */
function canonical(name: string): string {
  const known = [...Object.keys(vocabulary.classes), ...Object.keys(refused)];
  return known.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}

/**
 * The optimizer that a name (in any capitals), a config object or an object stands for.
 *
 * @throws TypeError if there is no such name, or the value is of another kind.
 * @throws NotImplementedError for Keras's LossScaleOptimizer and MultiOptimizer.
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

/** The config under Keras's own name of the class, with its schedule made. */
function canonicalConfig(given: string | ConfigObject, who: string, context: ReadContext): ConfigObject {
  const config: ConfigObject = typeof given === 'string' ? { class_name: given, config: {} } : given;
  const name = canonical(config.class_name);
  const reason = refused[name];
  if (
    reason !== undefined &&
    !Object.hasOwn(context.customObjects, name) &&
    (config.registered_name ?? null) === null
  ) {
    throw new NotImplementedError(`[${who}] ${name} is not supported: ${reason}.`);
  }
  const rate: unknown = config.config['learning_rate'];
  // A schedule of the user's own is made here, where the context is known.
  const schedule = isIdentifier(rate) && typeof rate !== 'string' ? getSchedule(rate, who, context) : null;
  const made = schedule === null ? {} : { learning_rate: schedule as never };
  return { ...config, class_name: name, config: { ...config.config, ...made } };
}

/**
 * Keras's JSON for an optimizer.
 *
 * @example
 * optimizers.serialize(new optimizers.SGD()).class_name;   // 'SGD'
 * @see https://keras.io/api/optimizers/
 */
export function serialize(optimizer: Optimizer): SerializedObject {
  return serializeWith(vocabulary, optimizer);
}

/**
 * The optimizer that a config object stands for; the other direction of {@link serialize}.
 *
 * @throws TypeError if there is no such optimizer.
 * @throws NotImplementedError for Keras's LossScaleOptimizer and MultiOptimizer.
 * @example
 * optimizers.deserialize(optimizers.serialize(new optimizers.SGD({ momentum: 0.5 }))).getConfig().momentum;   // 0.5
 * @see https://keras.io/api/optimizers/
 */
export function deserialize(config: ConfigObject | string, customObjects: CustomObjects = {}): Optimizer {
  return get(config, 'optimizers.deserialize', { customObjects });
}
