import type { Loss } from '../../losses/index.ts';
import type { Metric } from '../../metrics/index.ts';
import type { LossTracker } from './loss-tracker.ts';

/** A metric under the name that it is reported by. */
export interface NamedMetric {
  readonly name: string;
  readonly metric: Metric;
}

/** What one output of the model is compared with, and how. */
export interface OutputPlan {
  readonly loss: Loss | null;
  readonly lossWeight: number | null;
  /** Where there are several losses, each is reported by itself. */
  readonly lossTracker: LossTracker | null;
  readonly metrics: readonly NamedMetric[];
  readonly weightedMetrics: readonly NamedMetric[];
}

/** The names of an output's metrics, before they are made unique. */
export interface NamedList {
  /** What the output is called, where there are several. */
  readonly output: string | null;
  readonly names: readonly string[];
}

/**
 * Keras's names for metrics that share one: `mae`, then `mae_1`; a weighted one is `weighted_mae`. In the order of the
 * lists, plain ones first.
 */
export function uniqueNames(plain: readonly NamedList[], weighted: readonly NamedList[]): readonly string[] {
  const counts = new Map<string, number>();
  const number = (name: string): string => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
  const full = (output: string | null, name: string): string => (output === null ? name : `${output}_${name}`);
  return [
    ...plain.flatMap(({ output, names }) => names.map((name) => number(full(output, name)))),
    ...weighted.flatMap(({ output, names }) =>
      names.map((name) => {
        const plainName = full(output, name);
        return number(counts.has(plainName) ? full(output, `weighted_${name}`) : plainName);
      }),
    ),
  ];
}
