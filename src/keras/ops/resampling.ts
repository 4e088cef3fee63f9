import { canonicalAxis } from '../../core/axes.ts';
import { ValueError, show } from '../../core/errors.ts';
import { Tensor } from '../../core/tensor.ts';
import { constant } from '../../compiler/graph/leaves.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, multiply, subtract } from './elementwise.ts';
import { broadcastTo, reshape, take } from './movement.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/**
 * Each slice along an axis `repeats` times, one behind the other.
 *
 * Shapes: the size of the axis is multiplied.
 *
 * @throws ValueError if `repeats` is no positive integer, or the axis is out of range.
 * @example
 * await jit((x) => ops.repeat(x, 2, 0))([1, 2]);   // [1, 1, 2, 2]
 * @see https://keras.io/api/ops/numpy/#repeat-function
 */
export function repeat(x: Operand, repeats: number, axis: number): Value {
  const value = toValue(x);
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new ValueError(`[ops.repeat] repeats must be a positive integer. Received: repeats=${show(repeats)}.`);
  }
  return repeatAxes(value, new Map([[canonicalAxis(axis, value.rank, 'ops.repeat'), repeats]]));
}

/** Several axes at once: an axis of size 1 behind each is broadcast, then joined with it. */
export function repeatAxes(x: Value, factors: ReadonlyMap<number, number>): Value {
  const split: (number | null)[] = [];
  const spread: (number | null)[] = [];
  for (const [axis, size] of x.shape.entries()) {
    const factor = factors.get(axis) ?? 1;
    split.push(size, ...(factor === 1 ? [] : [1]));
    spread.push(size, ...(factor === 1 ? [] : [factor]));
  }
  const shape = x.shape.map((size, axis) => (size === null ? null : size * (factors.get(axis) ?? 1)));
  return reshape(broadcastTo(reshape(x, split), spread), shape);
}

/** The maximum size of an interpolated axis: the positions of its elements are constants of the graph. */
const MAX_INTERPOLATED = 2 ** 22;

/**
 * An axis made `factor` times as long, with straight lines between the elements, which lie in the middles of their
 * parts:
 *
 *     y[i] = (1 − t) · x[⌊s⌋] + t · x[⌈s⌉], s = (i + ½) / factor − ½, t = s − ⌊s⌋
 *
 * Beyond the outermost middles it is constant.
 */
export function interpolateAxis(x: Operand, factor: number, axis: number): Value {
  const value = toFloat(x);
  const size = value.shape[axis] ?? null;
  // Only the shape matters while a model is described.
  if (factor === 1 || size === null) return repeatAxes(value, new Map([[axis, factor]]));
  if (size * factor > MAX_INTERPOLATED) {
    throw new ValueError(
      `[ops.interpolate] an interpolated axis must have at most ${MAX_INTERPOLATED} elements. Received: ${size * factor}.`,
    );
  }
  const places = Array.from({ length: size * factor }, (_, i) => (i + 0.5) / factor - 0.5);
  const indices = (round: (place: number) => number): Value =>
    constant(
      new Tensor(
        Int32Array.from(places, (place) => Math.min(Math.max(round(place), 0), size - 1)),
        [places.length],
      ),
    );
  const [lower, upper] = [take(value, indices(Math.floor), axis), take(value, indices(Math.ceil), axis)];
  const ones = value.shape.map((_, i) => (i === axis ? places.length : 1));
  const parts = constant(
    new Tensor(
      Float64Array.from(places, (place) => place - Math.floor(place)),
      ones,
    ),
  );
  return add(lower, multiply(subtract(upper, lower), castTo(parts, value.dtype)));
}
