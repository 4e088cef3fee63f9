import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';
import type { Moments } from './batch-statistics.ts';

/** The statistics of inference as a weighted mean of the moving ones and those of the batch. */
export interface TestTimeStatistics {
  /** The weight of the moving statistics, as a number of rows: 0 uses those of the batch alone. */
  readonly priorCount: number;
}

/**
 * The weighted mean of moving statistics and those of a batch of n rows (Schneider et al., 2020).
 *
 *     μ = N/(N+n) · μ_moving + n/(N+n) · μ_batch        σ² = N/(N+n) · σ²_moving + n/(N+n) · σ²_batch
 *
 * @see https://arxiv.org/abs/2006.16971
 */
export function blendStatistics(
  moving: Moments,
  batch: Moments,
  x: Value,
  { priorCount }: TestTimeStatistics,
): Moments {
  const [rows = 0] = x.knownShape;
  const share = rows / (rows + priorCount);
  const blend = (old: Value, one: Value): Value =>
    ops.add(ops.multiply(old, 1 - share), ops.multiply(ops.reshape(one, old.shape), share));
  return { mean: blend(moving.mean, batch.mean), variance: blend(moving.variance, batch.variance) };
}
