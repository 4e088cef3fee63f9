import { type DType, allocate } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { type KnownShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';

/** The next uniform numbers in [0, 1) of a stream. */
export function drawUniform(stream: RandomStream, shape: KnownShape, dtype: DType): Tensor {
  const numbers = allocate(dtype, sizeOf(shape));
  if (!(numbers instanceof Float32Array || numbers instanceof Float64Array)) {
    throw new InternalError(`random numbers of type ${dtype}.`);
  }
  stream.fillUniform(numbers);
  return new Tensor(numbers, shape, dtype);
}
