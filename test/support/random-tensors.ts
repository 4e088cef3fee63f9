import { RandomStream } from '../../src/core/random.ts';
import { type KnownShape, sizeOf } from '../../src/core/shape.ts';
import { Tensor } from '../../src/core/tensor.ts';

/** A maker of float64 tensors with uniform elements; the same seed makes the same ones. */
export function randomTensors(seed: number): (shape: KnownShape, low?: number, high?: number) => Tensor {
  const random = new RandomStream(seed);
  return (shape, low = -1, high = 1) =>
    new Tensor(
      Float64Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.nextUniform()),
      shape,
    );
}

/** Elements of either sign with a magnitude in [0.2, 1.2): away from kinks at zero. */
export function awayFromZero(seed: number): (shape: KnownShape) => Tensor {
  const make = randomTensors(seed);
  return (shape) => {
    const x = make(shape);
    for (const [i, value] of x.data.entries()) x.data[i] = value + (value < 0 ? -0.2 : 0.2);
    return x;
  };
}

/** The numbers 0, 1, …, in random order and `gap` apart: no two are near each other. */
export function distinct(seed: number, gap = 0.1): (shape: KnownShape) => Tensor {
  const random = new RandomStream(seed);
  return (shape) => {
    const size = sizeOf(shape);
    return new Tensor(
      Float64Array.from(random.permutation(size), (entry) => (entry - size / 2) * gap),
      shape,
    );
  };
}
