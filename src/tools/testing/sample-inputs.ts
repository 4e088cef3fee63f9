import { type DType, allocate, isFloat } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { type KnownShape, type Shape, compatible, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor, tensor, isTensor } from '../../core/tensor.ts';
import { flatten } from '../../core/tree.ts';
import { isTreeOf } from '../../keras/layers/base/apply-options.ts';
import { type InputShape, isShape } from '../../keras/layers/base/input-shape.ts';
import { type CheckGradientsOptions, readDTypes } from './check-options.ts';

/** The substitutes for unknown sizes: of the batch axis, and of other axes. */
const [BATCH, SIZE] = [2, 3];

/** Returns one tensor per input: those of the options, or random numbers. */
export function sampleInputs(
  who: string,
  inputShape: InputShape,
  options: CheckGradientsOptions,
  random: RandomStream,
): readonly Tensor[] {
  const shapes = flatten<Shape>(inputShape, isShape);
  const dtypes = readDTypes(who, options.dtype, shapes.length);
  const { inputs } = options;
  if (inputs === undefined || inputs === null) {
    return shapes.map((shape, i) => sample(knownShape(shape), dtypes[i] ?? 'float32', random));
  }
  const given = isTreeOf(inputs, isTensor) ? flatten<Tensor>(inputs, isTensor) : [tensor(inputs)];
  if (given.length !== shapes.length) {
    throw new ValueError(
      `[${who}] inputs must have one tensor per shape (${shapes.length}). Received: ${given.length}. Pass several inputs as a list or record of tensors.`,
    );
  }
  return given.map((one, i) => {
    const shape = shapes[i] ?? [];
    if (!compatible(one.shape, shape)) {
      throw new ValueError(
        `[${who}] inputs must have the shape of inputShape, ${showShape(shape)}. Received: shape ${showShape(one.shape)}.`,
      );
    }
    return tensor(one, undefined, dtypes[i] ?? one.dtype);
  });
}

function knownShape(shape: Shape): KnownShape {
  return shape.map((size, axis) => size ?? (axis === 0 ? BATCH : SIZE));
}

/**
 * Returns stratified random numbers in (−2, 2), in random order: no two are so close that a step moves one past the other,
 * which would be a kink of a maximum. Integers are 0 and 1.
 */
function sample(shape: KnownShape, dtype: DType, random: RandomStream): Tensor {
  const size = sizeOf(shape);
  if (!isFloat(dtype)) {
    const data = allocate(dtype, size);
    for (let i = 0; i < size; i++) data[i] = Math.floor(2 * random.nextUniform());
    return new Tensor(data, shape, dtype);
  }
  const order = random.permutation(size);
  const data = Float64Array.from(order, (part) => (4 * (part + 0.25 + 0.5 * random.nextUniform())) / size - 2);
  return new Tensor(data, shape, dtype);
}
