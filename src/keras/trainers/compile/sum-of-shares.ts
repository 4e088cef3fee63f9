import type { RowShare } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { allReduce, cast, multiply, where } from '../../ops/index.ts';

/** The part of this process in a mean over the rows of all processes; 0 if it has no rows, whatever its batch contains. */
export function shareOf(value: Value, { part, present }: RowShare): Value {
  const share = multiply(value, cast(part, value.dtype));
  return where(cast(present, 'bool'), share, 0);
}

/** The mean over the rows of all processes, from that of each. */
export function sumOfShares(value: Value, share: RowShare): Value {
  return allReduce(shareOf(value, share));
}
