import { allocate } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { showShape, sizeOf, stridesOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { mapTensors, stack } from './elements.ts';

/**
 * A batch of elements whose arrays are padded at the end of each axis to the longest of the batch, or to a shape.
 * @throws ValueError if arrays differ in rank, or are longer than the shape.
 */
export function stackPadded(
  who: string,
  elements: readonly unknown[],
  padding: number,
  shape: readonly (number | null)[] | null,
): unknown {
  const sizes = new Map<string, number[]>();
  for (const element of elements) {
    mapTensors(element, (array, path) => {
      const known = sizes.get(path);
      if (known === undefined) sizes.set(path, [...array.shape]);
      else if (known.length !== array.rank) {
        throw new ValueError(
          `[${who}] all elements must have the same rank. Received: shapes ${showShape(known)} and ${showShape(array.shape)}${path}.`,
        );
      } else for (const [axis, size] of array.shape.entries()) known[axis] = Math.max(known[axis] ?? 0, size);
      return array;
    });
  }
  const target = (path: string): readonly number[] => {
    const longest = sizes.get(path) ?? [];
    // A shape is that of the sequences: scalars, such as labels, are not padded.
    if (shape === null || longest.length === 0) return longest;
    if (shape.length !== longest.length || shape.some((size, axis) => size !== null && size < (longest[axis] ?? 0))) {
      throw new ValueError(
        `[${who}] paddedShape must have the rank of the elements, and be as long as the longest. Received: paddedShape=${show(shape)}, and elements of up to ${showShape(longest)}${path}.`,
      );
    }
    return shape.map((size, axis) => size ?? longest[axis] ?? 0);
  };
  return stack(
    who,
    elements.map((element) => mapTensors(element, (array, path) => padTo(array, target(path), padding))),
  );
}

function padTo(array: Tensor, shape: readonly number[], padding: number): Tensor {
  if (shape.every((size, axis) => size === array.shape[axis])) return array;
  const data = allocate(array.dtype, sizeOf(shape)).fill(padding);
  const [from, to] = [stridesOf(array.shape), stridesOf(shape)];
  const copy = (axis: number, start: number, target: number): void => {
    const size = array.shape[axis] ?? 1;
    if (axis === array.rank - 1) {
      data.set(array.data.subarray(start, start + size), target);
      return;
    }
    for (let i = 0; i < size; i++) copy(axis + 1, start + i * (from[axis] ?? 1), target + i * (to[axis] ?? 1));
  };
  copy(0, 0, 0);
  return new Tensor(data, shape, array.dtype);
}
