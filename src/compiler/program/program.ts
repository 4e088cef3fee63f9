import { allocate } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Variable } from '../ir/variable.ts';
import { verify } from '../graph/verify.ts';
import type { Lowered } from '../lowering/lower.ts';
import { optimize } from '../passes/index.ts';
import { loadRuntime } from '../runtime/index.ts';
import { type PreparedSession, prepareSession } from './sessions.ts';

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

/** The results of a run, before any state is written. */
export interface RunResults {
  readonly outputs: readonly Tensor[];
  /** The new state of each variable; the variables still have the old one. */
  readonly updates: ReadonlyMap<Variable, Tensor>;
  /** The random numbers that the run used. */
  readonly randoms: ReadonlyMap<RandomStream, Tensor>;
}

/** Options of one run. */
export interface RunOptions {
  /** Receives the results; if it throws, no state is written. @default null */
  readonly inspect?: ((results: RunResults) => void | Promise<void>) | null;
  /** The random numbers of an earlier run, to repeat it. @default new random numbers */
  readonly randoms?: ReadonlyMap<RandomStream, Tensor>;
}

/**
 * An executable graph. Its session is created at the first run and shared with every program of the same form. Variables
 * are fed from their buffers; new state is written into their spare buffers, which then become the current ones.
 */
export class Program {
  readonly graph: Graph;
  readonly #options: ProgramOptions;
  #prepared: Promise<PreparedSession> | null = null;
  #running: Promise<unknown> = Promise.resolve();

  constructor(graph: Graph, options: ProgramOptions = {}) {
    verify(graph, 'tracing');
    this.graph = options.optimize === false ? graph : optimize(graph);
    this.#options = options;
  }

  /** Runs the graph once: feeds in the order of its inputs, results in the order of its outputs. */
  run(feeds: readonly Tensor[], options: RunOptions = {}): Promise<readonly Tensor[]> {
    // One run at a time: each reads the state that the previous one wrote.
    const result = this.#running.then(() => this.#run(feeds, options));
    this.#running = result.catch(() => undefined);
    return result;
  }

  async #prepare(): Promise<PreparedSession> {
    const found = await this.#prepared;
    if (found !== null && found.frozen.every(({ variable, version }) => variable.version === version)) return found;
    const form = { isFrozen: this.#options.freezeVariables ?? false, isOptimized: this.#options.optimize ?? true };
    const preparing = loadRuntime().then((runtime) => prepareSession(runtime, this.graph, form));
    this.#prepared = preparing;
    preparing.catch(() => {
      this.#prepared = null;
    });
    return preparing;
  }

  async #run(feeds: readonly Tensor[], { inspect = null, randoms }: RunOptions): Promise<readonly Tensor[]> {
    const { session, lowered } = await this.#prepare();
    const drawn = drawRandoms(lowered, randoms);
    const targets: Record<string, Tensor> = {};
    for (const { name, variable } of lowered.updates) {
      targets[name] = new Tensor(variable.spareBuffer, variable.shape, variable.dtype);
    }
    const results = await session.run(bind(lowered, feeds, drawn), targets).catch((cause: unknown) => {
      throw withLayers(cause, lowered);
    });
    const outputs = lowered.outputs.map((name) => result(results, name));
    const updates = new Map(lowered.updates.map(({ name, variable }) => [variable, result(results, name)]));
    if (inspect !== null) await inspect({ outputs, updates, randoms: drawn });
    for (const [variable, { data }] of updates) variable.commit(data);
    return outputs;
  }
}

/** An error of the engine, with the layers of the nodes that it names. */
function withLayers(cause: unknown, { scopes }: Lowered): unknown {
  if (!(cause instanceof Error)) return cause;
  const named = [...cause.message.matchAll(/[A-Za-z]+_\d+/g)].flatMap(([name]) => scopes.get(name) ?? []);
  const layers = [...new Set(named)];
  return layers.length === 0 ? cause : new Error(`${cause.message} (in ${layers.join(', ')})`, { cause });
}

/** The given random numbers, or new ones. */
function drawRandoms(
  lowered: Lowered,
  given: ReadonlyMap<RandomStream, Tensor> = new Map(),
): ReadonlyMap<RandomStream, Tensor> {
  const drawn = new Map<RandomStream, Tensor>();
  for (const { stream, shape, dtype } of lowered.randoms) {
    const numbers = allocate(dtype, sizeOf(shape));
    if (!(numbers instanceof Float32Array || numbers instanceof Float64Array)) {
      throw new InternalError(`random numbers of type ${dtype}.`);
    }
    const known = given.get(stream);
    if (known === undefined) stream.fillUniform(numbers);
    drawn.set(stream, known ?? new Tensor(numbers, shape, dtype));
  }
  return drawn;
}

function bind(
  lowered: Lowered,
  feeds: readonly Tensor[],
  randoms: ReadonlyMap<RandomStream, Tensor>,
): Record<string, Tensor> {
  const bound: Record<string, Tensor> = {};
  for (const [i, name] of lowered.inputs.entries()) {
    const given = feeds[i];
    if (given === undefined)
      throw new InternalError(`a program received ${feeds.length} feeds for ${lowered.inputs.length} inputs.`);
    if (name !== null) bound[name] = given;
  }
  for (const { name, variable } of lowered.variables) {
    bound[name] = new Tensor(variable.buffer, variable.shape, variable.dtype);
  }
  for (const { name, stream } of lowered.randoms) {
    const numbers = randoms.get(stream);
    if (numbers === undefined) throw new InternalError('a random node has no random numbers.');
    bound[name] = numbers;
  }
  return bound;
}

function result(results: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = results[name];
  if (found === undefined) throw new InternalError(`the engine did not return ${name}.`);
  return found;
}
