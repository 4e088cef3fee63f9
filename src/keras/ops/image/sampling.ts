import { isFloat } from '../../../core/dtype.ts';
import * as build from '../../../compiler/builder/index.ts';
import { castTo, toFloat } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';

const { abs, add, floor, less, multiply, subtract, where } = build;

/** The continuation of an image beyond its edges. */
export type FillMode = 'constant' | 'nearest' | 'wrap' | 'mirror' | 'reflect';

/** The ways to continue an image, for checks. */
export const FILL_MODES: readonly FillMode[] = ['constant', 'nearest', 'wrap', 'mirror', 'reflect'];

/** The values between elements: the element at the nearest place, or a linear interpolation between neighbors. */
export interface SamplingOptions {
  readonly order: 0 | 1;
  readonly fillMode: FillMode;
  /** The value beyond the edges, for `constant`. */
  readonly fillValue: number;
}

/** An axis of a source that is read at places between its elements. */
export interface SampledAxis {
  /** The places, in elements. */
  readonly coordinates: Value;
  readonly size: number;
  /** The number of elements of the flat source from one element of the axis to the next. */
  readonly stride: number;
}

interface Tap {
  readonly index: Value;
  readonly weight: Value | null;
}

/** x rounded to an integer, halves away from zero. */
export function roundHalfAway(x: Value): Value {
  const size = abs(x);
  const below = floor(size);
  const isUp = build.lessEqual(0.5, subtract(size, below));
  return multiply(build.sign(x), add(below, castTo(isUp, x.dtype)));
}

/** The triangular wave through 0, 1 … size − 1, size − 2 … 1, 0 …, which repeats neither end. */
function mirror(index: Value, size: number): Value {
  if (size === 1) return multiply(index, 0);
  const half = size - 1;
  const shifted = add(index, half);
  const phase = subtract(shifted, multiply(floor(multiply(shifted, 1 / (2 * half))), 2 * half));
  return abs(subtract(phase, half));
}

/** The element that stands for an index beyond the edges. */
const CONTINUATIONS: Readonly<Record<FillMode, (index: Value, size: number) => Value>> = {
  constant: (index) => index,
  nearest: (index, size) => build.minimum(build.maximum(index, 0), size - 1),
  wrap: (index, size) => subtract(index, multiply(floor(build.divide(index, size)), size)),
  mirror,
  reflect: (index, size) => floor(multiply(subtract(mirror(add(multiply(index, 2), 1), 2 * size + 1), 1), 0.5)),
};

/** The elements around each place of an axis, with their weights. */
function tapsOf(coordinates: Value, order: 0 | 1): readonly Tap[] {
  if (order === 0) return [{ index: roundHalfAway(build.stopGradient(coordinates)), weight: null }];
  const lower = build.stopGradient(floor(coordinates));
  const weight = subtract(coordinates, lower);
  return [
    { index: lower, weight: subtract(1, weight) },
    { index: add(lower, 1), weight },
  ];
}

/** One tap of each axis, in all combinations. */
function combinations(taps: readonly (readonly Tap[])[]): readonly (readonly Tap[])[] {
  return taps.reduce<readonly (readonly Tap[])[]>(
    (all, some) => all.flatMap((chosen) => some.map((tap) => [...chosen, tap])),
    [[]],
  );
}

/**
 * The values of a source at places between its elements. Shapes: the source is `[elements, …rest]`, the coordinates of all
 * axes have one shape, and the result is `[…coordinates, …rest]`, in the dtype of the source.
 *
 * @param offset the element of the source from which the axes count, which broadcasts against the coordinates
 */
export function sample(
  source: Value,
  offset: Value | null,
  axes: readonly SampledAxis[],
  { order, fillMode, fillValue }: SamplingOptions,
): Value {
  const places = axes.map((axis) => ({ ...axis, coordinates: toFloat(axis.coordinates) }));
  const dtype = isFloat(source.dtype) ? source.dtype : 'float32';
  const last = (source.knownShape[0] ?? 1) - 1;
  const rest = source.shape.slice(1);
  /** A value for each place, for all elements that are read there. */
  const spread = (value: Value): Value => build.reshape(value, [...value.shape, ...rest.map(() => 1)]);
  const contributions = combinations(places.map(({ coordinates }) => tapsOf(coordinates, order))).map((chosen) => {
    let index: Value | null = offset;
    let isInside: Value | null = null;
    let weight: Value | null = null;
    for (const [i, tap] of chosen.entries()) {
      const { size, stride } = places[i] ?? { size: 1, stride: 1 };
      const element = multiply(castTo(CONTINUATIONS[fillMode](tap.index, size), 'int32'), stride);
      index = index === null ? element : add(index, element);
      if (fillMode === 'constant') {
        const within = build.logicalAnd(build.lessEqual(0, tap.index), less(tap.index, size));
        isInside = isInside === null ? within : build.logicalAnd(isInside, within);
      }
      if (tap.weight !== null) weight = weight === null ? tap.weight : multiply(weight, tap.weight);
    }
    // Indices beyond the edges, and those of NaN, are not read.
    const safe = build.minimum(build.maximum(index ?? 0, 0), last);
    const elements = castTo(build.gather(source, safe, 0), dtype);
    const read = isInside === null ? elements : where(spread(isInside), elements, fillValue);
    return weight === null ? read : multiply(castTo(spread(weight), dtype), read);
  });
  const [first, ...others] = contributions;
  const result = others.reduce((all, each) => add(all, each), first ?? source);
  return castTo(isFloat(source.dtype) ? result : roundHalfAway(result), source.dtype);
}
