import { canonicalAxes, canonicalAxis } from '../../core/axes.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import { showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { multiply } from './elementwise.ts';
import { concatenate, expandDims, reshape, slice } from './movement.ts';
import { type Operand, castTo, toValue, unify } from './operand.ts';
import { type ReductionOptions, max } from './reductions.ts';

/**
 * Values of one shape side by side along a new axis.
 *
 * Shapes: the new axis has as many elements as there are values; −1 puts it last.
 *
 * @throws ValueError if there is no value, the shapes differ, or the axis is out of range.
 * @example
 * await jit((a, b) => ops.stack([a, b], 1))([1, 2], [3, 4]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#stack-function
 */
export function stack(values: readonly Operand[], axis = 0): Value {
  const unified = unify(values);
  const [first] = unified;
  if (first === undefined) throw new ValueError('[ops.stack] there must be at least one value. Received: none.');
  const at = canonicalAxis(axis, first.rank + 1, 'ops.stack');
  return concatenate(
    unified.map((value) => expandDims(value, at)),
    at,
  );
}

/**
 * x cut along an axis: into so many equal parts, or at the indices of a list.
 *
 * @throws ValueError if the size of the axis is not known, or no multiple of the number of parts; if the indices do not rise.
 * @example
 * await jit((x) => ops.split(x, 2)[1])([1, 2, 3, 4]);         // [3, 4]
 * await jit((x) => ops.split(x, [1, 3])[1])([1, 2, 3, 4]);    // [2, 3]
 * @see https://keras.io/api/ops/numpy/#split-function
 */
export function split(x: Operand, indicesOrSections: number | readonly number[], axis = 0): readonly Value[] {
  const value = toValue(x);
  const at = canonicalAxis(axis, value.rank, 'ops.split');
  const size = value.shape[at] ?? null;
  if (size === null) {
    throw new ValueError(
      `[ops.split] the size of the axis must be known. Received: axis=${axis} of shape ${showShape(value.shape)}.`,
    );
  }
  const cuts =
    typeof indicesOrSections === 'number'
      ? Array.from({ length: indicesOrSections - 1 }, (_, i) => ((i + 1) * size) / indicesOrSections)
      : indicesOrSections;
  const ends = [...cuts, size];
  if (!ends.every((end, i) => Number.isInteger(end) && end >= (ends[i - 1] ?? 0) && end <= size)) {
    throw new ValueError(
      `[ops.split] indicesOrSections must be a number of equal parts, or rising indices, of the ${size} elements. Received: indicesOrSections=${show(indicesOrSections)}.`,
    );
  }
  return ends.map((end, i) =>
    slice(
      value,
      value.shape.map((_, other) => (other === at ? (ends[i - 1] ?? 0) : 0)),
      value.shape.map((_, other) => (other === at ? end : Infinity)),
    ),
  );
}

/**
 * The product over axes: halves of an axis are multiplied until one element is left, so that its gradient is right where
 * elements are zero.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.prod(x, { axis: 1 }))([[1, 2, 3], [4, 5, 0]]);   // [6, 0]
 * @see https://keras.io/api/ops/numpy/#prod-function
 */
export function prod(x: Operand, options: ReductionOptions = {}): Value {
  checkOptions('ops.prod', options, ['axis', 'keepdims']);
  const given = toValue(x);
  const value = given.dtype === 'bool' || given.dtype === 'uint8' ? castTo(given, 'int32') : given;
  const axes = canonicalAxes(options.axis ?? value.shape.map((_, i) => i), value.rank, 'ops.prod');
  const left = axes.reduce(productAlong, value);
  if (options.keepdims ?? false) return left;
  return reshape(
    left,
    left.shape.filter((_, i) => !axes.includes(i)),
  );
}

/** The product along an axis, which keeps the size 1. */
function productAlong(x: Value, axis: number): Value {
  const size = x.shape[axis] ?? null;
  // Only the shape matters while a model is described.
  if (size === null) return max(x, { axis, keepdims: true });
  if (size === 0) throw new ValueError(`[ops.prod] an axis must have elements. Received: shape ${showShape(x.shape)}.`);
  if (size === 1) return x;
  const part = (from: number, to: number): Value =>
    slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.map((_, i) => (i === axis ? to : Infinity)),
    );
  const half = Math.floor(size / 2);
  const product = multiply(part(0, half), part(half, 2 * half));
  return productAlong(size % 2 === 0 ? product : concatenate([product, part(size - 1, size)], axis), axis);
}
