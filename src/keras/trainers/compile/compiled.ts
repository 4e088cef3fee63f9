import type { Config, Json } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { CustomObjects } from '../../saving/registry.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import { add, multiply } from '../../ops/index.ts';
import { type Optimizer, get as getOptimizer } from '../../optimizers/index.ts';
import { type CompileOptions, checkCompileOptions } from './compile-options.ts';
import { arrangeTargets } from './arrange-targets.ts';
import { compileConfig } from './compile-config.ts';
import { isTensor } from '../data-adapters/read-data.ts';
import { LossTracker } from './loss-tracker.ts';
import { checkNames, makePlans } from './make-plans.ts';
import { directionOf } from './metric-direction.ts';
import type { OutputPlan } from './output-plan.ts';

/** What a step compares the model's outputs with. */
export interface Targets {
  readonly targets: readonly Value[];
  readonly outputs: readonly Value[];
  /** The weights of each output; none if all rows count alike. */
  readonly sampleWeights: readonly Value[];
  readonly rows: number;
}

/** A reported value: a scalar of the step's program. */
export interface Reported {
  readonly name: string;
  readonly value: Value;
}

/** What `compile` was told. Losses and metrics are worked out when the first batch shows the shapes. */
export class Compiled {
  readonly optimizer: Optimizer;
  /** Whether a step that gives NaN or an infinity is an error. */
  readonly detectAnomaly: boolean;
  readonly #who: string;
  readonly #options: CompileOptions;
  readonly #customObjects: CustomObjects;
  #lossTracker: LossTracker | null = null;
  #plans: readonly OutputPlan[] | null = null;
  #outputShapes: readonly Shape[] = [];
  #outputNames: readonly string[] | null = null;

  constructor(who: string, options: CompileOptions, customObjects: CustomObjects = {}) {
    checkCompileOptions(who, options);
    this.#who = who;
    this.#options = options;
    this.detectAnomaly = options.detectAnomaly ?? false;
    this.#customObjects = customObjects;
    this.optimizer = getOptimizer(options.optimizer ?? 'rmsprop', who, customObjects);
    checkNames(who, options, customObjects);
  }

  /** Whether losses and metrics are worked out. */
  get isResolved(): boolean {
    return this.#plans !== null;
  }

  /** Forgets the losses and metrics that were worked out, where the data turned out not to fit them. */
  unresolve(): void {
    this.#plans = null;
    this.#lossTracker = null;
  }

  /** Works out losses and metrics for outputs and targets of these shapes, unless that has been done. */
  resolve(given: Targets, outputNames: readonly string[] | null): void {
    if (this.#plans !== null) return;
    const { targets, outputs } = given;
    if (targets.length !== outputs.length && targets.length > 0) {
      throw new ValueError(
        `[${this.#who}] there must be targets for each of the ${outputs.length} outputs. Received: ${targets.length}.`,
      );
    }
    const [first] = outputs;
    this.#plans = makePlans(this.#who, this.#options, { targets, outputs, names: outputNames }, this.#customObjects);
    this.#outputNames = outputNames;
    this.#outputShapes = outputs.map((output) => output.shape);
    this.#lossTracker = new LossTracker('loss', first?.dtype === 'float64' ? 'float64' : 'float32');
  }

  get #resolved(): readonly OutputPlan[] {
    return this.#plans ?? [];
  }

  /** The sum of the weighted losses of the outputs; `null` if no output has one. */
  computeLoss(trace: Trace, { targets, outputs, sampleWeights, rows }: Targets): Value | null {
    let total: Value | null = null;
    for (const [i, plan] of this.#resolved.entries()) {
      const [target, output] = [targets[i], outputs[i]];
      if (plan.loss === null || output === undefined) continue;
      if (target === undefined) {
        throw new ValueError(`[${this.#who}] the loss ${show(plan.loss.name)} needs targets. Received: no y.`);
      }
      const sampleWeight = sampleWeights[i] ?? null;
      const value = plan.loss.apply(target, output, { sampleWeight, mask: trace.maskOf(output) });
      if (value.rank > 0) {
        throw new ValueError(
          `[${this.#who}] the loss ${plan.loss.name} must give one number for a batch. Received: reduction="none". Choose another reduction.`,
        );
      }
      plan.lossTracker?.updateState(trace, value, rows);
      const weighted = plan.lossWeight === null ? value : multiply(value, plan.lossWeight);
      total = total === null ? weighted : add(total, weighted);
    }
    return total;
  }

  /** Counts a batch in the reported loss and in all metrics. */
  updateMetrics(trace: Trace, loss: Value, given: Targets): void {
    const { targets, outputs, sampleWeights, rows } = given;
    this.#lossTracker?.updateState(trace, loss, rows);
    for (const [i, plan] of this.#resolved.entries()) {
      const [target, output, sampleWeight = null] = [targets[i], outputs[i], sampleWeights[i]];
      if (target === undefined || output === undefined) continue;
      for (const { metric } of plan.metrics) metric.updateState(trace, target, output, null);
      for (const { metric } of plan.weightedMetrics) metric.updateState(trace, target, output, sampleWeight);
    }
  }

  /** The loss and the metrics so far, in the order of their names, as Keras reports them. */
  results(trace: Trace): readonly Reported[] {
    const found: Reported[] = [];
    const tracker = this.#lossTracker;
    if (tracker !== null) found.push({ name: 'loss', value: tracker.result(trace) });
    for (const { lossTracker, metrics, weightedMetrics } of this.#resolved) {
      if (lossTracker !== null) found.push({ name: lossTracker.name, value: lossTracker.result(trace) });
      for (const { name, metric } of [...metrics, ...weightedMetrics]) {
        found.push({ name, value: this.#scalar(name, metric.result(trace)) });
      }
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  #scalar(name: string, value: Value): Value {
    if (value.rank === 0) return value;
    throw new ValueError(
      `[${this.#who}] a metric of a model must give one number. Received: ${name} gives shape ${showShape(value.shape)}. Use a single threshold, or an average.`,
    );
  }

  /** Starts counting anew. */
  resetMetrics(): void {
    this.#lossTracker?.resetState();
    for (const { lossTracker, metrics, weightedMetrics } of this.#resolved) {
      lossTracker?.resetState();
      for (const { metric } of [...metrics, ...weightedMetrics]) metric.resetState();
    }
  }

  /** The state of the reported loss and of all metrics. */
  get metricVariables(): readonly Variable[] {
    const plans = this.#resolved.flatMap(({ lossTracker, metrics, weightedMetrics }) => [
      ...(lossTracker?.variables ?? []),
      ...[...metrics, ...weightedMetrics].flatMap(({ metric }) => metric.variables),
    ]);
    return [...(this.#lossTracker?.variables ?? []), ...plans];
  }

  /** Looks on the host for targets that no loss can take. */
  checkTargets(y: Tree<Tensor> | null): void {
    const targets = arrangeTargets(this.#who, y, isTensor, this.#outputNames);
    for (const [i, { loss }] of this.#resolved.entries()) {
      const target = targets[i];
      if (loss !== null && target !== undefined) loss.checkTargets(target, this.#outputShapes[i] ?? []);
    }
  }

  metricDirection(name: string): 'up' | 'down' | null {
    for (const { metrics, weightedMetrics } of this.#resolved) {
      const found = [...metrics, ...weightedMetrics].find((entry) => entry.name === name);
      if (found !== undefined) return directionOf(found.metric);
    }
    return null;
  }

  /** Keras's compile_config. */
  getConfig(): Config {
    const config: Readonly<Record<string, Json>> = compileConfig(this.optimizer, this.#options, this.#who);
    return config;
  }
}
