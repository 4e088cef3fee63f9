import type { TypedArray } from '../../../core/dtype.ts';
import { Tensor } from '../../../core/tensor.ts';
import { Constant, type Initializer, Ones, Zeros } from '../../../keras/initializers/index.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import type { NormalizationPart } from '../../../keras/layers/base/traits.ts';

/** A statistic that a layer keeps, and what it was before it learned anything; null where that is not one number. */
export interface Statistic {
  readonly values: TypedArray;
  readonly initial: number | null;
}

/** The data from which the findings are derived. */
export interface Parts {
  readonly layer: Layer;
  /** ε, added to the variance; null for layers without it. */
  readonly epsilon: number | null;
  readonly statistics: { readonly mean: Statistic; readonly variance: Statistic } | null;
  /** The share of the old statistics that an update keeps; null without updates in training. */
  readonly momentum: number | null;
  readonly gamma: Statistic | null;
  readonly beta: Statistic | null;
  /** Whether the statistics come from `adapt` and not from training. */
  readonly isAdapted: boolean;
}

/** The parts of a layer that normalizes; null for other layers, and for one that is not built. */
export function partsOf(layer: Layer): Parts | null {
  const parts = layer.built ? layer.normalizationParts : null;
  if (parts === null) return null;
  const [mean, variance] = [statisticOf(parts.mean), statisticOf(parts.variance)];
  return {
    layer,
    epsilon: parts.epsilon ?? null,
    statistics: mean === null || variance === null ? null : { mean, variance },
    momentum: parts.momentum ?? null,
    gamma: statisticOf(parts.gamma),
    beta: statisticOf(parts.beta),
    isAdapted: parts.isAdapted ?? false,
  };
}

function statisticOf(part: NormalizationPart | null | undefined): Statistic | null {
  if (part === null || part === undefined) return null;
  const { value, initializer } = part;
  const { data } = value instanceof Tensor ? value : value.value;
  return { values: data, initial: initialOf(initializer) };
}

function initialOf(initializer: Initializer | null): number | null {
  if (initializer instanceof Zeros) return 0;
  if (initializer instanceof Ones) return 1;
  return initializer instanceof Constant && typeof initializer.value === 'number' ? initializer.value : null;
}
