import { ValueError } from '../../core/errors.ts';
import { checkInteger } from '../../core/checks.ts';
import { type Fields, boolean, integer, nullable, number, string } from '../saving/fields.ts';
import type { ConfigObject } from '../saving/registry.ts';
import { type LearningRateFunction, learningRate } from './learning-rate.ts';
import type { LearningRateSchedule } from './schedules/schedule.ts';

/** Options of every optimizer. */
export interface OptimizerOptions {
  /**
   * The learning rate: a number, which can be changed between steps (`optimizer.learningRate = 0.01`), a schedule, or a
   * function without arguments that is called before each step.
   * @default depends on the class
   */
  learningRate?: number | LearningRateSchedule | LearningRateFunction | ConfigObject;
  /** The optimizer's name. @default the class's name in snake_case, made unique */
  name?: string | null;
  /** Weight decay: each step multiplies the weights by 1 − learningRate · weightDecay first. @default null */
  weightDecay?: number | null;
  /** Maximum norm of each variable's gradient. @default null */
  clipnorm?: number | null;
  /** Maximum magnitude of each element of a gradient. @default null */
  clipvalue?: number | null;
  /** Maximum norm of all gradients together. @default null */
  globalClipnorm?: number | null;
  /** Whether to keep an exponential moving average of the weights. @default false */
  useEma?: boolean;
  /** Decay rate of the moving average of the weights. @default 0.99 */
  emaMomentum?: number;
  /** Number of steps after which the weights are replaced by their average, repeatedly; null for never. @default null */
  emaOverwriteFrequency?: number | null;
  /** Factor by which `scaleLoss` multiplies the loss; gradients are divided by it. @default null */
  lossScaleFactor?: number | null;
  /** Number of batches whose gradients are averaged for one update of the weights; null for one. @default null */
  gradientAccumulationSteps?: number | null;
}

/** The fields of every optimizer, in the order of Keras's config. */
export function optimizerFields(defaultRate: number): Fields {
  return {
    name: nullable(string()),
    learningRate: learningRate(defaultRate),
    weightDecay: nullable(number()),
    clipnorm: nullable(number()),
    globalClipnorm: nullable(number()),
    clipvalue: nullable(number()),
    useEma: boolean(false),
    emaMomentum: number(0.99),
    emaOverwriteFrequency: nullable(number()),
    lossScaleFactor: nullable(number()),
    gradientAccumulationSteps: nullable(integer(undefined, 2)),
  };
}

/** The options of which only certain combinations are valid. */
export type Combination = Pick<
  Required<OptimizerOptions>,
  'clipnorm' | 'clipvalue' | 'globalClipnorm' | 'useEma' | 'emaMomentum' | 'emaOverwriteFrequency'
>;

/** @throws ValueError if more than one kind of clipping is set, or the moving average cannot be computed. */
export function checkCombination(who: string, options: Combination): void {
  const { clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency } = options;
  if ([clipnorm, clipvalue, globalClipnorm].filter((value) => value !== null).length > 1) {
    throw new ValueError(
      `[${who}] only one of clipnorm, clipvalue and globalClipnorm can be set. Received: clipnorm=${clipnorm ?? 'null'}, clipvalue=${clipvalue ?? 'null'}, globalClipnorm=${globalClipnorm ?? 'null'}.`,
    );
  }
  // Without averages Keras accepts any values of these two, and configs contain them.
  if (!useEma) return;
  if (emaMomentum < 0 || emaMomentum > 1) {
    throw new ValueError(`[${who}] emaMomentum must be in [0, 1]. Received: emaMomentum=${emaMomentum}.`);
  }
  if (emaOverwriteFrequency !== null) checkInteger(who, 'emaOverwriteFrequency', emaOverwriteFrequency, 1);
}
