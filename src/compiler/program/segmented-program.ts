import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import type { DeviceTensor } from '../../core/device-tensor.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Communicator } from '../../core/world.ts';
import type { Graph } from '../graph/graph.ts';
import type { Value } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import type { Target } from '../lowering/emit/target.ts';
import type { Crossings } from '../lowering/layout/assign-layouts.ts';
import type { Runtime } from '../runtime/index.ts';
import type { MixedResults } from './bindings.ts';
import { Exchange } from './exchange.ts';
import { PendingOutputs } from './pending-outputs.ts';
import { type Message, type Segment, cutAtCollectives } from './segments.ts';
import { type Computed, SessionProgram, type SessionProgramOptions } from './session-program.ts';

/** The results of a segment. */
interface SegmentResults extends MixedResults {
  readonly outputs: readonly Tensor[];
}

/**
 * Runs segments in turn, with the sums over the world between them. Returns the values of `wanted`, and the new state.
 *
 * @param exchanges the memory for the sums of each message, for segments that run again
 */
export async function runSegments(
  segments: readonly Segment[],
  wanted: readonly Value[],
  feeds: readonly Tensor[],
  world: Communicator,
  run: (segment: Segment, feeds: readonly Tensor[]) => Promise<SegmentResults>,
  exchanges: ReadonlyMap<Message, Exchange> = new Map(),
): Promise<SegmentResults> {
  const values = new Map<Value, Tensor>();
  const updates = new Map<Variable, Tensor | DeviceTensor>();
  const valueOf = (value: Value): Tensor => {
    const found = values.get(value);
    if (found === undefined) throw new InternalError(`${value.node.primitive} is in a later segment.`);
    return found;
  };
  /** The messages that travel. */
  const travelling: Travelling[] = [];
  const arrive = async (place: number): Promise<void> => {
    for (const { message, sums } of takeDue(travelling, place)) {
      const arrived = await sums;
      for (const [i, value] of message.sums.entries()) {
        const sum = arrived[i];
        if (sum !== undefined) values.set(value, sum);
      }
    }
  };
  for (const [place, segment] of segments.entries()) {
    await arrive(place);
    const results = await run(segment, [...feeds, ...segment.reads.map(valueOf)]);
    for (const [i, value] of segment.yields.entries()) {
      const output = results.outputs[i];
      if (output !== undefined) values.set(value, output);
    }
    for (const [variable, value] of results.updates) updates.set(variable, value);
    for (const message of segment.messages) {
      const exchange = exchanges.get(message) ?? new Exchange();
      const sums = exchange.sum(message.operands.map(valueOf), world);
      // If a segment fails before it is awaited.
      sums.catch(() => undefined);
      travelling.push({ message, sums });
    }
  }
  await arrive(segments.length);
  const summed = new Set(segments.flatMap(({ messages }) => messages.flatMap(({ sums }) => sums)));
  const outputs = wanted.map((value) => (summed.has(value) ? copyOf(valueOf(value)) : valueOf(value)));
  return { outputs, updates };
}

/** A message on its way. */
interface Travelling {
  readonly message: Message;
  readonly sums: Promise<readonly Tensor[]>;
}

/** Takes the messages out of a list that must have ended before a segment runs. */
function takeDue(travelling: Travelling[], place: number): readonly Travelling[] {
  const due = travelling.filter(({ message }) => message.due <= place);
  for (const each of due) travelling.splice(travelling.indexOf(each), 1);
  return due;
}

/** A copy of a sum, whose memory the next run writes to. */
const copyOf = ({ data, shape, dtype }: Tensor): Tensor => new Tensor(data.slice(), shape, dtype);

/** A segment's program, and its results of the last run, into which the next one writes. */
interface Part {
  readonly program: SessionProgram;
  /** Whether each result is read by later segments only. */
  readonly passed: readonly boolean[];
  readonly reused: Map<number, Tensor>;
}

