import { escapeLine } from '../../core/escape.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { Tensor } from '../../core/tensor.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import type { Target } from '../lowering/emit/target.ts';
import type { Crossings } from '../lowering/layout/assign-layouts.ts';
import type { Executable } from '../lowering/executable/executable.ts';
import { isNode } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import type { MixedTensors, Runtime, Session } from '../runtime/index.ts';
import type { MixedResults, Results } from './bindings.ts';
import { drawUniform } from './draw-uniform.ts';
import type { Prepared, SampledGraph } from './prepare.ts';
import { MAX_BYTES, type SessionPool, poolOf } from './session-pool.ts';

/** The lowering, a tenth of the package, is imported by the first run: describing a model does not load it. */
const lowering = () => import('./prepare.ts');

/** The form of the session of a program. */
export interface SessionProgramOptions {
  readonly freezeVariables: boolean;
  readonly optimize: boolean;
  /** Whether results, and numbers of the state, stay on a GPU until they are read. @default false */
  readonly defersResults?: boolean;
  /** The number of segments of which it is one; 1 for a whole program. @default 1 */
  readonly segments?: number;
  /** Finds the inputs and outputs that are in the blocked layout of a target. @default none */
  readonly crossingsOf?: (target: Target) => Promise<Crossings>;
}

/** The results of a run, before any state is written. */
export interface Computed extends MixedResults {
  /** The random numbers that the run used. */
  readonly randoms: ReadonlyMap<RandomStream, Tensor>;
}

/**
 * An optimized graph that runs in one session, which is created at the first run and shared with every program of the same
 * form. Variables are fed from their buffers; new state is written into their spare buffers, which become the current ones
 * when it is committed.
 */
export class SessionProgram {
  readonly #samples: SampledGraph;
  readonly #options: SessionProgramOptions;
  #prepared: Promise<Prepared & { readonly runtime: Runtime }> | null = null;

  constructor(samples: SampledGraph, options: SessionProgramOptions) {
    this.#samples = samples;
    this.#options = options;
  }

  /** The graph; of one with free sizes, that of the first sample. */
  get graph(): Graph {
    const [first] = this.#samples.samples;
    if (first === undefined) throw new InternalError('a program without a graph.');
    return first.graph;
  }

  get #segments(): number {
    return this.#options.segments ?? 1;
  }

  #poolOf(runtime: Runtime): SessionPool {
    return poolOf(runtime, this.#segments === 1 ? 'whole' : 'segments');
  }

  /** Lowers the graph for the engine, unless that is done. */
  async prepare(runtime: Runtime): Promise<Prepared> {
    const found = await this.#prepared;
    const isCurrent = found?.frozen.every(({ variable, version }) => variable.version === version) ?? false;
    if (found !== null && isCurrent && found.runtime === runtime) return found;
    if (found !== null && found.frozen.length > 0) this.#poolOf(runtime).delete(found.key);
    // On a GPU, weights are read from where they are.
    const isFrozen = (runtime.device?.copiesResults ?? true) && this.#options.freezeVariables;
    if (isFrozen) await this.#download();
    const { optimize: isOptimized, defersResults = false, crossingsOf } = this.#options;
    const form = { isFrozen, isOptimized, defersResults, crossingsOf };
    const preparing = lowering()
      .then(({ prepare }) => prepare(runtime, this.#samples, form))
      .then((prepared) => {
        this.#poolOf(runtime).register(this, prepared.key);
        return { ...prepared, runtime };
      });
    this.#prepared = preparing;
    preparing.catch(() => {
      this.#prepared = null;
    });
    return preparing;
  }

  /** Fetches the variables of the graph, which are about to become constants. */
  async #download(): Promise<void> {
    for (const node of nodesOf(this.graph)) {
      if (isNode(node, 'variable')) await node.attributes.variable.download();
    }
  }

  /** Fetches the variables that the program reads. */
  async downloadState(runtime: Runtime): Promise<void> {
    const { executable } = await this.prepare(runtime);
    for (const { variable } of executable.variables) await variable.download();
  }

  /**
   * Runs the graph once, for some free sizes, with the given random numbers or new ones.
   *
   * @param reused for some outputs, by their position, the result of an earlier run that is no longer needed
   */
  async compute(
    runtime: Runtime,
    feeds: readonly Tensor[],
    sizes: readonly number[],
    randoms?: ReadonlyMap<RandomStream, Tensor>,
    reused: ReadonlyMap<number, Tensor> = new Map(),
  ): Promise<Computed> {
    const prepared = await this.prepare(runtime);
    const { key, bytes, isSmall, optimize: level, executable, bindings, deviceOutputs } = prepared;
    const drawn = drawRandoms(executable, sizes, randoms);
    const options = { optimize: level, deviceOutputs, ...(isSmall && { threads: 1 }) };
    const create = (): { session: Promise<Session>; bytes: number } => ({
      session: lowering()
        .then(({ encode }) => encode(executable))
        .then((model) => runtime.createSession(model, options)),
      // The segments of a program are kept together, however large they are.
      bytes: this.#segments === 1 ? bytes : Math.min(bytes, Math.floor(MAX_BYTES / (2 * this.#segments))),
    });
    await bindings.download();
    const returned = await this.#poolOf(runtime)
      .run(key, create, async (session): Promise<MixedTensors> => {
        if (runtime.device === null) return session.run(bindings.inputs(feeds, drawn), bindings.targets(reused));
        await bindings.upload();
        return session.runOnDevice(bindings.inputs(feeds, drawn));
      })
      .catch((cause: unknown) => {
        throw withLayers(cause, executable);
      });
    return { ...bindings.results(returned), randoms: drawn };
  }
}

/** Writes new state into its variables. */
export function commit(updates: MixedResults['updates']): void {
  for (const [variable, value] of updates) {
    if (value instanceof Tensor) variable.commit(value.data);
    else variable.commitOnDevice(value);
  }
}

/** Copies of updates on the host. */
export async function fetched(updates: MixedResults['updates']): Promise<Results['updates']> {
  const copies = new Map<Variable, Tensor>();
  for (const [variable, value] of updates) copies.set(variable, value instanceof Tensor ? value : await value.read());
  return copies;
}

/** An error of the engine, with the layers of the nodes that it names. */
function withLayers(cause: unknown, { scopes }: Executable): unknown {
  if (!(cause instanceof Error)) return cause;
  const named = [...cause.message.matchAll(/[A-Za-z]+_\d+/g)].flatMap(([name]) => scopes.get(name) ?? []);
  const layers = [...new Set(named)];
  return layers.length === 0 ? cause : new Error(`${cause.message} (in ${escapeLine(layers.join(', '))})`, { cause });
}

/** The given random numbers, or new ones. */
function drawRandoms(
  executable: Executable,
  sizes: readonly number[],
  given: ReadonlyMap<RandomStream, Tensor> = new Map(),
): ReadonlyMap<RandomStream, Tensor> {
  const drawn = new Map<RandomStream, Tensor>();
  for (const { stream, shapeFor, dtype } of executable.randoms) {
    drawn.set(stream, given.get(stream) ?? drawUniform(stream, shapeFor(sizes), dtype));
  }
  return drawn;
}
