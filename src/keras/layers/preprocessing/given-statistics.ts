import { ValueError } from '../../../core/errors.ts';
import { type KnownShape, broadcastShapes, sameShape, showShape } from '../../../core/shape.ts';
import { type Tensor, broadcastTo } from '../../../core/tensor.ts';

/** A known mean and variance. */
export interface GivenStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Checks a mean and a variance against each other and against the number of axes.
 * @throws ValueError if only one is passed, their shapes differ, or they have more axes than `axis`.
 */
export function readStatistics(
  who: string,
  mean: Tensor | null,
  variance: Tensor | null,
  axes: number,
): GivenStatistics | null {
  if (mean === null && variance === null) return null;
  if (mean === null || variance === null) {
    const [given, missing] = mean === null ? ['variance', 'mean'] : ['mean', 'variance'];
    throw new ValueError(
      `[${who}] mean and variance must be given together. Received: ${given} without ${missing}. Give both, or neither and adapt the layer to data.`,
    );
  }
  if (!sameShape(mean.shape, variance.shape)) {
    throw new ValueError(
      `[${who}] mean and variance must have one shape. Received: mean of shape ${showShape(mean.shape)} and variance of shape ${showShape(variance.shape)}.`,
    );
  }
  if (mean.rank > axes) {
    throw new ValueError(
      `[${who}] mean and variance must not have more axes than axis names, ${axes}. Received: shape ${showShape(mean.shape)}.`,
    );
  }
  return { mean, variance };
}

/**
 * Broadcasts statistics to the sizes of the kept axes.
 * @throws ValueError if they do not fit.
 */
export function spreadStatistics(who: string, given: Tensor, sizes: KnownShape): Tensor {
  const fits = broadcastShapes(given.shape, sizes);
  if (fits === null || !sameShape(fits, sizes)) {
    throw new ValueError(
      `[${who}] mean and variance must fit the sizes of the input on axis, ${showShape(sizes)}. Received: shape ${showShape(given.shape)}.`,
    );
  }
  return broadcastTo(given, sizes);
}
