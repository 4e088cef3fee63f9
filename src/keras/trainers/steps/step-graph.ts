import { ValueError, show } from '../../../core/errors.ts';
import { flattenTree } from '../../../core/pytree.ts';
import type { Shape } from '../../../core/shape.ts';
import { type Tree, flatten } from '../../../core/tree.ts';
import { type Graph, labelScope } from '../../../compiler/graph/graph.ts';
import type { Traced } from '../../../compiler/program/index.ts';
import { initialState } from '../../../compiler/graph/leaves.ts';
import type { RowShare, Trace } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { CallContext } from '../../layers/base/call-context.ts';
import { checkState } from '../../layers/base/check-state.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { add, allReduce, cast, sum, where } from '../../ops/index.ts';
import { arrangeWeights, outputNames, pick } from '../compile/arrange-targets.ts';
import type { Compiled } from '../compile/compiled.ts';
import { shareOf } from '../compile/sum-of-shares.ts';
import type { StepValues } from '../compile/step-values.ts';
import { checkLossState } from './check-loss-state.ts';
import { type BatchTypes, stepInputs } from './step-inputs.ts';

/** The graph of one step. Its first output is the loss of the batch; the others are the reported values. */
export interface StepGraph extends Traced {
  readonly graph: Graph;
  /** The names of the outputs after the first. */
  readonly names: readonly string[];
  /** Warnings for the user, such as weights without a gradient. */
  readonly warnings: readonly string[];
}

/** The shapes of the reported values by name. */
export function reportedShapes({ names, graph }: StepGraph): ReadonlyMap<string, Shape> {
  return new Map(names.map((name, i) => [name, graph.outputs[i + 1]?.shape ?? []]));
}

/** A model as steps see it. */
export interface StepModel extends Layer {
  /** The names of the outputs; `null` if they have none. */
  readonly outputNames: readonly string[] | null;
  /** Whether calling the model runs code of the user, in a layer, a model or a function. */
  readonly runsCustomCode: boolean;
  /** The loss of a batch; `null` if there is none. */
  computeLoss(...given: StepArguments): Value | null;
  /** Updates the metrics with a batch, and returns the values to report. */
  computeMetrics(...given: StepArguments): Readonly<Record<string, Value>>;
}

/** The arguments of a model's `computeLoss` and `computeMetrics`. */
export type StepArguments = [
  x: Tree<Value>,
  y: Tree<Value> | null,
  yPred: Tree<Value>,
  sampleWeight: Tree<Value> | null,
  context: CallContext,
];

/** The inputs, targets, outputs and weights of a step, in their structures. */
export interface StepData {
  readonly x: Tree<Value>;
  readonly y: Tree<Value> | null;
  readonly yPred: Tree<Value>;
  readonly sampleWeight: Tree<Value> | null;
}

/** The part of a step after the loss and the metrics. Returns warnings for the user. */
export type FinishStep = (trace: Trace, loss: Value) => readonly string[];

/**
 * Traces a step: forward pass, loss, penalties, metrics, then `finish`. Losses and metrics are resolved for the batch first;
 * a trace that fails discards them again.
 */
export function traceStep(
  model: StepModel,
  compiled: Compiled,
  batch: BatchTypes,
  training: boolean,
  finish: FinishStep,
): StepGraph {
  const wasBuilt = compiled.isBuilt;
  try {
    return trace(model, compiled, batch, training, finish);
  } catch (error) {
    if (!wasBuilt) compiled.unbuild();
    throw error;
  }
}

