import { isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { indexOfOffset, showIndex } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { dataParallelism, world } from '../../../core/world.ts';
import { type Graph, topologicalOrder } from '../../../compiler/graph/graph.ts';
import { type Value, isNode } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Program, RunResults } from '../../../compiler/program/index.ts';
import { type Origin, findAnomaly } from './find-anomaly.ts';
import type { StepGraph } from './step-graph.ts';

/** A step whose results are inspected. */
export interface InspectedStep {
  readonly who: string;
  /** The name of the step, such as `training step 3`. */
  readonly title: string;
  readonly traced: StepGraph;
  /** The program that ran, whose graph the passes have rewritten. */
  readonly program: Program;
  readonly feeds: readonly Tensor[];
  /** The names of the feeds as the user knows them. */
  readonly feedNames: readonly string[];
}

/** A result that is not finite. */
interface Bad {
  readonly name: string;
  readonly entry: number;
  /** The value of the result in a graph of the step. */
  readonly of: (graph: Graph) => Value | undefined;
}

/** Operands of at least this size indicate diverging numbers rather than operands outside a domain. */
const LARGE = 1e6;

/**
 * Inspects the results of a step before its state is written.
 * @throws ValueError if the loss, a metric or new state is NaN or infinite where the state before was finite.
 */
export async function refuseAnomaly(step: InspectedStep, results: RunResults): Promise<void> {
  const bad = badToExplain(step.traced, results);
  if (dataParallelism() !== null) await refuseAnywhere(step, bad);
  if (bad === null) return;
  // The traced graph has the operations of the user; the optimized one shows anomalies that the passes introduced.
  for (const graph of [step.traced.graph, step.program.graph]) {
    const origin = await findAnomaly({ graph, feeds: step.feeds, randoms: results.randoms }, bad.of(graph));
    if (origin !== null) throw new ValueError(messageFor(step, graph, origin, bad));
  }
  const received = `${bad.entry} in ${bad.name}, in ${step.title}; each operation alone returns finite numbers`;
  throw new ValueError(message(step.who, received));
}

/**
 * Refuses a step of which the results of any process are bad. The origin is not searched: parts of the step would have to run
 * in all of them.
 */
async function refuseAnywhere({ who, title }: InspectedStep, bad: Bad | null): Promise<void> {
  const count = Int32Array.of(bad === null ? 0 : 1);
  await world().allReduce(count);
  if (count[0] === 0) return;
  const found = bad === null ? 'NaN or an infinity in another process' : `${bad.entry} in ${bad.name}`;
  throw new ValueError(
    message(
      who,
      `${found}, in ${title} of process ${world().rank} of ${world().size}; one process alone finds the origin`,
    ),
  );
}

/**
 * The result to explain: the loss or a metric, which the forward pass suffices for; else the new state with the fewest
 * nodes before it, so that little is run again. `null` if all results are finite.
 */
function badToExplain({ graph, names }: StepGraph, { outputs, updates }: RunResults): Bad | null {
  for (const [i, tensor] of outputs.entries()) {
    const at = firstBad(tensor);
    if (at === -1) continue;
    const name = i === 0 ? 'the loss' : `the metric ${names[i - 1] ?? ''}`;
    return { name, entry: tensor.data[at] ?? NaN, of: ({ outputs: values }) => values[i] };
  }
  let found: Bad | null = null;
  let fewest = Infinity;
  for (const [variable, tensor] of updates) {
    const at = firstBad(tensor, variable);
    if (at === -1) continue;
    const of: Bad['of'] = (all) => all.updates.find((update) => update.variable === variable)?.value;
    const value = of(graph);
    const count = value === undefined ? Infinity : topologicalOrder([value]).length;
    if (found !== null && count >= fewest) continue;
    found = { name: `the new ${variable.path}`, entry: tensor.data[at] ?? NaN, of };
    fewest = count;
  }
  return found;
}

