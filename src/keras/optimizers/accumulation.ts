import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, equal, floor, multiply } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';

/** How often `every` has been reached: ⌊iterations / every⌋, in float64, which counts exactly for ever. */
const rounds = (iterations: Value, every: number): Value => floor(divide(castTo(iterations, 'float64'), every));

/** How many times the weights were moved, where they move at every so many batches: int32. */
export const movesOf = (batches: Value, every: number): Value => castTo(rounds(batches, every), 'int32');

/** Whether the weights move with this batch, given how many came before. */
export function isDueAfter(batches: Value, every: number): Value {
  const count = add(castTo(batches, 'float64'), 1);
  return equal(multiply(rounds(count, every), every), count);
}
