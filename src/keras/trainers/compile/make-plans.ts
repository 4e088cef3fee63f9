import { ValueError, show } from '../../../core/errors.ts';
import type { CustomObjects } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type Loss, type LossIdentifier, get as getLoss, resolve as resolveLoss } from '../../losses/index.ts';
import { type MetricIdentifier, get as getMetric, resolve as resolveMetric } from '../../metrics/index.ts';
import type { CompileOptions } from './compile-options.ts';
import { LossTracker } from './loss-tracker.ts';
import { type NamedMetric, type OutputPlan, uniqueNames } from './output-plan.ts';
import { checkMetricsForm, leavesOf, metricsPerOutput, perOutput } from './per-output.ts';

/** Names that stand for one of several classes, chosen by the shapes. */
const CHOSEN_LATER = ['accuracy', 'acc', 'crossentropy', 'ce'];

const isChosenLater = (identifier: unknown): boolean =>
  typeof identifier === 'string' && CHOSEN_LATER.includes(identifier.toLowerCase());

/** Refuses losses and metrics that do not exist before any data is there. */
export function checkNames(who: string, options: CompileOptions, customObjects: CustomObjects): void {
  checkMetricsForm(who, 'metrics', options.metrics);
  checkMetricsForm(who, 'weightedMetrics', options.weightedMetrics);
  for (const loss of leavesOf(options.loss)) {
    if (!isChosenLater(loss)) getLoss(loss as LossIdentifier, who, customObjects);
  }
  for (const metric of [...leavesOf(options.metrics), ...leavesOf(options.weightedMetrics)]) {
    if (!isChosenLater(metric)) getMetric(metric as MetricIdentifier, who, customObjects);
  }
  for (const weight of leavesOf(options.lossWeights)) {
    if (typeof weight !== 'number' || !Number.isFinite(weight)) {
      throw new TypeError(
        `[${who}] compile: lossWeights must be finite numbers. Received: ${show(options.lossWeights)}.`,
      );
    }
  }
}

/** The values whose shapes choose losses and metrics. */
export interface ResolvedOutputs {
  readonly targets: readonly Value[];
  readonly outputs: readonly Value[];
  readonly names: readonly string[] | null;
}

/** The losses and metrics of each output. */
export function makePlans(
  who: string,
  options: CompileOptions,
  { targets, outputs, names }: ResolvedOutputs,
  customObjects: CustomObjects,
): readonly OutputPlan[] {
  const several = { count: outputs.length, names };
  const weights = perOutput(who, 'lossWeights', options.lossWeights, several);
  const losses = perOutput(who, 'loss', options.loss, several).map((identifier, i): Loss | null => {
    const [target, output] = [targets[i], outputs[i]];
    if (identifier === null || output === undefined) return null;
    if (target === undefined)
      throw new ValueError(`[${who}] the loss ${show(identifier)} needs targets. Received: no y.`);
    return resolveLoss(identifier as LossIdentifier, target.shape, output.shape, who, customObjects);
  });
  const resolveAll = (identifiers: readonly unknown[], i: number): NamedMetric[] => {
    const [target, output] = [targets[i], outputs[i]];
    if (target === undefined || output === undefined) {
      if (identifiers.length === 0) return [];
      throw new ValueError(`[${who}] metrics need targets. Received: no y.`);
    }
    return identifiers.map((identifier) => {
      const given = identifier as MetricIdentifier;
      const metric = resolveMetric(given, target.shape, output.shape, who, customObjects, floatOf(output));
      return { name: metric.name, metric };
    });
  };
  const plain = metricsPerOutput(who, 'metrics', options.metrics, several).map(resolveAll);
  const weighted = metricsPerOutput(who, 'weightedMetrics', options.weightedMetrics, several).map(resolveAll);
  const rename = renamer(plain, weighted, several.count > 1 ? outputNames(names, outputs.length) : null);
  const isTracked = losses.filter((loss) => loss !== null).length > 1;
  const plainNamed = plain.map((list) => list.map(rename));
  const weightedNamed = weighted.map((list) => list.map(rename));
  return outputs.map((output, i) => {
    const loss = losses[i] ?? null;
    const name = `${names?.[i] ?? loss?.name ?? `output_${i}`}_loss`;
    return {
      loss,
      lossWeight: (weights[i] as number | null | undefined) ?? null,
      lossTracker: isTracked && loss !== null ? new LossTracker(name, floatOf(output)) : null,
      metrics: plainNamed[i] ?? [],
      weightedMetrics: weightedNamed[i] ?? [],
    };
  });
}

const floatOf = (output: Value): 'float32' | 'float64' => (output.dtype === 'float64' ? 'float64' : 'float32');

const outputNames = (names: readonly string[] | null, count: number): readonly (string | null)[] =>
  Array.from({ length: count }, (_, i) => names?.[i] ?? null);

/** Gives the metrics their unique names, one after the other. */
function renamer(
  plain: readonly (readonly NamedMetric[])[],
  weighted: readonly (readonly NamedMetric[])[],
  outputs: readonly (string | null)[] | null,
): (entry: NamedMetric) => NamedMetric {
  const lists = (all: readonly (readonly NamedMetric[])[]): { output: string | null; names: string[] }[] =>
    all.map((list, i) => ({ output: outputs?.[i] ?? null, names: list.map(({ name }) => name) }));
  const unique = uniqueNames(lists(plain), lists(weighted));
  let next = 0;
  return ({ name, metric }) => ({ name: unique[next++] ?? name, metric });
}
