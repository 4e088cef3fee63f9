import { ValueError, show } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import type { Graph } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import { Trace } from '../graph/trace.ts';
import { Value } from '../graph/value.ts';
import { Variable } from '../graph/variable.ts';
import { toValue } from '../builder/operand.ts';

export const isValue = (value: unknown): value is Value => value instanceof Value;

export interface TracedFunction {
  readonly graph: Graph;
  /** The form of the result, with the graph's outputs as its items. */
  readonly result: Tree<Value>;
}

/** Calls a function on symbolic inputs of the given tensors' shapes and types, and gathers what it computes. */
export function traceFunction(
  who: string,
  inputs: readonly Tensor[],
  describe: (values: readonly Value[], trace: Trace) => unknown,
): TracedFunction {
  const trace = new Trace();
  const values = inputs.map((given, i) => input(`input_${i}`, given.shape, given.dtype));
  for (const value of values) trace.adopt(value);
  const result = readResult(who, describe(values, trace));
  const graph = { inputs: values, outputs: flatten(result, isValue), updates: trace.updates };
  return { graph, result };
}

function readResult(who: string, result: unknown): Tree<Value> {
  if (result instanceof Promise) {
    throw new ValueError(
      `[${who}] the function must return symbolic values at once. Received: a promise; layers return one when they are given arrays, so pass the function's own arguments to them.`,
    );
  }
  if (result instanceof Value || result instanceof Variable || typeof result === 'number') return toValue(result);
  if (Array.isArray(result)) return result.map((entry: unknown) => readResult(who, entry));
  if (typeof result === 'object' && result !== null && Object.getPrototypeOf(result) === Object.prototype) {
    const entries = Object.entries(result).map(([key, entry]) => [key, readResult(who, entry)] as const);
    return Object.fromEntries(entries);
  }
  throw new ValueError(`[${who}] the function must return symbolic values. Received: ${show(result)}.`);
}

/** The text under which calls with inputs of the same shapes and types share one trace. */
export function signatureOf(inputs: readonly Tensor[]): string {
  return inputs.map((given) => `${given.dtype}[${given.shape.join(',')}]`).join(' ');
}
