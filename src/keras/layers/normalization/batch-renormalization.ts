import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { Initializer } from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import type { BatchNormalizationSettings } from './batch-normalization-options.ts';

/** What turns the batch's normalization towards that of the moving statistics: x̂ · r + d. No gradient flows through. */
export interface Correction {
  readonly r: Value;
  readonly d: Value;
}

interface Batch {
  readonly mean: Value;
  readonly variance: Value;
  /** The state of a variable, as coefficients. */
  readonly read: (variable: Variable) => Value;
  /** rate · state + (1 − rate) · statistic */
  readonly moving: (variable: Variable, statistic: Value, rate: number) => Value;
  readonly update: (variable: Variable, value: Value) => void;
  readonly movingMean: Variable;
}

/** √ of what another initializer gives: the deviations start where the variances do. */
class SquareRoot extends Initializer {
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

/**
 * Batch renormalization (Ioffe, 2017): the state it adds and what a batch does to it.
 *
 *     s = √(σ² + ε)       r = s / R_s       d = (μ − R_μ) / R_s        (clipped; R_s at least √ε)
 *     R_μ ← EMA(μ)        R_s ← EMA(s)      moving variance ← max(EMA(s)² − ε, 0)
 *
 * @see https://arxiv.org/abs/1702.03275
 */
export class RenormState {
  readonly #settings: BatchNormalizationSettings;
  readonly #movingDeviation: Variable;
  readonly #mean: Variable;
  readonly #deviation: Variable;

  constructor(
    settings: BatchNormalizationSettings,
    statistic: (name: string, initializer: Initializer) => Variable,
    mean: Initializer,
    variance: Initializer,
  ) {
    this.#settings = settings;
    this.#movingDeviation = statistic('moving_stddev', new SquareRoot(variance));
    this.#mean = statistic('renorm_mean', mean);
    this.#deviation = statistic('renorm_stddev', new SquareRoot(variance));
  }

  /** Updates the state, and returns the new moving statistics and the correction for this batch. */
  learn(batch: Batch): { mean: Value; variance: Value; correction: Correction } {
    const { epsilon, momentum, renormMomentum } = this.#settings;
    const deviation = ops.sqrt(ops.add(batch.variance, epsilon));
    const correction = this.#correct(batch, deviation);
    batch.update(this.#mean, batch.moving(this.#mean, batch.mean, renormMomentum));
    batch.update(this.#deviation, batch.moving(this.#deviation, deviation, renormMomentum));
    const mean = batch.moving(batch.movingMean, batch.mean, momentum);
    const movingDeviation = batch.moving(this.#movingDeviation, deviation, momentum);
    batch.update(this.#movingDeviation, movingDeviation);
    const variance = ops.relu(ops.subtract(ops.square(movingDeviation), epsilon));
    return { mean, variance, correction };
  }

  #correct(batch: Batch, deviation: Value): Correction {
    const { epsilon, renormClipping } = this.#settings;
    const { rmin, rmax, dmax } = renormClipping ?? {};
    const reference = ops.maximum(batch.read(this.#deviation), Math.sqrt(epsilon));
    let r = ops.divide(deviation, reference);
    if (rmin !== undefined) r = ops.maximum(r, rmin);
    if (rmax !== undefined) r = ops.minimum(r, rmax);
    let d = ops.divide(ops.subtract(batch.mean, batch.read(this.#mean)), reference);
    if (dmax !== undefined) d = ops.clip(d, -dmax, dmax);
    return { r: ops.stopGradient(r), d: ops.stopGradient(d) };
  }
}
