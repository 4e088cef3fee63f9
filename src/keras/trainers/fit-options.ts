import type { BatchIterable, DataLike, TargetsLike, WeightsLike } from '../../core/data.ts';
import { isArrayLike } from '../../core/tensor.ts';
import { isRecord } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkOptions } from '../../core/checks.ts';
import { type CallbacksLike, readCallbacks } from '../callbacks/callback-list.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { RunOptions, Verbose } from '../callbacks/callback-model.ts';
import { type ClassWeight, readClassWeight } from './data-adapters/class-weight.ts';
import { isBatchIterable } from './data-adapters/read-data.ts';

export type { Verbose } from '../callbacks/callback-model.ts';

/** Data to validate on: inputs and targets, optionally with a weight for each row, or an iterable of batches. */
export type ValidationData =
  | readonly [x: DataLike, y: TargetsLike]
  | readonly [x: DataLike, y: TargetsLike, sampleWeight: WeightsLike | null]
  | BatchIterable;

/** Options of `fit`. */
export interface FitOptions {
  /** Rows in a step, for data in arrays. @default 32 */
  readonly batchSize?: number | null | undefined;
  /** The epoch to stop at: training runs `epochs - initialEpoch` epochs. @default 1 */
  readonly epochs?: number | undefined;
  /** The output on the console: see {@link Verbose}. @default 'auto', which is 1 */
  readonly verbose?: Verbose | undefined;
  /** Callbacks, whose hooks run between steps and epochs. @default none */
  readonly callbacks?: CallbacksLike;
  /** The fraction of the rows, at the end of the data, to validate on instead. @default 0 */
  readonly validationSplit?: number | undefined;
  /** Data to validate on after an epoch. @default null */
  readonly validationData?: ValidationData | null | undefined;
  /** Whether every epoch visits the rows in a new order, for data in arrays. @default true */
  readonly shuffle?: boolean | undefined;
  /** Weights of the classes in the loss. @default null, all alike */
  readonly classWeight?: ClassWeight | null | undefined;
  /** Weights of the rows, or of the steps of each row, in the loss; with several outputs one for all, or one for each. @default null, all alike */
  readonly sampleWeight?: WeightsLike | null | undefined;
  /** The number of the first epoch, to continue an earlier `fit`. @default 0 */
  readonly initialEpoch?: number | undefined;
  /** Steps in an epoch. @default one pass over the data */
  readonly stepsPerEpoch?: number | null | undefined;
  /** Steps in a validation. @default one pass over the data */
  readonly validationSteps?: number | null | undefined;
  /** Rows in a validation step. @default batchSize */
  readonly validationBatchSize?: number | null | undefined;
  /** The number of epochs between validations, or a list of the epochs to validate after, counted from 1. @default 1 */
  readonly validationFreq?: number | readonly number[] | undefined;
  /** Ends the training after the current step, keeping the weights of that step. @default null */
  readonly signal?: AbortSignal | null | undefined;
}

/** Options of `evaluate`. */
export interface EvaluateOptions extends PredictOptions {
  /** Weights of the rows, or of the steps of each row, in the loss; with several outputs one for all, or one for each. @default null, all alike */
  readonly sampleWeight?: WeightsLike | null | undefined;
}

/** Options of `predict`. */
export interface PredictOptions extends RunOptions {
  /** Callbacks, whose hooks run between steps and epochs. @default none */
  readonly callbacks?: CallbacksLike;
}

const RUN_OPTIONS = ['batchSize', 'verbose', 'callbacks', 'signal'];
const FIT_OPTIONS = [
  ...RUN_OPTIONS,
  ...['epochs', 'validationSplit', 'validationData', 'shuffle', 'classWeight', 'sampleWeight', 'initialEpoch'],
  ...['stepsPerEpoch', 'validationSteps', 'validationBatchSize', 'validationFreq'],
];

/** Checked options shared by `fit`, `evaluate` and `predict`. */
export interface RunSettings {
  readonly batchSize: number;
  readonly verbose: Verbose;
  readonly callbacks: readonly Callback[];
  readonly steps: number | null;
  readonly signal: AbortSignal | null;
}

/** Checked options of `fit`. */
export interface FitSettings extends RunSettings {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly validationSplit: number;
  readonly shuffle: boolean;
  readonly classWeight: ReadonlyMap<number, number> | null;
  readonly validationSteps: number | null;
  readonly validationBatchSize: number;
  /** Whether to validate after an epoch, which is counted from 0. */
  readonly validatesAfter: (epoch: number) => boolean;
}

