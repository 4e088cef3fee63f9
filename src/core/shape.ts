import { InternalError, ValueError, show } from './errors.ts';

/** The sizes of a tensor's axes; `null` is a size that is not known yet, such as that of a batch. */
export type Shape = readonly (number | null)[];

/** A shape in which every size is known. */
export type KnownShape = readonly number[];

export function isKnown(shape: Shape): shape is KnownShape {
  return shape.every((size) => size !== null);
}

/** How many elements a tensor of this shape has. */
export function sizeOf(shape: KnownShape): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Whether two shapes could be the same once their unknown sizes are known. */
export function compatible(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === null || b[i] === null || size === b[i]);
}

/** `(2, 3)` is written `[2, 3]`, an unknown size `null`. */
export function showShape(shape: Shape): string {
  return `[${shape.map((size) => (size === null ? 'null' : String(size))).join(', ')}]`;
}

/** The shape, with the promise that no size is unknown; for stages that only see programs with known shapes. */
export function known(shape: Shape): KnownShape {
  if (isKnown(shape)) return shape;
  throw new InternalError(`a known shape was expected, received ${showShape(shape)}.`);
}

/** Checks a shape that a user gave: an array of non-negative integers and nulls. */
export function checkShape(value: unknown, who: string, argument = 'shape'): Shape {
  const fits =
    Array.isArray(value) &&
    value.every((size) => size === null || (typeof size === 'number' && Number.isInteger(size) && size >= 0));
  if (!fits) {
    throw new ValueError(
      `[${who}] ${argument} must be an array of non-negative integers, with null for an unknown size. Received: ${argument}=${show(value)}.`,
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

/** The shape that two shapes broadcast to, by NumPy's rule, or `null` if they do not. */
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

/** Where the element at an offset stands, in row-major order. */
export function indexOfOffset(offset: number, shape: KnownShape): readonly number[] {
  const strides = stridesOf(shape);
  return shape.map((size, axis) => Math.floor(offset / (strides[axis] ?? 1)) % size);
}

/** ` at [1, 2]`, for messages; nothing for a scalar. */
export function showIndex(index: readonly number[]): string {
  return index.length === 0 ? '' : ` at [${index.join(', ')}]`;
}