/** The index of the first NaN or infinity that was finite before; −1 if there is none. */
function firstBad({ data, dtype }: Tensor, before: Variable | null = null): number {
  if (!isFloat(dtype)) return -1;
  // 0 · x is 0 for a finite x and NaN otherwise: a fast scan of millions of numbers that are usually finite.
  let sum = 0;
  for (const entry of data) sum += 0 * entry;
  if (sum === 0) return -1;
  const old = before?.buffer ?? null;
  return data.findIndex((entry, i) => !Number.isFinite(entry) && (old === null || Number.isFinite(old[i])));
}

const message = (who: string, received: string): string =>
  `[${who}] with detectAnomaly every step must compute finite numbers. Received: ${received}. The step has changed no weight, metric or optimizer state.`;

function messageFor(step: InspectedStep, graph: Graph, origin: Origin, bad: Bad): string {
  const { value, tensor, operands } = origin;
  const { node } = value;
  const offset = offsetOf(tensor);
  const entry = `${tensor.data[offset]}${showIndex(indexOfOffset(offset, tensor.shape))} of`;
  if (isNode(node, 'variable')) {
    const { path } = node.attributes.variable;
    return `${message(step.who, `${entry} ${path}, before ${step.title} began`)} Give it finite values first.`;
  }
  if (node.inputs.length === 0) {
    const name = step.feedNames[graph.inputs.indexOf(value)] ?? 'a constant';
    return `${message(step.who, `${entry} ${name}, in ${step.title}`)} Clean the data.`;
  }
  const place = placeOf(node.scope);
  const from = describeOperands(operands, tensor, offset);
  const received = `${entry} the output of ${node.primitive} in ${place}, in ${step.title}; ${from}. From there it reaches ${bad.name}`;
  return `${message(step.who, received)} ${adviceFor(node.primitive, place, operands)}`;
}

function adviceFor(primitive: string, place: string, operands: readonly Tensor[]): string {
  if (!operands.every(isFinite)) return 'Intended infinities, such as those of a mask, must leave some entries finite.';
  const isLarge = place === 'the optimizer' || operands.some((operand) => largest(operand) >= LARGE);
  return isLarge
    ? 'Numbers have grown too large: try a smaller learning rate, or clip the gradients.'
    : `Keep the operands of ${primitive} where it is finite, with ops.clip for instance.`;
}

/** The offset of the first NaN; if there is none, of the first infinity. */
function offsetOf({ data }: Tensor): number {
  const at = data.findIndex((entry) => Number.isNaN(entry));
  return at === -1 ? data.findIndex((entry) => !Number.isFinite(entry)) : at;
}

/** Describes a scope: the name of a layer, or a phrase such as `the optimizer`. */
function placeOf(scope: string | null): string {
  if (scope === null) return 'no layer';
  if (scope.startsWith('gradient of ')) return `the gradient of ${placeOf(scope.slice('gradient of '.length))}`;
  return scope.startsWith('the ') ? scope : `layer ${JSON.stringify(scope)}`;
}

const short = (value: number): string => String(Number(value.toPrecision(6)));

/** Describes operands: `its operands were finite: 2 and 0 there`; for operands of other shapes, their maximum size. */
function describeOperands(operands: readonly Tensor[], { shape }: Tensor, offset: number): string {
  const there: string[] = [];
  const sizes: string[] = [];
  for (const operand of operands) {
    if (operand.size === 1) there.push(short(operand.data[0] ?? NaN));
    else if (String(operand.shape) === String(shape)) there.push(short(operand.data[offset] ?? NaN));
    else sizes.push(`up to ${short(largest(operand))} in size`);
  }
  const parts = [...(there.length === 0 ? [] : [`${there.join(' and ')} there`]), ...sizes].join(', ');
  const several = operands.length > 1;
  if (operands.every(isFinite)) return `its operand${several ? 's were' : ' was'} finite: ${parts}`;
  return `its operand${several ? 's' : ''} held ${parts}, with infinities of constants`;
}

const isFinite = ({ data }: Tensor): boolean => data.every((entry) => Number.isFinite(entry));

function largest({ data }: Tensor): number {
  let found = 0;
  for (const entry of data) found = Math.max(found, Math.abs(entry));
  return found;
}
