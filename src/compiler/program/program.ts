import { allocate } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Variable } from '../graph/variable.ts';
import { verify } from '../graph/verify.ts';
import type { Lowered } from '../lowering/lower.ts';
import { loadRuntime } from '../runtime/index.ts';
import { optimize } from '../passes/index.ts';
import { type PreparedSession, prepareSession } from './sessions.ts';

export interface ProgramOptions {
  /**
   * Make the variables' elements constants of the model, which the engine packs for speed; the model is made again
   * when they have changed. For programs that run often between changes.
   * @default false
   */
  readonly bakeVariables?: boolean;
  /** Run the graph as it was traced, without any rewriting: to look at the values in between. @default true */
  readonly optimize?: boolean;
}

/** What a run gave, before any state is written. */
export interface RunResults {
  readonly outputs: readonly Tensor[];
  /** The new state of each variable; the variables still have their old one. */
  readonly updates: ReadonlyMap<Variable, Tensor>;
  /** The random numbers that the run drew. */
  readonly randoms: ReadonlyMap<RandomStream, Tensor>;
}

/** Options of one run. */
export interface RunOptions {
  /** Looks at the results; if it throws, no state is written. @default null */
  readonly inspect?: ((results: RunResults) => void | Promise<void>) | null;
  /** The random numbers of an earlier run, to repeat it. @default new ones are drawn */
  readonly randoms?: ReadonlyMap<RandomStream, Tensor>;
}

/**
 * A graph that runs. Its session is made at the first run and shared with every program of the same form. Variables
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

  /** Runs once: feeds in the order of the graph's inputs, results in the order of its outputs. */
  run(feeds: readonly Tensor[], options: RunOptions = {}): Promise<readonly Tensor[]> {
    // One run at a time: a run reads the state that the one before wrote.
    const result = this.#running.then(() => this.#run(feeds, options));
    this.#running = result.catch(() => undefined);
    return result;
  }

  async #prepare(): Promise<PreparedSession> {
    const found = await this.#prepared;
    if (found !== null && found.baked.every(({ variable, version }) => variable.version === version)) return found;
    const form = { isBaked: this.#options.bakeVariables ?? false, isOptimized: this.#options.optimize ?? true };
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

/** An error of the engine, with the layers that the nodes it names belong to. */
function withLayers(cause: unknown, { scopes }: Lowered): unknown {
  if (!(cause instanceof Error)) return cause;
  const named = [...cause.message.matchAll(/[A-Za-z]+_\d+/g)].flatMap(([name]) => scopes.get(name) ?? []);
  const layers = [...new Set(named)];
  return layers.length === 0 ? cause : new Error(`${cause.message} (in ${layers.join(', ')})`, { cause });
}

/** New random numbers, or those given. */
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
      throw new InternalError(`a program got ${feeds.length} feeds for ${lowered.inputs.length} inputs.`);
    if (name !== null) bound[name] = given;
  }
  for (const { name, variable } of lowered.variables) {
    bound[name] = new Tensor(variable.buffer, variable.shape, variable.dtype);
  }
  for (const { name, stream } of lowered.randoms) {
    const numbers = randoms.get(stream);
    if (numbers === undefined) throw new InternalError('a program drew no random numbers for a node.');
    bound[name] = numbers;
  }
  return bound;
}

function result(results: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = results[name];
  if (found === undefined) throw new InternalError(`the engine returned no ${name}.`);
  return found;
}
