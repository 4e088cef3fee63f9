import { ValueError, show } from '../../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../../core/checks.ts';
import type { LossIdentifier } from '../../losses/index.ts';
import type { MetricIdentifier } from '../../metrics/index.ts';
import type { OptimizerIdentifier } from '../../optimizers/index.ts';

/** One entry for all outputs, or one for each: a list in the order of the outputs, or a record by their names. */
export type PerOutput<T> = T | null | readonly (T | null)[] | { readonly [output: string]: T | null };

/** Metrics of a model with one output; with several, a list or record of such lists. */
export type MetricsLike =
  | null
  | readonly MetricIdentifier[]
  | readonly (MetricIdentifier | readonly MetricIdentifier[] | null)[]
  | { readonly [output: string]: MetricIdentifier | readonly MetricIdentifier[] | null };

/** Options of `compile`. */
export interface CompileOptions {
  /** The optimizer: a name, a config or an Optimizer. @default 'rmsprop' */
  readonly optimizer?: OptimizerIdentifier | undefined;
  /** The loss to minimize: a name, a config, a Loss or a function. @default null */
  readonly loss?: PerOutput<LossIdentifier> | undefined;
  /** Weights of the outputs in the total loss. @default null, all alike */
  readonly lossWeights?: PerOutput<number> | undefined;
  /** Metrics to report; the shapes of targets and outputs choose the class for `'accuracy'`. @default null */
  readonly metrics?: MetricsLike | undefined;
  /** Metrics that sampleWeight and classWeight apply to. @default null */
  readonly weightedMetrics?: MetricsLike | undefined;
  /** Must be false: every step is one compiled program. @default false */
  readonly runEagerly?: boolean | undefined;
  /** Must be 1: steps are so short that callbacks can run after each one. @default 1 */
  readonly stepsPerExecution?: number | undefined;
  /** No effect: every step is one compiled program. @default 'auto' */
  readonly jitCompile?: boolean | 'auto' | undefined;
  /**
   * Whether the optimizer of a model with the policy `mixed_float16` is wrapped in a LossScaleOptimizer.
   * @default true
   */
  readonly autoScaleLoss?: boolean | undefined;
  /**
   * Turns the first training or evaluation step that computes NaN or an infinity into an error, before it changes any
   * state. The error names the origin: an operation and its layer, the data, or a weight. Inspected are the loss, the metrics
   * and new state whose old value was finite; an infinity that does not leave the step, such as −∞ in a softmax, is allowed.
   * Each step scans the numbers of all new state; a step that fails is run again operation by operation, which is slow.
   * Keras has no such option, so configs omit it.
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

/** @throws TypeError if an option is unknown; ValueError if it is not supported. */
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
      `[${who}] compile: stepsPerExecution must be 1. Received: stepsPerExecution=${show(steps)}. Omit it: it does not change results.`,
    );
  }
  const { jitCompile } = options;
  if (jitCompile !== undefined && jitCompile !== 'auto') checkBoolean(who, 'jitCompile', jitCompile);
  checkBoolean(who, 'autoScaleLoss', options.autoScaleLoss ?? true);
  checkBoolean(who, 'detectAnomaly', options.detectAnomaly ?? false);
}
