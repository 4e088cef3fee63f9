import { convert, isFloat } from '../../core/dtype.ts';
import { InternalError, ValueError, show } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { compatible, showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import type { Operands, PrimitiveName } from '../ir/primitives.ts';
import { type Node, type Value, isNode } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import { widen } from './arrays/array.ts';
import { evaluateRules } from './rules/index.ts';
import type { Environment, EvaluateRule } from './rules/rule.ts';

export interface EvaluateOptions {
  /** Keep the float64 elements of floating results instead of rounding them to the dtype. @default false */
  readonly precise?: boolean;
  /** Draw from this stream instead of those of the graph, which would advance. */
  readonly random?: RandomStream;
}

export interface Evaluation {
  readonly outputs: readonly Tensor[];
  /** The new state; the variables are unchanged. */
  readonly updates: ReadonlyMap<Variable, Tensor>;
}

/**
 * Runs a program on the host: each primitive by its definition, floating dtypes in float64, the others exactly. Slow;
 * engines are compared with it, and normalization folding checks itself with it.
 *
 * @throws ValueError if the number of feeds or a feed's shape or dtype does not match the inputs.
 */
export function evaluate(graph: Graph, feeds: readonly Tensor[], options: EvaluateOptions = {}): Evaluation {
  if (feeds.length !== graph.inputs.length) {
    throw new ValueError(
      `[reference] each of the ${graph.inputs.length} inputs must be fed. Received: ${feeds.length} feeds.`,
    );
  }
  const values = compute(graph, feeds, environmentOf(options.random ?? null));
  const finish = (value: Value): Tensor => {
    const found = get(values, value);
    return options.precise === true ? found : new Tensor(convert(found.data, found.dtype), found.shape, found.dtype);
  };
  return {
    outputs: graph.outputs.map(finish),
    updates: new Map(graph.updates.map(({ variable, value }) => [variable, finish(value)])),
  };
}

function environmentOf(random: RandomStream | null): Environment {
  const environment: Environment = {
    random,
    run: (body, inputs) => {
      const values = compute(body, inputs, environment);
      return body.outputs.map((value) => get(values, value));
    },
  };
  return environment;
}

/** The values of a graph for given inputs. */
function compute(graph: Graph, feeds: readonly Tensor[], environment: Environment): ReadonlyMap<Value, Tensor> {
  const values = new Map<Value, Tensor>();
  for (const [i, input] of graph.inputs.entries()) {
    const feed = feeds[i];
    if (feed !== undefined) values.set(input, checkFeed(input, feed));
  }
  for (const node of nodesOf(graph)) {
    if (node.outputs.every((value) => values.has(value))) continue;
    for (const [i, result] of apply(node, values, environment).entries()) {
      const value = node.outputs[i];
      if (value !== undefined) values.set(value, checkResult(value, result));
    }
  }
  return values;
}

function apply(node: Node, values: ReadonlyMap<Value, Tensor>, environment: Environment): readonly Tensor[] {
  return evaluateNode(
    node,
    node.inputs.map((value) => get(values, value)),
    environment,
  );
}

/** The results of a node for given operands, with float64 elements for every floating dtype. */
export function evaluateNode(
  node: Node,
  operands: readonly Tensor[],
  environment: Environment = environmentOf(null),
): readonly Tensor[] {
  // A table indexed by a union loses the connection between name and attributes: the one cast of this stage.
  const rule = evaluateRules[node.primitive] as EvaluateRule<PrimitiveName>;
  return rule(operands as Operands<PrimitiveName, Tensor>, node.attributes, environment);
}

function get(values: ReadonlyMap<Value, Tensor>, value: Value): Tensor {
  const found = values.get(value);
  if (found === undefined) throw new InternalError(`${value.node.primitive} has not been computed.`);
  return found;
}

/** Accepts a feed of any floating dtype for any other, so that float64 numbers can pass through float32 programs. */
function checkFeed(input: Value, feed: Tensor): Tensor {
  const fits = feed.dtype === input.dtype || (isFloat(feed.dtype) && isFloat(input.dtype));
  if (!fits || !compatible(feed.shape, input.shape)) {
    const name = isNode(input.node, 'input') ? input.node.attributes.name : input.node.primitive;
    throw new ValueError(
      `[reference] the input ${show(name)} must be ${input.dtype}${showShape(input.shape)}. Received: ${feed.dtype}${showShape(feed.shape)}.`,
    );
  }
  return widen(feed, input.dtype);
}

function checkResult(value: Value, result: Tensor): Tensor {
  if (result.dtype === value.dtype && compatible(result.shape, value.shape)) return result;
  throw new InternalError(
    `${value.node.primitive} was inferred as ${value.dtype}${showShape(value.shape)} and computed as ${result.dtype}${showShape(result.shape)}.`,
  );
}
