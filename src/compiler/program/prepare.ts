import { InternalError, NotImplementedError } from '../../core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Variable } from '../ir/variable.ts';
import { graphKey } from '../graph/hash.ts';
import { type FreeSizes, type Target, findTarget } from '../lowering/emit/target.ts';
import { toHalfPrecision } from '../lowering/half-precision.ts';
import { findHalfPrecision } from '../lowering/emit/find-half-precision.ts';
import { type Crossings, NO_CROSSINGS } from '../lowering/layout/assign-layouts.ts';
import { type Lowered, lower } from '../lowering/lower.ts';
import { GPU_DTYPES, deferrableOutputs } from '../lowering/executable/deferrable-outputs.ts';
import { type Executable, executableOf } from '../lowering/executable/executable.ts';
import { MAX_PACKED, packSmallState } from '../lowering/executable/packing.ts';
import { legalize } from '../lowering/legalize/legalize.ts';
import { simplifyGraph } from '../lowering/simplify.ts';
import { mergeSamples } from '../lowering/symbolic/merge.ts';
import { sameElements } from '../lowering/symbolic/sampled-constants.ts';
import { type FrozenVariable, freezeVariables, optimizeFrozen, unrollLoops } from '../passes/index.ts';
import type { DeviceMemory, Runtime, SessionOptions } from '../runtime/index.ts';
import { Bindings } from './bindings.ts';
import { isSmall, workOf } from './work.ts';

export { encode } from '../lowering/executable/executable.ts';

/** A graph at several samples of its free sizes; a graph without free sizes has one sample. */
export interface SampledGraph {
  readonly freeSizes: FreeSizes;
  readonly samples: readonly { readonly graph: Graph; readonly sizes: readonly number[] }[];
}

/** The form of a session. */
export interface SessionForm {
  /** Whether variables are constants of the model. */
  readonly isFrozen: boolean;
  /** Whether the engine optimizes the model, which takes longer than it saves in a few runs. */
  readonly isOptimized: boolean;
  /** Whether results that are read after a few runs only, and numbers of the state, stay on a GPU. @default false */
  readonly defersResults?: boolean;
  /** Finds the inputs and outputs that are in the blocked layout of a target. @default none */
  readonly crossingsOf?: ((target: Target) => Promise<Crossings>) | undefined;
}

/** A graph that is ready to run. */
export interface Prepared {
  /** The key of its session: programs of the same form have the same key. */
  readonly key: string;
  readonly executable: Executable;
  readonly bindings: Bindings;
  /** The outputs that stay in the memory of the device. */
  readonly deviceOutputs: readonly string[];
  /** The variables that are constants of the model. */
  readonly frozen: readonly FrozenVariable[];
  /** How far the engine optimizes the model. */
  readonly optimize: NonNullable<SessionOptions['optimize']>;
  /** An estimate of the memory of the session, in bytes. */
  readonly bytes: number;
  /** Whether one thread runs the session as fast as several. */
  readonly isSmall: boolean;
  /** Whether a further sample of the graph is what the executable computes at these sizes. */
  readonly accepts: (graph: Graph, sizes: readonly number[]) => boolean;
}

let frozenCount = 0;

/**
 * Whether a program leaves a variable in the memory of the device. Where results are read after each run, numbers come with them:
 * the host may read learning rates, counters and sums of metrics. Small variables are packed where a copy costs nothing. Parts of
 * a joined variable are read and written on the host.
 */
function canStayOnDevice(
  { copiesResults }: DeviceMemory,
  { size, dtype, isJoined }: Variable,
  defersResults: boolean,
): boolean {
  if (isJoined) return false;
  return copiesResults ? size > MAX_PACKED : size > (defersResults ? 0 : 1) && GPU_DTYPES.includes(dtype);
}

/**
 * Lowers a graph for a runtime.
 * @throws DifferentGraphs or NotImplementedError if the samples cannot be merged.
 */