/** @throws TypeError or ValueError, which names the option, if one does not fit. */
export function readFitOptions(who: string, options: FitOptions): FitSettings {
  checkOptions(who, options, FIT_OPTIONS);
  const run = readRun(who, options, 'stepsPerEpoch', options.stepsPerEpoch);
  const initialEpoch = checkInteger(who, 'initialEpoch', options.initialEpoch ?? 0, 0);
  const split: unknown = options.validationSplit ?? 0;
  if (typeof split !== 'number' || !(split >= 0 && split < 1)) {
    throw new ValueError(`[${who}] validationSplit must be in [0, 1). Received: validationSplit=${show(split)}.`);
  }
  if (split > 0 && options.validationData !== undefined && options.validationData !== null) {
    throw new ValueError(`[${who}] only one of validationSplit and validationData can be given. Received: both.`);
  }
  return {
    ...run,
    epochs: checkInteger(who, 'epochs', options.epochs ?? 1, 0),
    initialEpoch,
    validationSplit: split,
    shuffle: checkBoolean(who, 'shuffle', options.shuffle ?? true),
    classWeight: readClassWeight(who, options.classWeight),
    validationSteps: optionalInteger(who, 'validationSteps', options.validationSteps),
    validationBatchSize: optionalInteger(who, 'validationBatchSize', options.validationBatchSize) ?? run.batchSize,
    validatesAfter: readFrequency(who, options.validationFreq ?? 1),
  };
}

/** @throws TypeError or ValueError, which names the option, if one does not fit. */
export function readEvaluateOptions(who: string, options: EvaluateOptions): RunSettings {
  checkOptions(who, options, METHOD_OPTIONS.evaluate);
  return readRun(who, options, 'steps', options.steps);
}

/** @throws TypeError or ValueError, which names the option, if one does not fit. */
export function readPredictOptions(who: string, options: PredictOptions): RunSettings {
  checkOptions(who, options, [...RUN_OPTIONS, 'steps']);
  return readRun(who, options, 'steps', options.steps);
}

function readRun(who: string, options: PredictOptions, name: string, steps: number | null | undefined): RunSettings {
  const verbose: unknown = options.verbose ?? 'auto';
  if (verbose !== 'auto' && verbose !== 0 && verbose !== 1 && verbose !== 2) {
    throw new TypeError(`[${who}] verbose must be 'auto', 0, 1 or 2. Received: verbose=${show(verbose)}.`);
  }
  const signal: unknown = options.signal ?? null;
  if (signal !== null && !(signal instanceof AbortSignal)) {
    throw new TypeError(`[${who}] signal must be an AbortSignal. Received: signal=${show(signal)}.`);
  }
  return {
    batchSize: optionalInteger(who, 'batchSize', options.batchSize) ?? 32,
    verbose,
    callbacks: readCallbacks(who, options.callbacks),
    steps: optionalInteger(who, name, steps),
    signal,
  };
}

function optionalInteger(who: string, name: string, value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : checkInteger(who, name, value, 1);
}

function readFrequency(who: string, value: number | readonly number[]): (epoch: number) => boolean {
  if (Array.isArray(value)) {
    const epochs = (value as readonly number[]).map((epoch) => checkInteger(who, 'validationFreq', epoch, 1));
    return (epoch) => epochs.includes(epoch + 1);
  }
  const every = checkInteger(who, 'validationFreq', value, 1);
  return (epoch) => (epoch + 1) % every === 0;
}

/** The options of the methods that accept `(x, y, options)` or `(batches, options)`. */
const METHOD_OPTIONS: Readonly<Record<'fit' | 'evaluate', readonly string[]>> = {
  fit: FIT_OPTIONS,
  evaluate: [...RUN_OPTIONS, 'sampleWeight', 'steps'],
};

/**
 * Reads the arguments `(x, y, options)` or `(batches, options)` of `fit` and `evaluate`. Returns `y` and the options. A
 * record in second place is the options where x is an iterable of batches, or where all its keys are options.
 */
export function splitArguments<Options extends object>(
  method: 'fit' | 'evaluate',
  x: unknown,
  second: TargetsLike | Options | null | undefined,
  third: Options | undefined,
): readonly [y: unknown, options: Options | Record<string, never>] {
  if (third !== undefined || !isRecord(second) || isArrayLike(second)) {
    return [second ?? null, third ?? {}];
  }
  const keys = Object.keys(second);
  const isOptions =
    isBatchIterable(x) || (keys.length > 0 && keys.every((key) => METHOD_OPTIONS[method].includes(key)));
  return isOptions ? [null, second as Options] : [second, {}];
}
