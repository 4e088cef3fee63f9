import { LRUCache } from 'lru-cache';
import { ValueError } from '../../core/errors.ts';
import { known, showShape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { world } from '../../core/world.ts';
import { fillTree, flatten } from '../../core/tree.ts';
import type { Graph } from '../graph/graph.ts';
import { graphKey } from '../graph/hash.ts';
import { input } from '../graph/leaves.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Node, isNode, isValue } from '../ir/value.ts';
import type { TensorsOf } from './jit.ts';
import { drawUniform } from './draw-uniform.ts';
import { Program } from './program.ts';
import { readResult } from './trace-function.ts';

const WHO = 'evaluate';

/** Programs by structure. All arrays are inputs, so no program holds data. */
const programs = new LRUCache<string, Program>({ max: 64 });

/**
 * Computes what functions of `ops`, or layers, returned outside of `jit`: the elements of a symbolic value that depends on
 * arrays and variables alone. Variables have their state at the time of the call.
 *
 * Values of the same structure share one compiled program, whatever their arrays contain. In loops, prefer `jit`, which also
 * traces once. Updates of layers' state, such as moving statistics, are not made.
 *
 * Shapes: a value, or arrays and records of values; the promise has the same structure of tensors.
 *
 * @throws ValueError if a value depends on an argument of a function of `jit`, or something else is given.
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * await evaluate(ops.add(x, 1));                                     // [[2, 3], [4, 5]]
 * const { mean } = await evaluate({ mean: ops.mean(x), maximum: ops.max(x) });
 * mean.item();                                                       // 2.5
 * @see https://docs.jax.dev/en/latest/tracing.html
 */
export async function evaluate<Result>(value: Result): Promise<TensorsOf<Result>> {
  const result = readResult(value, {
    expected: `[${WHO}] the value must be what functions of ops return, or arrays and records of it`,
    await: 'await them instead',
  });
  const { graph, feeds } = feedLeaves({ inputs: [], outputs: flatten(result, isValue), updates: [] });
  const key = `${world().size} ${graphKey(graph)}`;
  const program = programs.get(key) ?? new Program(graph);
  programs.set(key, program);
  return fillTree(result, isValue, await program.run(feeds)) as TensorsOf<Result>;
}

/** The graph with inputs in place of arrays, variables and random numbers, and their current elements. */
function feedLeaves(graph: Graph): { readonly graph: Graph; readonly feeds: readonly Tensor[] } {
  const feeds: Tensor[] = [];
  const inputs: Graph['inputs'][number][] = [];
  const fed = rewriteGraph(graph, (node) => {
    const elements = elementsOf(node);
    if (elements === null) return null;
    const fed = input(`input_${inputs.length}`, elements.shape, elements.dtype);
    inputs.push(fed);
    feeds.push(elements);
    return [fed];
  });
  return { graph: { ...fed, inputs }, feeds };
}

/** The elements of a leaf; null for other nodes, and for single numbers, for which the passes have rules. */
function elementsOf(node: Node): Tensor | null {
  if (isNode(node, 'constant')) return node.attributes.tensor.rank === 0 ? null : node.attributes.tensor;
  if (isNode(node, 'variable')) return node.attributes.variable.value;
  if (isNode(node, 'randomUniform')) {
    const { stream, shape, dtype } = node.attributes;
    return drawUniform(stream, known(shape), dtype);
  }
  if (isNode(node, 'input')) {
    const { shape, dtype } = node.attributes;
    throw new ValueError(
      `[${WHO}] the value must depend on arrays and variables alone. Received: a value that depends on an argument of a function, ${dtype}${showShape(shape)}. Return it from the function that jit compiles.`,
    );
  }
  return null;
}
