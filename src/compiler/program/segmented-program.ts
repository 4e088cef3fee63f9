import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import type { DeviceTensor } from '../../core/device-tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Communicator } from '../../core/world.ts';
import type { Value } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import type { Runtime } from '../runtime/index.ts';
import type { MixedResults } from './bindings.ts';
import { sumOverWorld } from './exchange.ts';
import type { Segment } from './segments.ts';
import { type Computed, SessionProgram, type SessionProgramOptions } from './session-program.ts';

/** The results of a segment. */
interface SegmentResults extends MixedResults {
  readonly outputs: readonly Tensor[];
}

/** Runs segments in turn, with the sums over the world between them. Returns the values of `wanted`, and the new state. */
export async function runSegments(
  segments: readonly Segment[],
  wanted: readonly Value[],
  feeds: readonly Tensor[],
  world: Communicator,
  run: (segment: Segment, feeds: readonly Tensor[]) => Promise<SegmentResults>,
): Promise<MixedResults> {
  const values = new Map<Value, Tensor>();
  const updates = new Map<Variable, Tensor | DeviceTensor>();
  const valueOf = (value: Value): Tensor => {
    const found = values.get(value);
    if (found === undefined) throw new InternalError(`${value.node.primitive} is in a later segment.`);
    return found;
  };
  for (const segment of segments) {
    const results = await run(segment, [...feeds, ...segment.reads.map(valueOf)]);
    for (const [i, value] of segment.yields.entries()) {
      const output = results.outputs[i];
      if (output !== undefined) values.set(value, output);
    }
    for (const [variable, value] of results.updates) updates.set(variable, value);
    const sums = await sumOverWorld(segment.operands.map(valueOf), world);
    for (const [i, value] of segment.sums.entries()) {
      const sum = sums[i];
      if (sum !== undefined) values.set(value, sum);
    }
  }
  return { outputs: wanted.map(valueOf), updates };
}

/** A graph that runs in one session for each segment between its sums over the processes of a world. */
export class SegmentedProgram {
  readonly #parts: readonly { readonly segment: Segment; readonly program: SessionProgram }[];
  readonly #outputs: readonly Value[];
  readonly #world: Communicator;

  constructor(
    segments: readonly Segment[],
    outputs: readonly Value[],
    world: Communicator,
    options: SessionProgramOptions,
  ) {
    this.#parts = segments.map((segment) => {
      const samples = { freeSizes: 'none', samples: [{ graph: segment.graph, sizes: [] }] } as const;
      return { segment, program: new SessionProgram(samples, { ...options, segments: segments.length }) };
    });
    this.#outputs = outputs;
    this.#world = world;
  }

  async prepare(runtime: Runtime): Promise<void> {
    for (const { program } of this.#parts) await program.prepare(runtime);
  }

  async downloadState(runtime: Runtime): Promise<void> {
    for (const { program } of this.#parts) await program.downloadState(runtime);
  }

  /** Runs the segments; random numbers that several of them read are drawn once. */
  async compute(
    runtime: Runtime,
    feeds: readonly Tensor[],
    sizes: readonly number[],
    randoms: ReadonlyMap<RandomStream, Tensor> = new Map(),
  ): Promise<Computed> {
    const drawn = new Map(randoms);
    const programs = new Map(this.#parts.map(({ segment, program }) => [segment, program]));
    const segments = this.#parts.map(({ segment }) => segment);
    const results = await runSegments(segments, this.#outputs, feeds, this.#world, async (segment, given) => {
      const program = programs.get(segment);
      if (program === undefined) throw new InternalError('a segment without a program.');
      const computed = await program.compute(runtime, given, sizes, drawn);
      for (const [stream, numbers] of computed.randoms) drawn.set(stream, numbers);
      return computed;
    });
    return { ...results, randoms: drawn };
  }
}
