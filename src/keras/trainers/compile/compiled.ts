import type { Config } from '../../../core/config.ts';
import type { DTypePolicy } from '../../../core/dtype-policy.ts';
import { dataParallelism } from '../../../core/world.ts';
import type { TreeDef } from '../../../core/pytree.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Variable, download } from '../../../compiler/ir/variable.ts';
import { Metric } from '../../metrics/metric.ts';
import { LossScaleOptimizer, Optimizer, get as getOptimizer } from '../../optimizers/index.ts';
import { scopedObjects } from '../../saving/custom-object-scope.ts';
import type { ReadContext } from '../../saving/read-context.ts';
import { Share } from './share.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { type OutputNames, type Positions, arrangeTargets, pick } from './arrange-targets.ts';
import { compileConfig, withObjects } from './compile-config.ts';
import { CompileLoss } from './compile-loss.ts';
import { CompileMetrics, type Reported } from './compile-metrics.ts';
import { type CompileOptions, type MetricsLike, checkCompileOptions } from './compile-options.ts';
import { isCustomCode } from './custom-code.ts';
import { LossTracker } from './loss-tracker.ts';
import { mapLeaves } from './per-output.ts';
import { leavesOf } from './per-output.ts';
import { type OutputValues, floatOf } from './step-values.ts';

/** The parts of a model on which its compilation depends. */
export interface CompiledModel {
  readonly dtypePolicy: DTypePolicy;
  /** The metrics in the fields of the model, which its own computeLoss or computeMetrics updates. */
  readonly fieldMetrics: readonly Metric[];
}

/** The optimizer of a model; in `mixed_float16`, it is wrapped in one that scales the loss. */
function scaleLossOf(model: CompiledModel, optimizer: Optimizer, { autoScaleLoss = true }: CompileOptions): Optimizer {
  const isScaled = model.dtypePolicy.name !== 'mixed_float16' || optimizer instanceof LossScaleOptimizer;
  if (isScaled || !autoScaleLoss) return optimizer;
  return new LossScaleOptimizer(optimizer, { name: 'loss_scale_optimizer' });
}

/** The optimizer, the losses and the metrics that `compile` received. */
export class Compiled {
  readonly optimizer: Optimizer;
  readonly loss: CompileLoss;
  readonly metrics: CompileMetrics;
  /** Whether a step that computes NaN or an infinity is an error. */
  readonly detectAnomaly: boolean;
  readonly #who: string;
  /** The optimizer that `compile` received, which configs contain. */
  readonly #givenOptimizer: Optimizer;
  readonly #options: CompileOptions;
  readonly #model: CompiledModel;
  readonly #hasCustomObjects: boolean;
  readonly #share = new Share();
  /** The mean of the total loss; `null` before the losses and metrics are resolved. */
  #lossTracker: LossTracker | null = null;
  /** The outputs that the losses and metrics are resolved for. */
  #outputs: OutputNames = { names: null, count: 0 };

