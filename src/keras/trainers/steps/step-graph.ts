import { ValueError } from '../../../core/errors.ts';
import { flatten } from '../../../core/tree.ts';
import { type Graph, labelScope } from '../../../compiler/graph/graph.ts';
import type { Traced } from '../../../compiler/program/index.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { add, sum } from '../../ops/index.ts';
import { arrangeWeights, namesOf, pick } from '../compile/arrange-targets.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { StepValues } from '../compile/step-values.ts';
import { type BatchTypes, stepInputs } from './step-inputs.ts';

/** The graph of one step. Its first output is the loss of the batch; the others are the reported values. */
export interface StepGraph extends Traced {
  readonly graph: Graph;
  /** The names of the outputs after the first. */
  readonly names: readonly string[];
  /** Warnings for the user, such as weights without a gradient. */
  readonly warnings: readonly string[];
}

/** A model as steps see it. */
export interface StepModel extends Layer {
  /** The names of the outputs; `null` if they have none. */
  readonly outputNames: readonly string[] | null;
  /** Whether calling the model runs code of the user, in a layer, a model or a function. */
  readonly runsCustomCode: boolean;
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
  const tree = model.applyIn(trace, x, training, null);
  labelUpdates(trace, ({ path }) => `the new state of ${path}`);
  const names = namesOf(tree, isValue, model.outputNames);
  const outputs = flatten(tree, isValue);
  const { structure, size: rows } = batch;
  const targets = pick(y, compiled.arrangeTargets(structure.y, { names, count: outputs.length }));
  const weightPositions = arrangeWeights(who, structure.sampleWeight, { names, count: outputs.length });
  const given: StepValues = { targets, outputs, sampleWeights: pick(sampleWeight, weightPositions), rows };
  compiled.build({ targets, outputs, names });
  const loss = totalLoss(model, trace, compiled.loss.call(trace, given));
  labelScope([loss], [], 'the loss');
  compiled.updateMetrics(trace, loss, given);
  const reported = compiled.results(trace);
  for (const { name, value } of reported) labelScope([value], [], `the metric ${name}`);
  labelUpdates(trace, ({ path }) => `the metric ${path}`);
  const warnings = finish(trace, loss);
  const graph = { inputs: all, outputs: [loss, ...reported.map(({ value }) => value)], updates: trace.updates };
  const isGeneric = !model.runsCustomCode && !compiled.runsCustomCode;
  return { graph, names: reported.map(({ name }) => name), warnings, dependencies: trace.dependencies, isGeneric };
}

/** The loss of the outputs, plus the penalties on weights and those that layers added. */
function totalLoss(model: StepModel, trace: Trace, loss: Value | null): Value {
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
  if (first === undefined) {
    throw new ValueError(`[${model.who}] there is no loss to compute. Give one: compile({ loss: 'mse' }).`);
  }
  return rest.reduce((total, penalty) => add(total, penalty), first);
}

/** Labels the nodes that compute new state and have no label yet. */
export function labelUpdates(trace: Trace, scopeOf: (variable: Variable) => string): void {
  for (const { variable, value } of trace.updates) labelScope([value], [], scopeOf(variable));
}
