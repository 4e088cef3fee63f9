import { ValueError, show } from '../../../core/errors.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Metric, type MetricIdentifier, get as getMetric, resolve as resolveMetric } from '../../metrics/index.ts';
import { add, allReduce, cast, subtract, where } from '../../ops/index.ts';
import type { ReadContext } from '../../saving/read-context.ts';
import type { CompileOptions } from './compile-options.ts';
import { uniqueNames } from './metric-names.ts';
import { type Outputs, checkMetricsForm, leavesOf, metricsPerOutput } from './per-output.ts';
import { type OutputValues, type StepValues, floatOf, isChosenByShape } from './step-values.ts';

/** A metric of one output, under the name that it is reported by. */
interface OutputMetric {
  readonly name: string;
  readonly metric: Metric;
  /** The index of the output. */
  readonly output: number;
  /** Whether sample weights and class weights count. */
  readonly isWeighted: boolean;
}

/** A reported value of the step's program: a scalar, or one for each class or threshold. */
export interface Reported {
  readonly name: string;
  readonly value: Value;
}

/**
 * The metrics that `compile` received, a list for each output. They are resolved when the first batch shows the shapes.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/compile_utils.py
 */
export class CompileMetrics {
  readonly #who: string;
  readonly #options: CompileOptions;
  readonly #context: ReadContext;
  #metrics: readonly OutputMetric[] = [];

  /** @throws TypeError if a metric does not exist, or the metrics are neither a list nor a record. */
  constructor(who: string, options: CompileOptions, context: ReadContext) {
    this.#who = who;
    this.#options = options;
    // A file's budget is for the objects made while the file is read.
    this.#context = { customObjects: context.customObjects };
    checkMetricsForm(who, 'metrics', options.metrics);
    checkMetricsForm(who, 'weightedMetrics', options.weightedMetrics);
    for (const metric of [...leavesOf(options.metrics), ...leavesOf(options.weightedMetrics)]) {
      if (!isChosenByShape(metric)) getMetric(metric as MetricIdentifier, who, context);
    }
  }

  /**
   * Resolves the metrics for outputs and targets of these shapes.
   * @throws ValueError if targets are missing, or there is not one list for each output.
   */
  build(given: OutputValues): void {
    const plain = this.#resolve('metrics', given);
    const weighted = this.#resolve('weightedMetrics', given);
    const outputOf = (i: number): string | null => (given.outputs.length > 1 ? (given.names?.[i] ?? null) : null);
    const lists = (all: readonly (readonly Metric[])[]): { output: string | null; names: string[] }[] =>
      all.map((list, i) => ({ output: outputOf(i), names: list.map(({ name }) => name) }));
    const names = uniqueNames(lists(plain), lists(weighted)).values();
    const entries = (all: readonly (readonly Metric[])[], isWeighted: boolean): OutputMetric[] =>
      all.flatMap((list, output) =>
        list.map((metric) => ({ name: names.next().value ?? metric.name, metric, output, isWeighted })),
      );
    this.#metrics = [...entries(plain, false), ...entries(weighted, true)];
  }

  #resolve(argument: 'metrics' | 'weightedMetrics', { targets, outputs, names }: OutputValues): Metric[][] {
    const who = this.#who;
    const lists = metricsPerOutput(who, argument, this.#options[argument], { count: outputs.length, names });
    return lists.map((identifiers, i) => {
      const [target, output] = [targets[i], outputs[i]];
      if (identifiers.length === 0) return [];
      if (target === undefined || target === null || output === undefined) {
        const place = lists.length > 1 && names !== null ? ` of the output ${show(names[i])}` : '';
        throw new ValueError(`[${who}] metrics${place} need targets. Received: no y${place === '' ? '' : ' for it'}.`);
      }
      return identifiers.map((identifier) => {
        const { shape } = target;
        const metric = identifier as MetricIdentifier;
        return resolveMetric(metric, shape, output.shape, who, this.#context, floatOf(output));
      });
    });
  }

  /** Whether each output has metrics. @throws as `build` does */
  assigned(outputs: Outputs): readonly boolean[] {
    const lists = (argument: 'metrics' | 'weightedMetrics'): readonly (readonly unknown[])[] =>
      metricsPerOutput(this.#who, argument, this.#options[argument], outputs);
    const weighted = lists('weightedMetrics');
    return lists('metrics').map((list, i) => list.length > 0 || (weighted[i]?.length ?? 0) > 0);
  }

  /** Discards the resolved metrics. */
  reset(): void {
    this.#metrics = [];
  }

  /** Adds a batch to all metrics. */
  updateState(trace: Trace, { targets, outputs, sampleWeights, share }: StepValues): void {
    for (const { metric, output: i, isWeighted } of this.#metrics) {
      const [target, output] = [targets[i], outputs[i]];
      if (target === undefined || target === null || output === undefined) continue;
      const { variables } = metric;
      const before = variables.map((variable) => trace.read(variable));
      metric.updateState(trace, target, output, isWeighted ? (sampleWeights[i] ?? null) : null);
      if (share === null) continue;
      // The state of metrics consists of sums over samples: those of all processes are added to it.
      for (const [j, variable] of variables.entries()) {
        const [old, next] = [before[j] ?? trace.read(variable), trace.read(variable)];
        const added = where(cast(share.present, 'bool'), subtract(next, old), 0);
        trace.update(variable, add(old, allReduce(added)));
      }
    }
  }

  /** The results so far. */
  results(trace: Trace): readonly Reported[] {
    return this.#metrics.map(({ name, metric }) => ({ name, value: metric.result(trace) }));
  }

  /** The metrics; none before they are resolved. */
  get all(): readonly Metric[] {
    return this.#metrics.map(({ metric }) => metric);
  }

  /** Whether a larger (`up`) or a smaller value of a metric is better; `null` if that is unknown. */
  directionOf(name: string): 'up' | 'down' | null {
    return this.#metrics.find((entry) => entry.name === name)?.metric.direction ?? null;
  }
}
