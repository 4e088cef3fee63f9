import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import type { PrimitiveName } from '../../graph/primitives.ts';
import type { Value } from '../../graph/value.ts';
import type { LowerContext } from '../rule.ts';

/** The engine broadcasts in stretches of the smaller operand; shorter ones than this cost more than they compute. */
const SHORT = 1024;
/** What an operand may grow to: still small beside what it is broadcast to, and within the nearest caches. */
const WIDE = 65_536;

/**
 * An operand that broadcasts along the leading axes, such as one number for each channel of channels-last data,
 * repeated along some of them first: the engine then works in longer stretches, which takes less than half the time.
 */
export function widen(
  context: LowerContext<PrimitiveName>,
  name: string,
  type: Value | undefined,
  shape: KnownShape,
): string {
  if (type === undefined || type.rank > shape.length || context.target.engine === 'any') return name;
  const padded = [...new Array<number>(shape.length - type.rank).fill(1), ...type.knownShape];
  const first = padded.findIndex((size, axis) => size !== 1 || shape[axis] === 1);
  const stretch = sizeOf(padded);
  if (first < 1 || stretch < 8 || stretch >= SHORT) return name;
  if (padded.slice(first).some((size, i) => size !== shape[first + i])) return name;
  let axis = first;
  while (axis > 1 && sizeOf(shape.slice(axis - 1)) <= WIDE) axis--;
  if (axis === first || sizeOf(shape) < 4 * sizeOf(shape.slice(axis))) return name;
  const wide = shape.map((size, i) => (i < axis ? 1 : size));
  return context.builder.emitOnce('Expand', [name, context.builder.integers(wide)]);
}