/** The inputs and outputs of a segment that are in blocks, as the values of the whole graph are. */
export function crossingsOfSegment({ graph, reads, yields }: Segment, crossings: Crossings): Crossings {
  const fed = graph.inputs.slice(graph.inputs.length - reads.length);
  const pairs = [...reads.map((value, i) => [value, fed[i]]), ...yields.map((value, i) => [value, graph.outputs[i]])];
  return new Map(
    pairs.flatMap(([whole, own]) => {
      const images = whole === undefined ? undefined : crossings.get(whole);
      return own === undefined || images === undefined ? [] : [[own, images] as const];
    }),
  );
}

/** A function of the target, which is the same for all segments, that is computed once. */
function remembered(compute: (target: Target) => Promise<Crossings>): (target: Target) => Promise<Crossings> {
  const known = new Map<string, Promise<Crossings>>();
  return (target) => {
    const key = `${target.engine} ${target.blockedChannels}`;
    const found = known.get(key) ?? compute(target);
    known.set(key, found);
    return found;
  };
}

/**
 * A graph that runs in one session for each segment between its sums over the processes of a world. Images pass between the
 * segments in the layout that they would have without the cuts.
 */
export class SegmentedProgram {
  readonly #parts: ReadonlyMap<Segment, Part>;
  readonly #exchanges: ReadonlyMap<Message, Exchange>;
  readonly #outputs: readonly Value[];
  readonly #world: Communicator;
  /** The engine of the last run. */
  #runtime: Runtime | null = null;

  constructor(graph: Graph, world: Communicator, options: SessionProgramOptions) {
    const segments = cutAtCollectives(graph);
    const crossings = remembered(async (target) => (await import('./crossings.ts')).findCrossings(graph, target));
    const isWanted = new Set(graph.outputs);
    const parts = segments.map((segment) => {
      const samples = { freeSizes: 'none', samples: [{ graph: segment.graph, sizes: [] }] } as const;
      const crossingsOf = async (target: Target): Promise<Crossings> =>
        crossingsOfSegment(segment, await crossings(target));
      const program = new SessionProgram(samples, { ...options, segments: segments.length, crossingsOf });
      const passed = segment.yields.map((value) => !isWanted.has(value));
      return [segment, { program, passed, reused: new Map<number, Tensor>() }] as const;
    });
    this.#parts = new Map(parts);
    const messages = segments.flatMap((segment) => segment.messages);
    this.#exchanges = new Map(messages.map((message) => [message, new Exchange()]));
    this.#outputs = graph.outputs;
    this.#world = world;
  }

  async prepare(runtime: Runtime): Promise<void> {
    for (const { program } of this.#parts.values()) await program.prepare(runtime);
  }

  async downloadState(runtime: Runtime): Promise<void> {
    for (const { program } of this.#parts.values()) await program.downloadState(runtime);
  }

  /** Runs the segments; random numbers that several of them read are drawn once. */
  async compute(
    runtime: Runtime,
    feeds: readonly Tensor[],
    sizes: readonly number[],
    randoms: ReadonlyMap<RandomStream, Tensor> = new Map(),
    reused: ReadonlyMap<number, Tensor> = new Map(),
  ): Promise<Computed> {
    if (runtime !== this.#runtime) for (const { reused } of this.#parts.values()) reused.clear();
    this.#runtime = runtime;
    const drawn = new Map(randoms);
    const segments = [...this.#parts.keys()];
    const run = async (segment: Segment, given: readonly Tensor[]): Promise<SegmentResults> => {
      const part = this.#parts.get(segment);
      if (part === undefined) throw new InternalError('a segment without a program.');
      const { program, passed } = part;
      const targets = new Map(part.reused);
      for (const [i, value] of segment.yields.entries()) {
        const target = reused.get(this.#outputs.indexOf(value));
        if (target !== undefined) targets.set(i, target);
      }
      const { outputs, updates, randoms: used } = await program.compute(runtime, given, sizes, drawn, targets);
      if (outputs instanceof PendingOutputs) throw new InternalError('the results of a segment are on a device.');
      for (const [i, output] of outputs.entries()) if (passed[i] === true) part.reused.set(i, output);
      for (const [stream, numbers] of used) drawn.set(stream, numbers);
      return { outputs, updates };
    };
    const results = await runSegments(segments, this.#outputs, feeds, this.#world, run, this.#exchanges);
    return { ...results, randoms: drawn };
  }
}
