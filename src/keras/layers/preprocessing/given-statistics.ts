import { ValueError } from '../../../core/errors.ts';
import { type KnownShape, broadcastShapes, sameShape, showShape, stridesOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';

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
  const lead = sizes.length - given.rank;
  const fits = broadcastShapes(given.shape, sizes);
  if (fits === null || !sameShape(fits, sizes)) {
    throw new ValueError(
      `[${who}] mean and variance must fit the sizes of the input on axis, ${showShape(sizes)}. Received: shape ${showShape(given.shape)}.`,
    );
  }
  const own = stridesOf(given.shape);
  const steps = stridesOf(sizes);
  const data = new Float64Array(sizes.reduce((product, size) => product * size, 1));
  for (let i = 0; i < data.length; i++) {
    let at = 0;
    for (const [axis, size] of given.shape.entries()) {
      const index = Math.floor(i / (steps[lead + axis] ?? 1)) % (sizes[lead + axis] ?? 1);
      if (size > 1) at += index * (own[axis] ?? 0);
    }
    data[i] = given.data[at] ?? NaN;
  }
  return new Tensor(data, sizes);
}
