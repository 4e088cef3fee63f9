import { ValueError, show } from '../../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../../core/checks.ts';
import type { LossIdentifier } from '../../losses/index.ts';
import type { MetricIdentifier } from '../../metrics/index.ts';
import type { OptimizerIdentifier } from '../../optimizers/index.ts';

/** One thing for all outputs, or one for each: in the outputs' order, or under their names. */
export type PerOutput<T> = T | null | readonly (T | null)[] | { readonly [output: string]: T | null };

/** Metrics of a model with one output; with several, a list or record of such lists. */
export type MetricsLike =
  | null
  | readonly MetricIdentifier[]
  | readonly (MetricIdentifier | readonly MetricIdentifier[] | null)[]
  | { readonly [output: string]: MetricIdentifier | readonly MetricIdentifier[] | null };

/** Options of `compile`. */
export interface CompileOptions {
  /** How gradients become steps: a name, a config or an Optimizer. @default 'rmsprop' */
  readonly optimizer?: OptimizerIdentifier | undefined;
  /** What training makes small: a name, a config, a Loss or a function. @default null */
  readonly loss?: PerOutput<LossIdentifier> | undefined;
  /** What the loss of each output counts for. @default null, all alike */
  readonly lossWeights?: PerOutput<number> | undefined;
  /** What is reported besides the loss; `'accuracy'` chooses by the shapes of targets and outputs. @default null */
  readonly metrics?: MetricsLike | undefined;
  /** The same, weighted by sampleWeight and classWeight. @default null */
  readonly weightedMetrics?: MetricsLike | undefined;
  /** Only false: every step is one compiled program. @default false */
  readonly runEagerly?: boolean | undefined;
  /** Only 1: a step is so short that callbacks can follow every one. @default 1 */
  readonly stepsPerExecution?: number | undefined;
  /** Without effect: every step is one compiled program. @default 'auto' */
  readonly jitCompile?: boolean | 'auto' | undefined;
  /** Without effect: it is for half precision. @default true */
  readonly autoScaleLoss?: boolean | undefined;
  /**
   * Makes the first step of training or evaluation that gives NaN or an infinity an error, before it changes any state.
   * The error names the operation and its layer, the data or the weight with which it began. What counts is the loss,
   * the metrics and new state, where the state before was finite; an infinity that ends within the step, as −∞ does in
   * a softmax, is none. Each step also looks at the numbers of all new state; only one that fails is run again, slowly,
   * operation by operation. Keras has no such option, so configs leave it out.
   * @default false
   */
  readonly detectAnomaly?: boolean | undefined;
}

const OPTIONS: readonly (keyof CompileOptions)[] = [
  'optimizer',
  'loss',
  'lossWeights',
  'metrics',
  'weightedMetrics',
  'runEagerly',
  'stepsPerExecution',
  'jitCompile',
  'autoScaleLoss',
  'detectAnomaly',
];

/** Checks what needs no model: unknown options, and options that cannot be honoured. */
export function checkCompileOptions(who: string, options: CompileOptions): void {
  checkOptions(who, options, OPTIONS);
  if (checkBoolean(who, 'runEagerly', options.runEagerly ?? false)) {
    throw new ValueError(
      `[${who}] compile: runEagerly must be false, since every step is one compiled program. Received: runEagerly=true. To look at values, call the layers on arrays.`,
    );
  }
  const steps: unknown = options.stepsPerExecution ?? 1;
  if (steps !== 1) {
    throw new ValueError(
      `[${who}] compile: stepsPerExecution must be 1. Received: stepsPerExecution=${show(steps)}. Leave it out: it changes no result.`,
    );
  }
  const { jitCompile } = options;
  if (jitCompile !== undefined && jitCompile !== 'auto') checkBoolean(who, 'jitCompile', jitCompile);
  checkBoolean(who, 'autoScaleLoss', options.autoScaleLoss ?? true);
  checkBoolean(who, 'detectAnomaly', options.detectAnomaly ?? false);
}
