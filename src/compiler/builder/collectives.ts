import { createNode } from '../graph/node.ts';
import type { Value } from '../ir/value.ts';
import type { Operand } from './operand.ts';
import { toSummable } from './reductions.ts';

let count = 0;

/**
 * The sum over all processes of the world, of which each must compute it; x itself in a world of one. Booleans and bytes
 * become int32.
 */
export function allReduce(x: Operand): Value {
  return createNode('allReduce', [toSummable(x)], { order: count++ })[0];
}
