import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkNumber } from '../../core/checks.ts';
import { type ConfigObject, functionName, isIdentifier } from '../saving/registry.ts';
import type { LearningRateFunction } from './learning-rate.ts';
import { get as getSchedule } from './schedules/resolve.ts';
import { LearningRateSchedule } from './schedules/schedule.ts';

/** For every optimizer. */
export interface OptimizerOptions {
  /**
   * The size of a step: a number, which may be set between steps (`optimizer.learningRate = 0.01`), a schedule, or a
   * function without arguments, which `fit` and `trainOnBatch` call before each step.
   * @default the class's
   */
  learningRate?: number | LearningRateSchedule | LearningRateFunction | ConfigObject;
  /** What it is called. @default the class's, in snake_case, numbered */
  name?: string | null;
  /** How much of each weight, times the learning rate, goes at each step. @default null */
  weightDecay?: number | null;
  /** The greatest norm of the gradient of each weight. @default null */
  clipnorm?: number | null;
  /** The greatest magnitude of each element of a gradient. @default null */
  clipvalue?: number | null;
  /** The greatest norm of all gradients together. @default null */
  globalClipnorm?: number | null;
  /** Whether a moving average of the weights is kept. @default false */
  useEma?: boolean;
  /** How much of the average stays at each step. @default 0.99 */
  emaMomentum?: number;
  /** After how many steps, each time, the weights become their average; null for never. @default null */
  emaOverwriteFrequency?: number | null;
  /** What the loss was multiplied by: gradients are divided by it. @default null */
  lossScaleFactor?: number | null;
  /** Over how many batches gradients are averaged before the weights move once; null for each. @default null */
  gradientAccumulationSteps?: number | null;
}

export const optimizerOptions: readonly string[] = [
  'learningRate',
  'name',
  'weightDecay',
  'clipnorm',
  'clipvalue',
  'globalClipnorm',
  'useEma',
  'emaMomentum',
  'emaOverwriteFrequency',
  'lossScaleFactor',
  'gradientAccumulationSteps',
];

/** The options with their defaults, checked. */
export type Settings = Required<Omit<OptimizerOptions, 'name' | 'learningRate'>>;

export function readSettings(who: string, options: OptimizerOptions): Settings {
  const optional = (argument: 'weightDecay' | 'clipnorm' | 'clipvalue' | 'globalClipnorm' | 'lossScaleFactor') => {
    const value = options[argument] ?? null;
    return value === null ? null : checkNumber(who, argument, value);
  };
  const settings: Settings = {
    weightDecay: optional('weightDecay'),
    clipnorm: optional('clipnorm'),
    clipvalue: optional('clipvalue'),
    globalClipnorm: optional('globalClipnorm'),
    useEma: checkBoolean(who, 'useEma', options.useEma ?? false),
    emaMomentum: checkNumber(who, 'emaMomentum', options.emaMomentum ?? 0.99),
    emaOverwriteFrequency: options.emaOverwriteFrequency ?? null,
    lossScaleFactor: optional('lossScaleFactor'),
    gradientAccumulationSteps: options.gradientAccumulationSteps ?? null,
  };
  checkClipping(who, settings);
  checkAveraging(who, settings);
  if (settings.gradientAccumulationSteps !== null) {
    checkInteger(who, 'gradientAccumulationSteps', settings.gradientAccumulationSteps, 2);
  }
  return settings;
}

function checkClipping(who: string, { clipnorm, clipvalue, globalClipnorm }: Settings): void {
  const given = [clipnorm, clipvalue, globalClipnorm];
  if (given.filter((value) => value !== null).length > 1) {
    throw new ValueError(
      `[${who}] only one of clipnorm, clipvalue and globalClipnorm can be set. Received: clipnorm=${clipnorm ?? 'null'}, clipvalue=${clipvalue ?? 'null'}, globalClipnorm=${globalClipnorm ?? 'null'}.`,
    );
  }
}

function checkAveraging(who: string, { useEma, emaMomentum, emaOverwriteFrequency }: Settings): void {
  if (!useEma) return;
  if (emaMomentum < 0 || emaMomentum > 1) {
    throw new ValueError(`[${who}] emaMomentum must lie in [0, 1]. Received: emaMomentum=${emaMomentum}.`);
  }
  if (emaOverwriteFrequency !== null) checkInteger(who, 'emaOverwriteFrequency', emaOverwriteFrequency, 1);
}

/** Checks a learning rate that is a number. */
export function checkLearningRate(who: string, value: unknown): number {
  // It is kept in a variable, in 32 bits.
  if (typeof value === 'number' && Number.isFinite(Math.fround(value))) return value;
  throw new TypeError(
    `[${who}] learningRate must be a finite number, a LearningRateSchedule or a function. Received: learningRate=${show(value)}.`,
  );
}

/** Reads a learning rate: a number, a schedule, the config of one, or a function. */
export function readLearningRate(who: string, value: unknown): number | LearningRateSchedule | LearningRateFunction {
  if (value instanceof LearningRateSchedule) return value;
  if (typeof value === 'function') return value as LearningRateFunction;
  const name = functionName(value);
  if (name !== null) {
    throw new NotImplementedError(
      `[${who}] a learning rate that is a function cannot be made from a config. Received: learning_rate=${show(name)}. Make the optimizer with the function, and compile with it.`,
    );
  }
  return isIdentifier(value) && typeof value !== 'string' ? getSchedule(value, who) : checkLearningRate(who, value);
}

/** Checks a number that must lie in [0, 1]. */
export function checkFraction(who: string, argument: string, value: unknown): number {
  const number = checkNumber(who, argument, value);
  if (number >= 0 && number <= 1) return number;
  throw new ValueError(`[${who}] ${argument} must lie in [0, 1]. Received: ${argument}=${number}.`);
}
