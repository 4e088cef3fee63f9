import { ValueError } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import { add, gather, multiply, subtract } from '../../../compiler/builder/index.ts';
import { castTo, toFloat } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { repeatAxes } from '../numpy/axes.ts';

/** The maximum size of a resized axis: the positions of its elements are constants of the graph. */
const MAX_RESIZED = 2 ** 22;

/**
 * x with an axis resized by an integer factor, by linear interpolation between the centers of the elements:
 *
 *     y[i] = (1 − t) · x[⌊s⌋] + t · x[⌈s⌉], s = (i + ½) / factor − ½, t = s − ⌊s⌋
 *
 * Beyond the outermost centers it is constant.
 *
 * @throws ValueError if the axis would have more than 2²² elements.
 */
export function resizeAxis(x: Value, factor: number, axis: number): Value {
  const value = toFloat(x);
  const size = value.shape[axis] ?? null;
  // While a model is described, the size may be unknown, and only the shape of the result matters.
  if (factor === 1 || size === null) return repeatAxes(value, new Map([[axis, factor]]));
  if (size * factor > MAX_RESIZED) {
    throw new ValueError(
      `[ops.interpolate] an interpolated axis must have at most ${MAX_RESIZED} elements. Received: ${size * factor}.`,
    );
  }
  const places = Array.from({ length: size * factor }, (_, i) => (i + 0.5) / factor - 0.5);
  const neighbor = (round: (place: number) => number): Value => {
    const indices = Int32Array.from(places, (place) => Math.min(Math.max(round(place), 0), size - 1));
    return gather(value, constant(new Tensor(indices, [places.length])), axis);
  };
  const [lower, upper] = [neighbor(Math.floor), neighbor(Math.ceil)];
  const fractions = Float64Array.from(places, (place) => place - Math.floor(place));
  const shape = value.shape.map((_, i) => (i === axis ? places.length : 1));
  const t = castTo(constant(new Tensor(fractions, shape)), value.dtype);
  return add(lower, multiply(subtract(upper, lower), t));
}
