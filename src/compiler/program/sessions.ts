import type { Graph } from '../graph/graph.ts';
import { graphKey } from '../graph/hash.ts';
import { type Lowered, lower } from '../lowering/lower.ts';
import { findTarget } from '../lowering/emit/target.ts';
import { type FrozenVariable, freezeVariables, optimizeFrozen } from '../passes/index.ts';
import type { Runtime, Session } from '../runtime/index.ts';

/** A session, and the graph that it runs. */
export interface PreparedSession {
  readonly session: Session;
  readonly lowered: Lowered;
  /** The variables that are constants of the model. */
  readonly frozen: readonly FrozenVariable[];
}

/** The number of sessions kept for programs of the same form; the least recently used are dropped first. */
const CAPACITY = 64;

/** The sessions of each runtime, by the form of the graph. Module-level, so that equal programs share a session. */
const sessions = new WeakMap<Runtime, Map<string, Promise<Session>>>();

/** The form of a session. */
export interface SessionForm {
  /** Whether variables are constants of the model. */
  readonly isFrozen: boolean;
  /** Whether the engine optimizes the model, which takes longer than it saves in a few runs. */
  readonly isOptimized: boolean;
}

/** Lowers a graph for a runtime and creates its session, or returns the session of a graph of the same form. */
export async function prepareSession(
  runtime: Runtime,
  graph: Graph,
  { isFrozen, isOptimized }: SessionForm,
): Promise<PreparedSession> {
  const target = await findTarget(runtime);
  if (isFrozen) {
    const { graph: constant, variables } = freezeVariables(graph);
    const lowered = lower(optimizeFrozen(constant), { ...target, hasConstantWeights: true });
    return { session: await runtime.createSession(lowered.encode()), lowered, frozen: variables };
  }
  const lowered = lower(graph, { ...target, hasConstantWeights: false });
  const cache = sessions.get(runtime) ?? new Map<string, Promise<Session>>();
  sessions.set(runtime, cache);
  const level = isOptimized ? 'extended' : 'disabled';
  const key = `${level}\n${graphKey(graph)}`;
  // The convolutions of a training step are already in the engine's blocked layout where it pays; the engine's own layout
  // pass would move poolings there too, at a net loss.
  const found = cache.get(key) ?? runtime.createSession(lowered.encode(), { optimize: level });
  found.catch(() => cache.delete(key));
  cache.delete(key);
  cache.set(key, found);
  const [oldest] = cache.keys();
  if (cache.size > CAPACITY && oldest !== undefined) cache.delete(oldest);
  return { session: await found, lowered, frozen: [] };
}
