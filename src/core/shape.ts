import { InternalError, ValueError, show } from './errors.ts';

/** The sizes of the axes of a tensor; null is a size that is not yet known, such as that of a batch. */
export type Shape = readonly (number | null)[];

/** A shape whose sizes are all known. */
export type KnownShape = readonly number[];

/** Whether all sizes of a shape are known. */
export function isKnown(shape: Shape): shape is KnownShape {
  return shape.every((size) => size !== null);
}

/** The number of elements of a tensor of a shape. */
export function sizeOf(shape: KnownShape): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/** Whether two shapes are equal, unknown sizes included. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Whether two shapes may be equal once their unknown sizes are known. */
export function compatible(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === null || b[i] === null || size === b[i]);
}

/** A shape for messages, such as `[2, 3]` or `[null, 3]`. */
export function showShape(shape: Shape): string {
  return `[${shape.map((size) => (size === null ? 'null' : String(size))).join(', ')}]`;
}

/**
 * Returns a shape whose sizes must all be known, as those of programs are.
 * @throws InternalError otherwise
 */
export function known(shape: Shape): KnownShape {
  if (isKnown(shape)) return shape;
  throw new InternalError(`a known shape is required, received ${showShape(shape)}.`);
}

/** Returns an argument that must be a shape: an array of non-negative integers and nulls. */
export function checkShape(value: unknown, who: string, argument = 'shape'): Shape {
  const fits =
    Array.isArray(value) &&
    value.every((size) => size === null || (typeof size === 'number' && Number.isInteger(size) && size >= 0));
  if (!fits) {
    throw new ValueError(
      `[${who}] ${argument} must be an array of integers ≥ 0, with null for an unknown size. Received: ${argument}=${show(value)}.`,
    );
  }
  return value as Shape;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: KnownShape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** The shape to which two shapes broadcast by NumPy's rule; null if they do not. */
export function broadcastShapes(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const result: (number | null)[] = [];
  for (let i = 0; i < rank; i++) {
    const x = i < rank - a.length ? 1 : (a[i - rank + a.length] ?? null);
    const y = i < rank - b.length ? 1 : (b[i - rank + b.length] ?? null);
    if (x === y || y === 1) result.push(x);
    else if (x === 1) result.push(y);
    else if (x === null) result.push(y);
    else if (y === null) result.push(x);
    else return null;
  }
  return result;
}

/** The multi-index of the element at an offset in row-major order. */
export function indexOfOffset(offset: number, shape: KnownShape): readonly number[] {
  const strides = stridesOf(shape);
  return shape.map((size, axis) => Math.floor(offset / (strides[axis] ?? 1)) % size);
}

/** A multi-index for messages, such as ` at [1, 2]`; empty for a scalar. */
export function showIndex(index: readonly number[]): string {
  return index.length === 0 ? '' : ` at [${index.join(', ')}]`;
}
