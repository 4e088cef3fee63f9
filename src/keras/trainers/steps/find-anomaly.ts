import { isFloat } from '../../../core/dtype.ts';
import type { RandomStream } from '../../../core/random.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { type Graph, topologicalOrder } from '../../../compiler/graph/graph.ts';
import { type Node, type Value, isNode } from '../../../compiler/ir/value.ts';
import { abs, add, cast, concatenate, isnan, less, logicalNot, max, reshape } from '../../ops/index.ts';
import { Program } from '../../../compiler/program/index.ts';

/** A run that computed NaN or infinities, with everything needed to repeat it. */
export interface Run {
  readonly graph: Graph;
  readonly feeds: readonly Tensor[];
  readonly randoms: ReadonlyMap<RandomStream, Tensor>;
}

/** The origin of NaN or an infinity in a run. */
export interface Origin {
  readonly value: Value;
  readonly tensor: Tensor;
  /** The operands of the operation; empty for data, weights and constants. */
  readonly operands: readonly Tensor[];
}

/** 0: all finite. 1: some are infinite. 2: some are NaN. */
type Level = 0 | 1 | 2;

/**
 * Runs a graph again with the level of each value as its output, and finds the value where the NaN or infinity in a result
 * originated; `null` if the result is finite this time. State is not written.
 *
 * Among the values that are not finite, only those count that reach the result through other such values: an infinity that
 * an operation absorbs, as softmax absorbs −∞, ends there. The origin is the first of them in topological order with no such
 * operand. Infinite constants are not counted, because they are intended.
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

/** A value and its ancestors, along values for which `belongs` holds. */
function ancestors(last: Value, belongs: (value: Value) => boolean): ReadonlySet<Value> {
  const found = new Set([last]);
  // Iteration over a set includes members that are added during it.
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
  const flags = concatenate(computed.map(levelValue), { axis: 0 });
  const [found] = await evaluate(run, [flags]);
  for (const [i, value] of computed.entries()) {
    const flag = found?.data[i] ?? 0;
    levels.set(value, flag >= 2 ? 2 : flag >= 1 ? 1 : 0);
  }
  return levels;
}

/** The level as a vector of one number. Comparisons with NaN are false. */
function levelValue(value: Value): Value {
  const notFinite = max(cast(logicalNot(less(abs(value), Infinity)), 'float32'));
  return reshape(add(notFinite, max(cast(isnan(value), 'float32'))), [1]);
}

/** The elements of a leaf; `null` for computed values, and for random numbers, which are finite. */
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

/** Computes other outputs of the same run, without the passes, which may eliminate these values. */
function evaluate({ graph, feeds, randoms }: Run, outputs: readonly Value[]): Promise<readonly Tensor[]> {
  const used = new Set(topologicalOrder(outputs));
  const kept = graph.inputs.map((value, i) => [value, feeds[i]] as const).filter(([{ node }]) => used.has(node));
  const inputs = kept.map(([value]) => value);
  const fed = kept.flatMap(([, tensor]) => tensor ?? []);
  return new Program({ inputs, outputs, updates: [] }, { optimize: false }).run(fed, { randoms });
}
