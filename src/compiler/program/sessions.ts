import type { Graph } from '../graph/graph.ts';
import { graphKey } from '../graph/hash.ts';
import { type Lowered, lower } from '../lowering/lower.ts';
import { type BakedVariable, bakeVariables, optimizeConstantWeights } from '../passes/index.ts';
import { findTarget } from '../lowering/target.ts';
import type { Runtime, Session } from '../runtime/index.ts';

export interface PreparedSession {
  readonly session: Session;
  readonly lowered: Lowered;
  /** The variables that are constants of the model, as they were. */
  readonly baked: readonly BakedVariable[];
}

/** Sessions kept for programs of a form seen before; the oldest go first. */
const CAPACITY = 64;

const sessions = new WeakMap<Runtime, Map<string, Promise<Session>>>();

export interface SessionForm {
  /** Whether variables are constants of the model. */
  readonly isBaked: boolean;
  /** Whether the engine rewrites the model, which takes longer than a few runs are worth. */
  readonly isOptimized: boolean;
}

/** Lowers a graph for an engine and makes its session, or takes the one that a graph of the same form has. */
export async function prepareSession(
  runtime: Runtime,
  graph: Graph,
  { isBaked, isOptimized }: SessionForm,
): Promise<PreparedSession> {
  const target = await findTarget(runtime);
  if (isBaked) {
    const { graph: constant, baked } = bakeVariables(graph);
    const lowered = lower(optimizeConstantWeights(constant), { ...target, isBaked });
    return { session: await runtime.createSession(lowered.encode()), lowered, baked };
  }
  const lowered = lower(graph, { ...target, isBaked });
  const cache = sessions.get(runtime) ?? new Map<string, Promise<Session>>();
  sessions.set(runtime, cache);
  const level = isOptimized ? 'extended' : 'disabled';
  const key = `${level}\n${graphKey(graph)}`;
  // A training step's convolutions are in the engine's blocked layout already, where it pays; the engine's own layout
  // pass would move poolings there too, for more than it gains.
  const found = cache.get(key) ?? runtime.createSession(lowered.encode(), { optimize: level });
  found.catch(() => cache.delete(key));
  cache.delete(key);
  cache.set(key, found);
  const [oldest] = cache.keys();
  if (cache.size > CAPACITY && oldest !== undefined) cache.delete(oldest);
  return { session: await found, lowered, baked: [] };
}
