import { input } from '../graph/leaves.ts';
import type { Trace } from '../graph/trace.ts';
import type { Value } from '../ir/value.ts';

/** A value of the given shape and type that stands for an operand in the body of a loop, whose trace it belongs to. */
export function placeholderIn(trace: Trace, name: string, { shape, dtype }: Pick<Value, 'shape' | 'dtype'>): Value {
  const made = input(name, shape, dtype);
  trace.adopt(made);
  return made;
}
