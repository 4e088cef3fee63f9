import { ValueError, show } from '../../core/errors.ts';
import { type Tensor, isTensor } from '../../core/tensor.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import type { Graph } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import { Trace } from '../graph/trace.ts';
import type { Traced } from './program-family.ts';
import type { KnownType } from './size-template.ts';
import { type Value, isValue } from '../ir/value.ts';
import { Variable } from '../ir/variable.ts';
import { toValue } from '../builder/operand.ts';

/** The graph of a function. */
export interface TracedFunction extends Traced {
  readonly graph: Graph;
  /** The structure of the result, with the outputs of the graph as its items. */
  readonly result: Tree<Value>;
}

/** Calls a function on symbolic inputs of the given types, and records its graph. */
export function traceFunction(
  who: string,
  inputs: readonly KnownType[],
  describe: (values: readonly Value[], trace: Trace) => unknown,
): TracedFunction {
  const trace = new Trace();
  const values = inputs.map((given, i) => input(`input_${i}`, given.shape, given.dtype));
  for (const value of values) trace.adopt(value);
  const result = readResult(describe(values, trace), {
    expected: `[${who}] the function must return symbolic values`,
    await: 'call them with the arguments of the function',
  });
  const graph = { inputs: values, outputs: flatten(result, isValue), updates: trace.updates };
  return { graph, result, dependencies: trace.dependencies, isGeneric: false };
}

/** The messages for results that are not symbolic values. */
interface Expectation {
  readonly expected: string;
  /** What to do with layers that return a promise. */
  readonly await: string;
}

/** A tree of values from a result of values, variables, arrays and numbers. @throws ValueError for anything else */
export function readResult(result: unknown, expectation: Expectation): Tree<Value> {
  const { expected } = expectation;
  if (result instanceof Promise) {
    throw new ValueError(
      `${expected}, not a promise. Received: a promise. Layers return one when they are called with arrays; ${expectation.await}.`,
    );
  }
  const isOperand = isValue(result) || isTensor(result) || result instanceof Variable;
  if (isOperand || typeof result === 'number') return toValue(result);
  if (Array.isArray(result)) return result.map((entry: unknown) => readResult(entry, expectation));
  if (typeof result === 'object' && result !== null && Object.getPrototypeOf(result) === Object.prototype) {
    const entries = Object.entries(result).map(([key, entry]) => [key, readResult(entry, expectation)] as const);
    return Object.fromEntries(entries);
  }
  throw new ValueError(`${expected}. Received: ${show(result)}.`);
}

/** A string that inputs of the same shapes and dtypes share: the key of their trace. */
export function signatureOf(inputs: readonly Tensor[]): string {
  return inputs.map((given) => `${given.dtype}[${given.shape.join(',')}]`).join(' ');
}
