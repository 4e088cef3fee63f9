import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../ir/value.ts';
import type { EmitContext } from './context.ts';

/** The engine broadcasts in runs as long as the smaller operand; below this length, overhead dominates. */
const SHORT_RUN = 1024;
/** The maximum size of a repeated operand: small compared with the result, and within the nearest caches. */
const MAX_REPEATED = 65_536;

/**
 * Repeats an operand that broadcasts along the leading axes, such as one number per channel of channels-last data, along
 * some of them: the engine then works in longer runs, which takes less than half the time.
 */
export function repeatLeadingAxes(
  context: EmitContext,
  name: string,
  type: Value | undefined,
  shape: KnownShape,
): string {
  if (type === undefined || type.rank > shape.length || context.target.engine === 'any') return name;
  const padded = [...new Array<number>(shape.length - type.rank).fill(1), ...type.knownShape];
  const first = padded.findIndex((size, axis) => size !== 1 || shape[axis] === 1);
  const run = sizeOf(padded);
  if (first < 1 || run < 8 || run >= SHORT_RUN) return name;
  if (padded.slice(first).some((size, i) => size !== shape[first + i])) return name;
  let axis = first;
  while (axis > 1 && sizeOf(shape.slice(axis - 1)) <= MAX_REPEATED) axis--;
  if (axis === first || sizeOf(shape) < 4 * sizeOf(shape.slice(axis))) return name;
  const repeated = shape.map((size, i) => (i < axis ? 1 : size));
  return context.builder.emitOnce('Expand', [name, context.builder.integers(repeated)]);
}
