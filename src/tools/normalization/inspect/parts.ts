import type { TypedArray } from '../../../core/dtype.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import { Constant, type Initializer, Ones, Zeros } from '../../../keras/initializers/index.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { AffineLayer } from '../../../keras/layers/normalization/affine-layer.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import { RMSNormalization } from '../../../keras/layers/normalization/rms-normalization.ts';
import { SpectralNormalization } from '../../../keras/layers/normalization/spectral-normalization.ts';
import { UnitNormalization } from '../../../keras/layers/normalization/unit-normalization.ts';
import { WeightNormalization } from '../../../keras/layers/normalization/weight-normalization.ts';
import { Normalization } from '../../../keras/layers/preprocessing/normalization.ts';

/** A statistic that a layer keeps, and what it was before it learned anything; null where that is not one number. */
export interface Statistic {
  readonly values: TypedArray;
  readonly initial: number | null;
}

/** What the findings are made from. */
export interface Parts {
  readonly layer: Layer;
  /** ε, added to the variance; null for layers without it. */
  readonly epsilon: number | null;
  readonly statistics: { readonly mean: Statistic; readonly variance: Statistic } | null;
  /** How much of the old statistics an update keeps; null where nothing is updated in training. */
  readonly momentum: number | null;
  readonly gamma: Statistic | null;
  readonly beta: Statistic | null;
  /** Whether the statistics come from `adapt` and not from training. */
  readonly isAdapted: boolean;
}

const NOTHING = { epsilon: null, statistics: null, momentum: null, gamma: null, beta: null, isAdapted: false };

/** The parts of a layer that normalizes; null for other layers, and for one that is not built. */
export function partsOf(layer: Layer): Parts | null {
  if (!layer.built) return null;
  if (layer instanceof BatchNormalization) {
    const mean = learned(layer.movingMean, layer.movingMeanInitializer);
    const variance = learned(layer.movingVariance, layer.movingVarianceInitializer);
    return {
      ...NOTHING,
      layer,
      epsilon: layer.effectiveEpsilon,
      statistics: mean === null || variance === null ? null : { mean, variance },
      momentum: layer.momentum,
      gamma: learned(layer.gamma, layer.gammaInitializer),
      beta: learned(layer.beta, layer.betaInitializer),
    };
  }
  if (layer instanceof Normalization) {
    const { mean, variance } = layer;
    const isAdapted = layer.adaptMean !== null;
    const statistic = ({ data }: Tensor, initial: number): Statistic => ({
      values: data,
      initial: isAdapted ? initial : null,
    });
    const statistics =
      mean === null || variance === null ? null : { mean: statistic(mean, 0), variance: statistic(variance, 1) };
    return { ...NOTHING, layer, statistics, isAdapted };
  }
  if (layer instanceof AffineLayer) {
    const gamma = learned(layer.gamma, layer.gammaInitializer);
    return { ...NOTHING, layer, epsilon: layer.epsilon, gamma, beta: learned(layer.beta, layer.betaInitializer) };
  }
  if (layer instanceof RMSNormalization) {
    return { ...NOTHING, layer, epsilon: layer.epsilon, gamma: learned(layer.scale, new Ones()) };
  }
  const isOther = [UnitNormalization, SpectralNormalization, WeightNormalization].some((kind) => layer instanceof kind);
  return isOther ? { ...NOTHING, layer } : null;
}

function learned(variable: Variable | null, initializer: Initializer): Statistic | null {
  return variable === null ? null : { values: variable.value.data, initial: initialOf(initializer) };
}

function initialOf(initializer: Initializer): number | null {
  if (initializer instanceof Zeros) return 0;
  if (initializer instanceof Ones) return 1;
  return initializer instanceof Constant ? initializer.value : null;
}
