import type { Value } from '../../../compiler/ir/value.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { Initializer } from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import type { RenormClipping } from './batch-normalization-options.ts';

/** A map from the batch's normalization to that of the moving statistics: x̂ · r + d. No gradient flows through it. */
export interface Correction {
  readonly r: Value;
  readonly d: Value;
}

/** The statistics that batch renormalization keeps, in a shape that broadcasts against the input. */
export interface RenormState {
  /** The moving mean, for inference. */
  readonly movingMean: Value;
  /** The moving standard deviation, for inference. */
  readonly movingStddev: Value;
  /** R_μ, the mean towards which batches are corrected. */
  readonly renormMean: Value;
  /** R_s, the standard deviation towards which batches are corrected. */
  readonly renormStddev: Value;
}

/** The options of batch renormalization. */
export interface RenormOptions {
  readonly epsilon: number;
  readonly momentum: number;
  readonly renormMomentum: number;
  readonly renormClipping: RenormClipping | null;
}

/** The square roots of another initializer's values: standard deviations start where variances do. */
export class SquareRoot extends Initializer {
  readonly #variance: Initializer;

  constructor(variance: Initializer) {
    super();
    this.#variance = variance;
  }

  override call(...args: Parameters<Initializer['call']>): Tensor {
    const made = this.#variance.call(...args);
    made.data.set(made.data.map(Math.sqrt));
    return made;
  }
}

/** An exponential moving average after one more statistic. */
export function movingAverage(average: Value, statistic: Value, momentum: number): Value {
  return ops.add(ops.multiply(average, momentum), ops.multiply(ops.stopGradient(statistic), 1 - momentum));
}

/**
 * Batch renormalization (Ioffe, 2017): the state after a batch, the moving variance, and the correction for the batch.
 *
 *     s = √(σ² + ε)       r = s / R_s       d = (μ − R_μ) / R_s        (clipped; R_s at least √ε)
 *     R_μ ← EMA(μ)        R_s ← EMA(s)      moving variance ← max(EMA(s)² − ε, 0)
 *
 * @see https://arxiv.org/abs/1702.03275
 */
export function renormStatistics(
  state: RenormState,
  batch: { readonly mean: Value; readonly variance: Value },
  options: RenormOptions,
): { readonly updates: RenormState; readonly movingVariance: Value; readonly correction: Correction } {
  const { epsilon, momentum, renormMomentum } = options;
  const mean = ops.stopGradient(batch.mean);
  const stddev = ops.sqrt(ops.add(ops.stopGradient(batch.variance), epsilon));
  const movingStddev = movingAverage(state.movingStddev, stddev, momentum);
  return {
    updates: {
      movingMean: movingAverage(state.movingMean, mean, momentum),
      movingStddev,
      renormMean: movingAverage(state.renormMean, mean, renormMomentum),
      renormStddev: movingAverage(state.renormStddev, stddev, renormMomentum),
    },
    movingVariance: ops.relu(ops.subtract(ops.square(movingStddev), epsilon)),
    correction: correctionOf(state, mean, stddev, options),
  };
}

function correctionOf(state: RenormState, mean: Value, stddev: Value, options: RenormOptions): Correction {
  const { rmin, rmax, dmax } = options.renormClipping ?? {};
  const reference = ops.maximum(state.renormStddev, Math.sqrt(options.epsilon));
  let r = ops.divide(stddev, reference);
  if (rmin !== undefined) r = ops.maximum(r, rmin);
  if (rmax !== undefined) r = ops.minimum(r, rmax);
  let d = ops.divide(ops.subtract(mean, state.renormMean), reference);
  if (dmax !== undefined) d = ops.clip(d, -dmax, dmax);
  return { r: ops.stopGradient(r), d: ops.stopGradient(d) };
}
