import { allocate } from '../../core/dtype.ts';
import { NotImplementedError } from '../../core/errors.ts';
import { Tensor } from '../../core/tensor.ts';
import { rewriteBodies } from '../graph/bodies.ts';
import { type Graph, topologicalOrder } from '../graph/graph.ts';
import { constant } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph, substitute } from '../graph/rewrite.ts';
import { type Body, type Node, type Value, isNode } from '../ir/value.ts';

/** The most operations that a loop may become: creating the engine's session takes seconds for as many. */
const MAX_OPERATIONS = 6_000;

/**
 * Replaces loops and conditionals, for engines that have none: a scan by its steps, a loop with a limit by as many rounds, of
 * which those after the last one keep the states, and a conditional by both branches and a selection.
 *
 * @throws NotImplementedError if a loop has no limit, or would become too many operations
 */
export function unrollLoops(graph: Graph): Graph {
  return unrolled(rewriteBodies(graph, unrolled));
}

/** The rows of values that are stacked, which another loop may read one by one. */
type Stacks = Map<Value, readonly Value[]>;

function unrolled(graph: Graph): Graph {
  const stacks: Stacks = new Map();
  return rewriteGraph(graph, (node, inputs) => {
    if (isNode(node, 'scan')) return steps(node, inputs, stacks);
    if (isNode(node, 'whileLoop')) return rounds(node, inputs);
    if (isNode(node, 'cond')) return branches(node, inputs);
    return null;
  });
}

function steps(node: Node<'scan'>, inputs: readonly Value[], stacks: Stacks): readonly Value[] {
  const { body, states, sequences, reverse } = node.attributes;
  const scanned = states + sequences;
  const length = inputs[states]?.knownShape[0] ?? 0;
  checkSize(node, body, length, 'steps');
  const slices = inputs.slice(states, scanned).map((sequence) => stacks.get(sequence) ?? slicesOf(sequence, length));
  let current = inputs.slice(0, states);
  const made: (readonly Value[])[] = [];
  for (let i = 0; i < length; i++) {
    const place = reverse ? length - 1 - i : i;
    const given = [...current, ...slices.flatMap((each) => each[place] ?? []), ...inputs.slice(scanned)];
    const results = apply(body, given);
    current = results.slice(0, states);
    made.push(results.slice(states));
  }
  if (reverse) made.reverse();
  const outputs = body.outputs.slice(states).map((value, i) => {
    const rows = made.flatMap((each) => each[i] ?? []);
    const stacked = stack(value, rows);
    stacks.set(stacked, rows);
    return stacked;
  });
  return [...current, ...outputs];
}

function rounds(node: Node<'whileLoop'>, inputs: readonly Value[]): readonly Value[] {
  const { body, states, limit } = node.attributes;
  if (limit === null) {
    throw refused(node, 'a whileLoop without a limit', 'Set maximumIterations');
  }
  checkSize(node, body, limit, 'rounds');
  const captures = inputs.slice(1 + states);
  let current = inputs.slice(0, 1 + states);
  for (let i = 0; i < limit; i++) {
    const [goesOn] = current;
    if (goesOn === undefined) break;
    const next = apply(body, [...current.slice(1), ...captures]);
    current = next.map((value, k) =>
      k === 0
        ? createNode('logicalAnd', [goesOn, value], {})[0]
        : createNode('select', [goesOn, value, current[k] ?? value], {})[0],
    );
  }
  return current.slice(1);
}

function branches(
  { attributes: { whenTrue, whenFalse } }: Node<'cond'>,
  [predicate, ...captures]: readonly Value[],
): readonly Value[] | null {
  if (predicate === undefined) return null;
  const [first, second] = [apply(whenTrue, captures), apply(whenFalse, captures)];
  return first.map((value, i) => createNode('select', [predicate, value, second[i] ?? value], {})[0]);
}

const apply = ({ inputs, outputs }: Body, given: readonly Value[]): readonly Value[] =>
  substitute(outputs, new Map(inputs.map((value, i) => [value, given[i] ?? value])));

/** The slices along the first axis, without it. */
function slicesOf(sequence: Value, length: number): readonly Value[] {
  return Array.from({ length }, (_, i) => createNode('gather', [sequence, constant(i, 'int32')], { axis: 0 })[0]);
}

/** Values along a new first axis, each of the type of `one`. */
function stack({ dtype, knownShape }: Value, values: readonly Value[]): Value {
  const shape = [values.length, ...knownShape];
  if (values.length === 0) return constant(new Tensor(allocate(dtype, 0), shape, dtype));
  // Rows are joined on the axis that they have: reshaping each of them would be an operation more for each.
  const rows =
    knownShape.length > 0 ? values : values.map((value) => createNode('reshape', [value], { shape: [1] })[0]);
  return createNode('reshape', [createNode('concatenate', rows, { axis: 0 })[0]], { shape })[0];
}

function checkSize(node: Node, body: Body, count: number, unit: string): void {
  const size = topologicalOrder(body.outputs).filter(({ inputs }) => inputs.length > 0).length;
  if (count * size <= MAX_OPERATIONS) return;
  throw refused(node, `${count} ${unit} of ${size} operations`, 'Use shorter sequences');
}

function refused({ scope }: Node, received: string, fix: string): NotImplementedError {
  const where = scope === null ? '' : ` (in ${scope})`;
  return new NotImplementedError(
    `[lowering] the webgpu engine has no loops: their rounds are written one after another, in at most ${MAX_OPERATIONS} operations. Received: ${received}${where}. ${fix}, or choose another engine: setEngine('auto').`,
  );
}
