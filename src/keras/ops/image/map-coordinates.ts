import { checkChoice, checkNumber } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { isKnown, showShape, sizeOf } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { stack } from '../numpy/joining.ts';
import { FILL_MODES, type FillMode, sample } from './sampling.ts';

/** Options of {@link mapCoordinates}. */
export interface MapCoordinatesOptions {
  /**
   * The continuation of x = a b c d beyond its edges: `constant` is `k k a b c d k k` with the fill value, `nearest`
   * `a a a b c d d d`, `wrap` `c d a b c d a b`, `mirror` `c b a b c d c b` and `reflect` `b a a b c d d c`.
   * @default 'constant'
   */
  fillMode?: FillMode | undefined;
  /** The value beyond the edges, for `constant`. @default 0 */
  fillValue?: number | undefined;
}

const WHO = 'ops.image.mapCoordinates';

function readOrder(order: unknown): 0 | 1 {
  if (order === 0 || order === 1) return order;
  throw new ValueError(`[${WHO}] order must be 0, the nearest element, or 1, linear. Received: order=${show(order)}.`);
}

/**
 * The values of x at places between its elements: of the nearest element (order 0, halves away from zero), or interpolated
 * linearly between the 2ⁿ elements around (order 1). `coordinates[k]` are the places on axis k; they have a gradient for
 * order 1.
 *
 * Shapes: inputs `[d₁, …, dₙ]`, coordinates `[n, …places]` → `[…places]`, in the dtype of the inputs; integers are rounded.
 *
 * @throws ValueError if there is not one list of coordinates for each axis, or for another order or fill mode.
 * @example
 * const at = jit((x, places) => ops.image.mapCoordinates(x, places, 1, { fillMode: 'nearest' }));
 * await at([[0, 1], [2, 3]], [[0, 0.5, 9], [0.5, 0.5, 0]]);   // [0.5, 1.5, 2]
 * @see https://keras.io/api/ops/image/#map_coordinates-function
 */
export const mapCoordinates: Symbolic<
  (inputs: Operand, coordinates: Operand | readonly Operand[], order: number, options?: MapCoordinatesOptions) => Value
> = op(
  'image.MapCoordinates',
  ['inputs', 'coordinates'],
  { order: REQUIRED, fillMode: 'constant', fillValue: 0 },
  (
    inputs: Operand,
    coordinates: Operand | readonly Operand[],
    order: number,
    { fillMode = 'constant', fillValue = 0 }: MapCoordinatesOptions = {},
  ): Value => {
    const value = toValue(inputs);
    const places =
      Array.isArray(coordinates) && coordinates.some(isValue)
        ? stack(coordinates as readonly Operand[])
        : toValue(coordinates as Operand);
    if (places.shape[0] !== value.rank || places.rank < 2) {
      throw new ValueError(
        `[${WHO}] coordinates must be of rank ≥ 2, with a list for each of the ${value.rank} axes of the inputs. Received: coordinates of shape ${showShape(places.shape)} for inputs of shape ${showShape(value.shape)}.`,
      );
    }
    const options = {
      order: readOrder(order),
      fillMode: checkChoice(WHO, 'fillMode', fillMode, FILL_MODES),
      fillValue: checkNumber(WHO, 'fillValue', fillValue),
    };
    const { shape } = value;
    const each = shape.map((_, axis): Value => {
      const starts = places.shape.map((_size, i) => (i === 0 ? axis : 0));
      const part = build.slice(
        places,
        starts,
        places.shape.map((_size, i) => (i === 0 ? axis + 1 : Infinity)),
      );
      return toFloat(build.reshape(part, places.shape.slice(1)));
    });
    // While a model is described, sizes may be unknown, and only the shape of the result matters.
    if (!isKnown(shape)) return castTo(each[0] ?? places, value.dtype);
    const axes = each.map((coordinate, axis) => ({
      coordinates: coordinate,
      size: shape[axis] ?? 1,
      stride: sizeOf(shape.slice(axis + 1)),
    }));
    return sample(build.reshape(value, [sizeOf(shape)]), null, axes, options);
  },
);
