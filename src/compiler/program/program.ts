import { escapeLine } from '../../core/escape.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { Tensor } from '../../core/tensor.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import { verify } from '../graph/verify.ts';
import { type Executable, encode } from '../lowering/executable/executable.ts';
import { optimize } from '../passes/index.ts';
import { isNode } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import { type MixedTensors, type Runtime, type Session, loadRuntime } from '../runtime/index.ts';
import type { MixedResults, Results } from './bindings.ts';
import { type Prepared, type SampledGraph, prepare } from './prepare.ts';
import { drawUniform } from './draw-uniform.ts';
import { poolOf } from './session-pool.ts';

/** Options of {@link Program}. */
export interface ProgramOptions {
  /**
   * Whether the variables become constants of the model, which the engine packs for speed; the model is rebuilt when they
   * have changed. For programs that run often between changes.
   * @default false
   */
  readonly freezeVariables?: boolean;
  /** Whether the graph is optimized; false runs it as it was traced, to inspect intermediate values. @default true */
  readonly optimize?: boolean;
}

/** The results of a run, before any state is written, and what it depended on. */
export interface RunResults extends Results {
  /** The random numbers that the run used. */
  readonly randoms: ReadonlyMap<RandomStream, Tensor>;
}

/** A graph at several samples of its free sizes. */
export interface FreeGraph extends SampledGraph {
  /** The free sizes for given feeds. */
  readonly sizesOf: (feeds: readonly Tensor[]) => readonly number[];
}

/** Options of one run. */
export interface RunOptions {
  /** Receives the results; if it throws, no state is written. @default null */
  readonly inspect?: ((results: RunResults) => void | Promise<void>) | null;
  /** The random numbers of an earlier run, to repeat it. @default new random numbers */
  readonly randoms?: ReadonlyMap<RandomStream, Tensor>;
}

/**
 * An executable graph, or one graph for all values of some free sizes. Its session is created at the first run and shared with
 * every program of the same form. Variables are fed from their buffers; new state is written into their spare buffers, which
 * then become the current ones.
 */
export class Program {
  readonly #samples: SampledGraph;
  readonly #options: ProgramOptions;
  /** The free sizes for given feeds. */
  readonly #sizesOf: (feeds: readonly Tensor[]) => readonly number[];
  #prepared: Promise<Prepared & { readonly runtime: Runtime }> | null = null;
  #running: Promise<unknown> = Promise.resolve();

  constructor(graph: Graph | FreeGraph, options: ProgramOptions = {}) {
    const { samples, freeSizes, sizesOf }: FreeGraph =
      'samples' in graph ? graph : { samples: [{ graph, sizes: [] }], freeSizes: 'none', sizesOf: () => [] };
    this.#samples = {
      freeSizes,
      samples: samples.map((sample) => {
        verify(sample.graph, 'tracing');
        return { ...sample, graph: options.optimize === false ? sample.graph : optimize(sample.graph) };
      }),
    };
    this.#sizesOf = sizesOf;
    this.#options = options;
  }

  /** The optimized graph; of one with free sizes, that of the first sample. */
  get graph(): Graph {
    const [first] = this.#samples.samples;
    if (first === undefined) throw new InternalError('a program without a graph.');
    return first.graph;
  }

  /** Runs the graph once: feeds in the order of its inputs, results in the order of its outputs. */
  run(feeds: readonly Tensor[], options: RunOptions = {}): Promise<readonly Tensor[]> {
    // One run at a time: each reads the state that the previous one wrote.
    const result = this.#running.then(() => this.#run(feeds, options));
    this.#running = result.catch(() => undefined);
    return result;
  }

  /**
   * Lowers the graph for the engine, unless that is done.
   * @throws DifferentGraphs or NotImplementedError if a graph with free sizes is not the same for all of them.
   */
  async prepare(): Promise<void> {
    await this.#prepare(await loadRuntime());
  }

  /** Whether a program with free sizes computes at some sizes what a graph traced at these sizes does. */
  async accepts(graph: Graph, sizes: readonly number[]): Promise<boolean> {
    verify(graph, 'tracing');
    const { accepts } = await this.#prepare(await loadRuntime());
    return accepts(this.#options.optimize === false ? graph : optimize(graph), sizes);
  }

  async #prepare(runtime: Runtime): Promise<Prepared> {
    const found = await this.#prepared;
    const isCurrent = found?.frozen.every(({ variable, version }) => variable.version === version) ?? false;
    if (found !== null && isCurrent && found.runtime === runtime) return found;
    if (found !== null && found.frozen.length > 0) poolOf(runtime).delete(found.key);
    // On a GPU, weights are read from where they are.
    const isFrozen = (runtime.device?.copiesResults ?? true) && (this.#options.freezeVariables ?? false);
    if (isFrozen) await this.#download();
    const form = { isFrozen, isOptimized: this.#options.optimize ?? true };
    const preparing = prepare(runtime, this.#samples, form).then((prepared) => {
      poolOf(runtime).register(this, prepared.key);
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

  async #run(feeds: readonly Tensor[], { inspect = null, randoms }: RunOptions): Promise<readonly Tensor[]> {
    const runtime = await loadRuntime();
    const prepared = await this.#prepare(runtime);
    const { key, bytes, isSmall, optimize: level, executable, bindings, deviceOutputs } = prepared;
    const drawn = drawRandoms(executable, this.#sizesOf(feeds), randoms);
    const options = { optimize: level, deviceOutputs, ...(isSmall && { threads: 1 }) };
    const create = (): { session: Promise<Session>; bytes: number } => ({
      session: encode(executable).then((model) => runtime.createSession(model, options)),
      bytes,
    });
    await bindings.download();
    const returned = await poolOf(runtime)
      .run(key, create, async (session): Promise<MixedTensors> => {
        if (runtime.device === null) return session.run(bindings.inputs(feeds, drawn), bindings.targets());
        await bindings.upload();
        return session.runOnDevice(bindings.inputs(feeds, drawn));
      })
      .catch((cause: unknown) => {
        throw withLayers(cause, executable);
      });
    const { outputs, updates } = bindings.results(returned);
    if (inspect !== null) {
      for (const { variable } of executable.variables) await variable.download();
      await inspect({ outputs, updates: await fetched(updates), randoms: drawn });
    }
    for (const [variable, value] of updates) {
      if (value instanceof Tensor) variable.commit(value.data);
      else variable.commitOnDevice(value);
    }
    return outputs;
  }
}

/** Copies of updates on the host. */
async function fetched(updates: MixedResults['updates']): Promise<Results['updates']> {
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
