import { InternalError, NotImplementedError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type Communicator, world } from '../../core/world.ts';
import type { Graph } from '../graph/graph.ts';
import { verify } from '../graph/verify.ts';
import { eliminateCollectives, optimize } from '../passes/index.ts';
import { loadRuntime } from '../runtime/index.ts';
import type { Results } from './bindings.ts';
import { PendingOutputs } from './pending-outputs.ts';
import type { SampledGraph } from './prepare.ts';
import { hasCollectives } from './segments.ts';
import { SegmentedProgram } from './segmented-program.ts';
import { SessionProgram, commit, fetched } from './session-program.ts';

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
  /** For some outputs, by their position, the result of an earlier run that nobody needs: the engine may write into it. */
  readonly reused?: ReadonlyMap<number, Tensor>;
}

/**
 * An executable graph, or one graph for all values of some free sizes. In a world of several processes, a graph with sums over
 * them is cut there into segments, each with a session of its own. New state is written when all of them have run.
 */
export class Program {
  readonly #samples: SampledGraph;
  readonly #options: ProgramOptions;
  readonly #world: Communicator = world();
  /** The free sizes for given feeds. */
  readonly #sizesOf: (feeds: readonly Tensor[]) => readonly number[];
  readonly #body: SessionProgram | SegmentedProgram;
  /** The form that leaves its results on a GPU, from when it is first needed. */
  #deferring: SessionProgram | SegmentedProgram | null = null;
  #running: Promise<unknown> = Promise.resolve();

  constructor(graph: Graph | FreeGraph, options: ProgramOptions = {}) {
    const { samples, freeSizes, sizesOf }: FreeGraph =
      'samples' in graph ? graph : { samples: [{ graph, sizes: [] }], freeSizes: 'none', sizesOf: () => [] };
    this.#options = options;
    this.#samples = {
      freeSizes,
      samples: samples.map((sample) => {
        verify(sample.graph, 'tracing');
        return { ...sample, graph: this.#optimized(sample.graph) };
      }),
    };
    this.#sizesOf = sizesOf;
    this.#body = this.#bodyOf(false);
  }

  #optimized(graph: Graph): Graph {
    const reduced = this.#world.size === 1 ? eliminateCollectives(graph) : graph;
    return this.#options.optimize === false ? reduced : optimize(reduced);
  }

  #bodyOf(defersResults: boolean): SessionProgram | SegmentedProgram {
    const { freezeVariables = false, optimize: isOptimized = true } = this.#options;
    const form = { freezeVariables, optimize: isOptimized };
    if (this.#world.size === 1 || !hasCollectives(this.graph)) {
      return new SessionProgram(this.#samples, { ...form, defersResults });
    }
    if (this.#samples.freeSizes !== 'none') {
      throw new NotImplementedError('[program] programs with sums over processes have known sizes.');
    }
    return new SegmentedProgram(this.graph, this.#world, form);
  }

  /** The optimized graph; of one with free sizes, that of the first sample. */
  get graph(): Graph {
    const [first] = this.#samples.samples;
    if (first === undefined) throw new InternalError('a program without a graph.');
    return first.graph;
  }

  /** Runs the graph once: feeds in the order of its inputs, results in the order of its outputs. */
  run(feeds: readonly Tensor[], options: RunOptions = {}): Promise<readonly Tensor[]> {
    return this.#inTurn(() => this.#run(feeds, options));
  }

  /**
   * As `run`, but leaves results, and numbers of the state, on a GPU: read the results, or dispose of them. For loops that look at
   * the results of a few runs only, since reading waits for the GPU.
   */
  start(feeds: readonly Tensor[]): Promise<readonly Tensor[] | PendingOutputs> {
    return this.#inTurn(() => this.#start(feeds));
  }

  /** One run at a time: each reads the state that the previous one wrote. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#running.then(run);
    this.#running = result.catch(() => undefined);
    return result;
  }

  /**
   * Lowers the graph for the engine, unless that is done.
   * @throws DifferentGraphs or NotImplementedError if a graph with free sizes is not the same for all of them.
   */
  async prepare(): Promise<void> {
    await this.#body.prepare(await loadRuntime());
  }

  /** Whether a program with free sizes computes at some sizes what a graph traced at these sizes does. */
  async accepts(graph: Graph, sizes: readonly number[]): Promise<boolean> {
    verify(graph, 'tracing');
    if (this.#body instanceof SegmentedProgram) return false;
    const { accepts } = await this.#body.prepare(await loadRuntime());
    return accepts(this.#optimized(graph), sizes);
  }

  async #run(
    feeds: readonly Tensor[],
    { inspect = null, randoms: given, reused }: RunOptions,
  ): Promise<readonly Tensor[]> {
    const runtime = await loadRuntime();
    const sizes = this.#sizesOf(feeds);
    const { outputs: computed, updates, randoms } = await this.#body.compute(runtime, feeds, sizes, given, reused);
    const outputs = computed instanceof PendingOutputs ? await computed.read() : computed;
    if (inspect !== null) {
      await this.#body.downloadState(runtime);
      await inspect({ outputs, updates: await fetched(updates), randoms });
    }
    commit(updates);
    return outputs;
  }

  async #start(feeds: readonly Tensor[]): Promise<readonly Tensor[] | PendingOutputs> {
    const runtime = await loadRuntime();
    const body = runtime.device?.copiesResults === false ? (this.#deferring ??= this.#bodyOf(true)) : this.#body;
    const { outputs, updates } = await body.compute(runtime, feeds, this.#sizesOf(feeds));
    commit(updates);
    return outputs;
  }
}
