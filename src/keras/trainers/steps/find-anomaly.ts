import { isFloat } from '../../../core/dtype.ts';
import type { RandomStream } from '../../../core/random.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { type Graph, topologicalOrder } from '../../../compiler/graph/graph.ts';
import { type Node, type Value, isNode } from '../../../compiler/graph/value.ts';
import { abs, add, cast, concatenate, isnan, less, logicalNot, max, reshape } from '../../ops/index.ts';
import { Program } from '../../../compiler/program/index.ts';

/** A run that gave NaN or infinities: what it takes to run it again. */
export interface Run {
  readonly graph: Graph;
  readonly feeds: readonly Tensor[];
  readonly randoms: ReadonlyMap<RandomStream, Tensor>;
}

/** Where NaN or an infinity came into a run. */
export interface Origin {
  readonly value: Value;
  readonly tensor: Tensor;
  /** What it was computed from, where it was computed. */
  readonly operands: readonly Tensor[];
}

/** 0: all finite. 1: some are infinite. 2: some are NaN. */
type Level = 0 | 1 | 2;

/**
 * Runs a graph again with a level for each value as its output, and finds the value with which NaN or an infinity
 * came in that led to a result; null if the result is finite this time. State is left alone.
 *
 * Of the values that are not finite, only those that reach the result by way of others count: what an operation takes
 * in, as softmax takes −∞, ends there. The origin is the first in the order of the graph that has none of them among
 * its operands, where infinite constants do not count: they are meant.
 */
export async function findAnomaly(run: Run, result: Value | undefined): Promise<Origin | null> {
  if (result === undefined) return null;
  const order = topologicalOrder([result]);
  const levels = await measure(run, order);
  const level = (value: Value): Level => levels.get(value) ?? 0;
  if (level(result) === 0) return null;
  const reaching = ancestors(result, (value) => level(value) > 0);
  const meant = new Set<Value>();
  let origin: Value | null = null;
  let second: Value | null = null;
  for (const node of order) {
    const ill = node.inputs.filter((value) => level(value) > 0);
    const isMeant = isNode(node, 'constant') || (ill.length > 0 && ill.every((value) => meant.has(value)));
    for (const value of node.outputs) {
      if (level(value) === 1 && isMeant) meant.add(value);
      if (!reaching.has(value)) continue;
      if (!isNode(node, 'constant')) second ??= value;
      if (!meant.has(value) && ill.every((operand) => meant.has(operand))) origin ??= value;
    }
  }
  const found = origin ?? second;
  return found === null ? null : readOrigin(run, found);
}

/** The values from which one is reached, itself included, over values that belong. */
function ancestors(last: Value, belongs: (value: Value) => boolean): ReadonlySet<Value> {
  const found = new Set([last]);
  // What is added while a set is walked is walked, too.
  for (const value of found) for (const operand of value.node.inputs) if (belongs(operand)) found.add(operand);
  return found;
}

/** The level of each floating value of some nodes. */
async function measure(run: Run, nodes: readonly Node[]): Promise<ReadonlyMap<Value, Level>> {
  const levels = new Map<Value, Level>();
  const computed: Value[] = [];
  for (const node of nodes) {
    for (const value of node.outputs) {
      const known = leafTensor(run, value);
      if (known !== null) levels.set(value, levelOf(known));
      else if (isFloat(value.dtype) && sizeOf(value.knownShape) > 0) computed.push(value);
    }
  }
  if (computed.length === 0) return levels;
  const flags = concatenate(computed.map(levelValue), 0);
  const [found] = await evaluate(run, [flags]);
  for (const [i, value] of computed.entries()) {
    const flag = found?.data[i] ?? 0;
    levels.set(value, flag >= 2 ? 2 : flag >= 1 ? 1 : 0);
  }
  return levels;
}

/** A list of one number, the level. Comparisons with NaN are false. */
function levelValue(value: Value): Value {
  const notFinite = max(cast(logicalNot(less(abs(value), Infinity)), 'float32'));
  return reshape(add(notFinite, max(cast(isnan(value), 'float32'))), [1]);
}

/** The elements of what nothing computes; null for the rest, and for random numbers, which are finite. */
function leafTensor({ graph, feeds }: Run, value: Value): Tensor | null {
  const { node } = value;
  if (isNode(node, 'constant')) return node.attributes.tensor;
  if (isNode(node, 'variable')) return node.attributes.variable.value;
  return feeds[graph.inputs.indexOf(value)] ?? null;
}

function levelOf({ data }: Tensor): Level {
  let level: Level = 0;
  for (const entry of data) {
    if (Number.isNaN(entry)) return 2;
    if (!Number.isFinite(entry)) level = 1;
  }
  return level;
}

async function readOrigin(run: Run, value: Value): Promise<Origin | null> {
  const known = leafTensor(run, value);
  if (known !== null) return { value, tensor: known, operands: [] };
  const [tensor, ...operands] = await evaluate(run, [value, ...value.node.inputs]);
  return tensor === undefined ? null : { value, tensor, operands };
}

/** Other outputs of the same run. The passes are left out: they may do without the very values that are asked for. */
function evaluate({ graph, feeds, randoms }: Run, outputs: readonly Value[]): Promise<readonly Tensor[]> {
  const used = new Set(topologicalOrder(outputs));
  const kept = graph.inputs.map((value, i) => [value, feeds[i]] as const).filter(([{ node }]) => used.has(node));
  const inputs = kept.map(([value]) => value);
  const fed = kept.flatMap(([, tensor]) => tensor ?? []);
  return new Program({ inputs, outputs, updates: [] }, { optimize: false }).run(fed, { randoms });
}
