import { type Tree, fillTree, flatten } from '../../../core/tree.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value, ValueType } from '../../../compiler/ir/value.ts';

const hasType = (value: unknown): value is ValueType => typeof value === 'object' && value !== null && 'dtype' in value;

/** The inputs of a trace for these types, in the same tree. */
export function addPlaceholders(trace: Trace, types: Tree<ValueType>): Tree<Value> {
  const placeholders = flatten(types, hasType).map(({ shape, dtype }, i) => input(`input_${i}`, shape, dtype));
  for (const value of placeholders) trace.adopt(value);
  return fillTree(types, hasType, placeholders);
}
