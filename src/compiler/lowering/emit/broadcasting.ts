import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../ir/value.ts';
import type { EmitContext } from './context.ts';
import { isOnProcessor } from './target.ts';

/** The engine broadcasts in runs as long as the smaller operand; below this length, overhead dominates. */
const SHORT_RUN = 1024;
/** The maximum size of a repeated operand: small compared with the result, and within the nearest caches. */
const MAX_REPEATED = 65_536;

/**
 * Repeats an operand that broadcasts along axes before its last ones, such as one number per channel of channels-last
 * data, along some of them: the engine then works in longer runs, which takes less than half the time.
 */
export function repeatLeadingAxes(
  context: EmitContext,
  name: string,
  type: Value | undefined,
  shape: KnownShape,
): string {
  const { freeSizes = 'none' } = context.target;
  if (type === undefined || type.rank > shape.length || !isOnProcessor(context.target)) return name;
  const repeated = [...new Array<number>(shape.length - type.rank).fill(1), ...type.knownShape];
  let first = shape.length;
  while (first > 0 && repeated[first - 1] === shape[first - 1]) first--;
  const run = sizeOf(shape.slice(first));
  if (first < 1 || run < 8 || run >= SHORT_RUN) return name;
  // The number of rows of the operand decides below.
  if (freeSizes !== 'none' && repeated[0] !== 1) return name;
  let axis = first;
  while (axis > 1 && repeated[axis - 1] === 1 && sizeOf(repeated) * (shape[axis - 1] ?? 1) <= MAX_REPEATED) {
    axis--;
    repeated[axis] = shape[axis] ?? 1;
  }
  if (axis === first || sizeOf(shape) < 4 * sizeOf(repeated)) return name;
  return context.builder.emitOnce('Expand', [name, context.builder.integers(repeated)]);
}