  /** @throws TypeError if a name is unknown; ValueError if an option is not supported. */
  constructor(who: string, given: CompileOptions, readContext: ReadContext, model: CompiledModel) {
    checkCompileOptions(who, given);
    // Losses and metrics are resolved with the first batch, when the scope has ended.
    const context = { ...readContext, customObjects: { ...scopedObjects(), ...readContext.customObjects } };
    const options = withObjects(given, who, context);
    this.#who = who;
    this.#model = model;
    this.#options = options;
    this.#hasCustomObjects = Object.keys(context.customObjects).length > 0;
    this.detectAnomaly = options.detectAnomaly ?? false;
    this.#givenOptimizer = getOptimizer(options.optimizer ?? 'rmsprop', who, context);
    this.optimizer = scaleLossOf(model, this.#givenOptimizer, options);
    this.metrics = new CompileMetrics(who, options, context);
    this.loss = new CompileLoss(who, options, context);
  }

  /** Whether a loss or a metric is a function, or of a class, of the user. */
  get runsCustomCode(): boolean {
    const { loss, metrics, weightedMetrics } = this.#options;
    const given = [loss, metrics, weightedMetrics].flatMap(leavesOf);
    return this.#hasCustomObjects || given.some(isCustomCode);
  }

  /** The rows of a step of several processes; null if each process trains for itself. */
  get share(): Share | null {
    return dataParallelism() === null ? null : this.#share;
  }

  /** Whether losses and metrics are resolved. */
  get isBuilt(): boolean {
    return this.#lossTracker !== null;
  }

  /** Resolves losses and metrics for outputs and targets of these shapes, once. */
  build(given: OutputValues): void {
    if (this.isBuilt) return;
    const { outputs, names } = given;
    this.loss.build(given);
    this.metrics.build(given);
    this.#outputs = { names, count: outputs.length };
    this.#lossTracker = new LossTracker('loss', floatOf(outputs[0]));
  }

  /** Discards the resolved losses and metrics, after data that does not fit them. */
  unbuild(): void {
    this.loss.reset();
    this.metrics.reset();
    this.#lossTracker = null;
  }

  /** Adds the loss of a batch to the reported loss. */
  trackLoss(trace: Trace, loss: Value, rows: number | Value): void {
    this.#lossTracker?.updateState(trace, loss, rows);
  }

  /** The loss and the metrics so far. */
  results(trace: Trace): readonly Reported[] {
    const losses = this.#trackers.map((tracker) => ({ name: tracker.name, value: tracker.result(trace) }));
    const own = this.#fieldMetrics.map((metric) => ({ name: metric.name, value: metric.result(trace) }));
    return [...losses, ...this.metrics.results(trace), ...own];
  }

  /** All metrics: those that `compile` received, once they are resolved, and those in the fields of the model. */
  get allMetrics(): readonly Metric[] {
    return [...this.metrics.all, ...this.#fieldMetrics];
  }

  get #fieldMetrics(): readonly Metric[] {
    const compiled = new Set(this.metrics.all);
    return this.#model.fieldMetrics.filter((metric) => !compiled.has(metric));
  }

  get #trackers(): readonly LossTracker[] {
    return [...(this.#lossTracker === null ? [] : [this.#lossTracker]), ...this.loss.trackers];
  }

  /** Resets the reported loss and the metrics to their initial state. */
  resetMetrics(): void {
    for (const tracker of this.#trackers) tracker.resetState();
    for (const metric of this.allMetrics) metric.resetState();
  }

  /** The state of the reported loss and of all metrics. */
  get metricVariables(): readonly Variable[] {
    return [
      ...this.#trackers.flatMap(({ variables }) => variables),
      ...this.allMetrics.flatMap(({ variables }) => variables),
    ];
  }

  /** Saves the state of the metrics. Returns a function that restores it. */
  async saveMetrics(): Promise<() => void> {
    await download(this.metricVariables);
    const saved = this.metricVariables.map((variable) => [variable, variable.value] as const);
    return () => {
      for (const [variable, value] of saved) variable.assign(value);
    };
  }

  /** Checks the targets of a batch on the host. @throws ValueError if a loss cannot use them. */
  checkTargets({ y, structure }: Batch): void {
    this.loss.checkTargets(pick(y, this.arrangeTargets(structure.y, this.#outputs)));
  }

  /** The position of each output's target among the leaves of `y`. @throws ValueError if one that is needed is missing */
  arrangeTargets(structure: TreeDef | null, outputs: OutputNames): Positions {
    const [loss, metrics] = [this.loss.assigned(outputs), this.metrics.assigned(outputs)];
    const needed = loss.map((hasLoss, i) => hasLoss || (metrics[i] ?? false));
    return arrangeTargets(this.#who, structure, outputs, needed);
  }

  /** The options that `compile` received, with copies of the objects that have state: the optimizer and the metrics. */
  copyOptions(): CompileOptions {
    const { optimizer, metrics, weightedMetrics } = this.#options;
    const copy = (given: unknown): unknown => (given instanceof Metric ? copyOf(given) : given);
    return {
      ...this.#options,
      ...(optimizer instanceof Optimizer ? { optimizer: copyOf(optimizer) } : {}),
      metrics: mapLeaves(metrics, copy) as MetricsLike,
      weightedMetrics: mapLeaves(weightedMetrics, copy) as MetricsLike,
    };
  }

  /** Keras's compile_config. */
  getConfig(): Config {
    return compileConfig(this.#givenOptimizer, this.#options, this.#who);
  }
}

/** A new object with the config of another one. */
function copyOf<T extends Optimizer | Metric>(object: T): T {
  return (object.constructor as unknown as { fromConfig(config: Config): T }).fromConfig(object.getConfig());
}
