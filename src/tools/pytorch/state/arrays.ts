import type { TypedArray } from '../../../core/dtype.ts';
import { type KnownShape, sizeOf, stridesOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';

/** Transposes an array: axis `axes[i]` becomes axis i. */
export function permute(tensor: Tensor, axes: readonly number[]): Tensor {
  const shape = axes.map((axis) => tensor.shape[axis] ?? 1);
  const strides = stridesOf(tensor.shape);
  const steps = axes.map((axis) => strides[axis] ?? 0);
  const data: TypedArray = tensor.data.slice();
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    data[to] = tensor.data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if (next < (shape[axis] ?? 1)) {
        index[axis] = next;
        break;
      }
      from -= next * (steps[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return new Tensor(data, shape, tensor.dtype);
}

/** Reshapes an array. */
export function reshaped(tensor: Tensor, shape: KnownShape): Tensor {
  return new Tensor(tensor.data, [...shape], tensor.dtype);
}

/** Selects the rows `order[0]`, `order[1]`, … of the first axis; null keeps the order. */
export function takeRows(tensor: Tensor, order: readonly number[] | null): Tensor {
  if (order === null) return tensor;
  const [, ...rest] = tensor.shape;
  const width = sizeOf(rest);
  const data = tensor.data.slice();
  for (const [to, from] of order.entries()) {
    data.set(tensor.data.subarray(from * width, (from + 1) * width), to * width);
  }
  return new Tensor(data, tensor.shape, tensor.dtype);
}

/**
 * The permutation of the features of a flattened map `[…spatial, channels]` relative to PyTorch's `[channels, …spatial]`;
 * null for the identity.
 */
export function channelsFirstOrder(map: KnownShape): readonly number[] | null {
  const channels = map.at(-1) ?? 1;
  const places = sizeOf(map.slice(0, -1));
  if (channels === 1 || places === 1) return null;
  return Array.from({ length: channels * places }, (_, i) => (i % channels) * places + Math.floor(i / channels));
}