function trace(
  model: StepModel,
  compiled: Compiled,
  batch: BatchTypes,
  training: boolean,
  finish: FinishStep,
): StepGraph {
  const { who } = model;
  const { trace, x, y, sampleWeight, all } = stepInputs(batch);
  const share = compiled.share?.in(trace) ?? null;
  trace.share = share;
  const tree = model.applyIn(trace, x, training, null);
  if (share !== null) keepWithoutRows(trace, share);
  labelUpdates(trace, ({ path }) => `the new state of ${path}`);
  const given = outputNames(tree, isValue, model.outputNames);
  const outputs = flatten(tree, isValue);
  const variables = [...model.variables, ...(compiled.share?.variables ?? [])];
  checkState({ who, variables }, [...outputs, ...trace.losses], trace.updates);
  const { structure, size: rows } = batch;
  const targets = pick(y, compiled.arrangeTargets(structure.y, given));
  compiled.build({ targets, outputs, names: given.names });
  const [yTree, weights] = [structure.y?.unflatten(y) ?? null, structure.sampleWeight?.unflatten(sampleWeight) ?? null];
  const context = new CallContext(trace, training, null);
  const loss: unknown = model.computeLoss(x, yTree, tree, weights, context);
  if (!isValue(loss)) throw noLoss(who, loss);
  labelScope([loss], [], 'the loss');
  const own = share === null ? loss : shareOf(loss, share);
  const total = share === null ? loss : allReduce(own);
  compiled.trackLoss(trace, total, share?.rows ?? rows);
  const reported = sorted(model.computeMetrics(x, yTree, tree, weights, context));
  for (const [name, value] of reported) labelScope([value], [], `the metric ${name}`);
  labelUpdates(trace, ({ path }) => `the metric ${path}`);
  checkLossState(model, [loss, ...reported.map(([, value]) => value)]);
  const warnings = finish(trace, own);
  const graph = { inputs: all, outputs: [total, ...reported.map(([, value]) => value)], updates: trace.updates };
  const isGeneric = !model.runsCustomCode && !compiled.runsCustomCode;
  return { graph, names: reported.map(([name]) => name), warnings, dependencies: trace.dependencies, isGeneric };
}

/** State that a forward pass computes from a batch without rows is not written. */
function keepWithoutRows(trace: Trace, { present }: RowShare): void {
  for (const { variable, value } of trace.updates) {
    if (trace.isEverywhere(variable)) continue;
    const old = initialState(variable);
    const isPresent = cast(present, 'bool');
    trace.update(variable, where(isPresent, value, old));
  }
}

function noLoss(who: string, received: unknown): ValueError {
  if (received === null)
    return new ValueError(`[${who}] there is no loss to compute. Give one: compile({ loss: 'mse' }).`);
  return new ValueError(
    `[${who}] computeLoss must return a symbolic scalar. Received: ${show(received)}. Write it with evenkeel/ops.`,
  );
}

/** Values sorted by name, as in Keras's logs. */
function sorted(values: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The values that losses and metrics compare, from the structures of a step. */
export function stepValues(
  model: StepModel,
  compiled: Compiled,
  { x, y, yPred, sampleWeight }: StepData,
  trace: Trace,
): StepValues {
  const forOutputs = outputNames(yPred, isValue, model.outputNames);
  const [targets, weights] = [y, sampleWeight].map((tree) => (tree === null ? null : flattenTree(tree, isValue)));
  const weightPositions = arrangeWeights(model.who, weights?.treedef ?? null, forOutputs);
  return {
    targets: pick(targets?.leaves ?? [], compiled.arrangeTargets(targets?.treedef ?? null, forOutputs)),
    outputs: flatten(yPred, isValue),
    sampleWeights: pick(weights?.leaves ?? [], weightPositions),
    rows: flatten(x, isValue)[0]?.shape[0] ?? 1,
    share: trace.share,
  };
}

/** The loss of the outputs, plus the penalties on weights and those that layers added; `null` if there is none. */
export function computeLoss(model: StepModel, compiled: Compiled, data: StepData, trace: Trace): Value | null {
  const loss = compiled.loss.call(trace, stepValues(model, compiled, data, trace));
  const regularizers = model.weightRegularizers;
  const penalties = model.trainableWeights.flatMap((variable) => {
    const regularizer = regularizers.get(variable);
    if (regularizer === undefined) return [];
    // The state after the forward pass: spectral normalization divides a kernel before it is penalized.
    const penalty = regularizer.call(trace.read(variable));
    labelScope([penalty], [], `the penalty on ${variable.path}`);
    return [penalty];
  });
  const added = trace.losses.map((penalty) => (penalty.rank === 0 ? penalty : sum(penalty)));
  const [first, ...rest] = [...(loss === null ? [] : [loss]), ...penalties, ...added];
  return first === undefined ? null : rest.reduce((total, penalty) => add(total, penalty), first);
}

/** Updates the metrics that `compile` received, and returns the loss and all metrics so far. */
export function computeMetrics(
  model: StepModel,
  compiled: Compiled,
  data: StepData,
  trace: Trace,
): Readonly<Record<string, Value>> {
  compiled.metrics.updateState(trace, stepValues(model, compiled, data, trace));
  return Object.fromEntries(compiled.results(trace).map(({ name, value }) => [name, value]));
}

/** Labels the nodes that compute new state and have no label yet. */
export function labelUpdates(trace: Trace, scopeOf: (variable: Variable) => string): void {
  for (const { variable, value } of trace.updates) labelScope([value], [], scopeOf(variable));
}