export async function prepare(
  runtime: Runtime,
  { samples, freeSizes }: SampledGraph,
  { isFrozen, isOptimized, defersResults = false, crossingsOf = () => Promise.resolve(NO_CROSSINGS) }: SessionForm,
): Promise<Prepared> {
  const target = await findTarget(runtime);
  if (freeSizes !== 'none' && target.engine === 'webgpu') {
    throw new NotImplementedError(
      '[program] programs for the webgpu engine have known sizes, which its operators need.',
    );
  }
  let frozen: readonly FrozenVariable[] = [];
  const full = { ...target, freeSizes, hasConstantWeights: isFrozen };
  const crossings = isFrozen ? NO_CROSSINGS : await crossingsOf(full);
  const withoutLoops = (graph: Graph): Graph => (target.engine === 'webgpu' ? unrollLoops(graph) : graph);
  const lowerSample = (graph: Graph): Lowered => {
    if (!isFrozen) return lower(withoutLoops(graph), full, crossings);
    const { graph: constant, variables } = freezeVariables(graph);
    frozen = variables;
    return lower(withoutLoops(optimizeFrozen(constant)), full);
  };
  const lowered = samples.map(({ graph }) => lowerSample(graph));
  const sizes = samples.map((sample) => sample.sizes);
  const [first] = samples;
  const [only] = lowered;
  if (first === undefined || only === undefined) throw new InternalError('a program without a graph.');
  const merged = samples.length === 1 ? executableOf(only) : mergeSamples(lowered, sizes);
  const { device } = runtime;
  const staysOnDevice = (variable: Variable): boolean =>
    device !== null && canStayOnDevice(device, variable, defersResults);
  const packed = packSmallState(merged, staysOnDevice);
  const { operators = null } = target;
  const legal = operators === null ? packed.model.graph : legalize(packed.model.graph, operators, packed.scopes);
  const isHalf = target.engine === 'webgpu' && packed.halves.size > 0 && (await findHalfPrecision(runtime));
  const graph = isHalf ? toHalfPrecision(legal, packed.halves) : legal;
  const executable = { ...packed, model: { ...packed.model, graph: simplifyGraph(graph) } };
  const kept = executable.updates.filter(({ variable }) => staysOnDevice(variable)).map(({ name }) => name);
  const deferred = defersResults && device?.copiesResults === false ? deferrableOutputs(executable) : [];
  const deviceOutputs = [...kept, ...deferred];
  const works = samples.map(({ graph }) => workOf(graph));
  const weights = executable.model.graph.initializers.reduce((sum, { rawData }) => sum + rawData.length, 0);
  return {
    // Frozen weights are not compared: their session is not shared.
    key: isFrozen
      ? `frozen ${frozenCount++}`
      : `${isOptimized} ${deviceOutputs.join()} ${samples.map(({ graph }) => keyOf(graph, crossings)).join('\n\n')}`,
    executable,
    bindings: new Bindings(executable, device, staysOnDevice, deferred),
    deviceOutputs,
    frozen,
    optimize: isFrozen ? 'all' : !isOptimized ? 'disabled' : levelOf(executable.model.graph, target),
    bytes: 2 * weights + (works[0]?.bytes ?? 0),
    // Samples of free sizes do not bound the work.
    isSmall: freeSizes === 'none' && works.every(isSmall),
    accepts: (graph, at) => sameModel(merged, () => mergeSamples([...lowered, lowerSample(graph)], [...sizes, at])),
  };
}

/** The key of a graph, with the channel axes of the inputs and outputs that are in blocks. */
function keyOf(graph: Graph, crossings: Crossings): string {
  const axes = [...graph.inputs, ...graph.outputs].map((value) => crossings.get(value)?.channelAxis ?? '');
  return `${crossings.size === 0 ? '' : axes.join()} ${graphKey(graph)}`;
}

/** The number of nodes above which the engine's fusions take longer than they save. */
const MANY_NODES = 500;

/**
 * How far the engine optimizes a model whose weights are fed. Convolutions are already in its blocked layout where that pays;
 * its own layout pass would move poolings there too, at a net loss. Where there are blocks, they include bias and relu as well,
 * which leaves its fusions little to find, while each of them costs a new order of all nodes: on a training step of a deep network
 * they take as long as everything else in creating the session.
 */
function levelOf(
  { nodes }: Executable['model']['graph'],
  { blockedChannels }: Pick<Target, 'blockedChannels'>,
): 'basic' | 'extended' {
  return blockedChannels > 0 && nodes.length > MANY_NODES ? 'basic' : 'extended';
}

/** Whether samples merge into the same model. */
function sameModel(executable: Executable, merge: () => Executable): boolean {
  try {
    const merged = merge().model.graph;
    const { graph } = executable.model;
    const text = (part: unknown): string => JSON.stringify(part);
    return (
      text([merged.nodes, merged.inputs, merged.outputs]) === text([graph.nodes, graph.inputs, graph.outputs]) &&
      merged.initializers.length === graph.initializers.length &&
      merged.initializers.every((tensor, i) => sameElements(tensor, graph.initializers[i] ?? tensor))
    );
  } catch {
    // The new sample has other nodes, or other constants.
    return false;
  }
}
