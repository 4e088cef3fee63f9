import { gradients } from '../../../compiler/autodiff/index.ts';
import { ValueError } from '../../../core/errors.ts';
import { flatten } from '../../../core/tree.ts';
import { type Graph, labelScope } from '../../../compiler/graph/graph.ts';
import { initialState } from '../../../compiler/graph/leaves.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import type { Layer } from '../../layers/index.ts';
import { add, sum } from '../../ops/index.ts';
import { isValue } from '../../../compiler/program/index.ts';
import { arrangeTargets, arrangeWeights, namesOf } from '../compile/arrange-targets.ts';
import type { Compiled, Targets } from '../compile/compiled.ts';
import type { Batch } from '../data-adapters/batch.ts';
import { stepInputs } from './step-inputs.ts';

/** A graph of one step: its first output is the loss of the batch, the others are what is reported. */
export interface StepGraph {
  readonly graph: Graph;
  /** The names of the outputs after the first. */
  readonly names: readonly string[];
  /** What the user should know, such as weights that nothing moves. */
  readonly warnings: readonly string[];
}

/** What a step needs to know of the model. */
export interface StepModel extends Layer {
  readonly outputNames: readonly string[] | null;
}

/**
 * A training step: forward, loss, penalties, backward, the optimizer's update with the constraints, and the metrics.
 */
export function trainGraph(model: StepModel, compiled: Compiled, batch: Batch): StepGraph {
  return stepGraph(model, compiled, batch, true);
}

/** A step of evaluation: forward, loss, penalties and the metrics. */
export function testGraph(model: StepModel, compiled: Compiled, batch: Batch): StepGraph {
  return stepGraph(model, compiled, batch, false);
}

function stepGraph(model: StepModel, compiled: Compiled, batch: Batch, training: boolean): StepGraph {
  const wasResolved = compiled.isResolved;
  try {
    return makeGraph(model, compiled, batch, training);
  } catch (error) {
    if (!wasResolved) compiled.unresolve();
    throw error;
  }
}

function makeGraph(model: StepModel, compiled: Compiled, batch: Batch, training: boolean): StepGraph {
  const { trace, x, y, sampleWeight, all } = stepInputs(batch);
  const form = model.applyIn(trace, x, training, null);
  labelUpdates(trace, ({ path }) => `the new state of ${path}`);
  const names = namesOf(form, isValue, model.outputNames);
  const targets = arrangeTargets(model.who, y, isValue, names);
  const outputs = flatten(form, isValue);
  const sampleWeights = arrangeWeights(model.who, sampleWeight, isValue, { names, count: outputs.length });
  const given: Targets = { targets, outputs, sampleWeights, rows: batch.size };
  compiled.resolve(given, names);
  const loss = totalLoss(model, trace, compiled.computeLoss(trace, given));
  labelScope([loss], [], 'the loss');
  compiled.updateMetrics(trace, loss, given);
  const reported = compiled.results(trace);
  for (const { name, value } of reported) labelScope([value], [], `the metric ${name}`);
  labelUpdates(trace, ({ path }) => `the metric ${path}`);
  const warnings = training ? applyOptimizer(model, compiled, trace, loss) : [];
  const graph: Graph = {
    inputs: all,
    outputs: [loss, ...reported.map(({ value }) => value)],
    updates: trace.updates,
  };
  return { graph, names: reported.map(({ name }) => name), warnings };
}

/** The loss of the outputs, the penalties on weights, and what layers added. */
function totalLoss(model: StepModel, trace: Trace, loss: Value | null): Value {
  const regularizers = model.weightRegularizers;
  const penalties = model.trainableWeights.flatMap((variable) => {
    const regularizer = regularizers.get(variable);
    // As the layers' calls leave it: spectral normalization divides a kernel before it is penalized.
    if (regularizer === undefined) return [];
    const penalty = regularizer.call(trace.read(variable));
    labelScope([penalty], [], `the penalty on ${variable.path}`);
    return [penalty];
  });
  const added = trace.losses.map((penalty) => (penalty.rank === 0 ? penalty : sum(penalty)));
  const all = [...(loss === null ? [] : [loss]), ...penalties, ...added];
  const [first, ...rest] = all;
  if (first === undefined) {
    throw new ValueError(`[${model.who}] there is no loss to compute. Give one: compile({ loss: 'mse' }).`);
  }
  return rest.reduce((total, penalty) => add(total, penalty), first);
}

function applyOptimizer(model: StepModel, { optimizer }: Compiled, trace: Trace, loss: Value): readonly string[] {
  const variables = model.trainableWeights;
  if (variables.length === 0) return [];
  const constraints = model.weightConstraints;
  const found = gradients(optimizer.scaleLoss(loss), variables.map(initialState));
  for (const [i, gradient] of found.entries()) {
    if (gradient !== null) labelScope([gradient], [], `the gradient of ${variables[i]?.path ?? ''}`);
  }
  const warnings = optimizer.apply(trace, found, variables, {
    constraintOf: (variable) => {
      const constraint = constraints.get(variable);
      return constraint === undefined ? null : (w) => constraint.call(w);
    },
  });
  labelUpdates(trace, () => 'the optimizer');
  return warnings;
}

/** Says what the nodes that new state is computed with belong to, those that belong to nothing yet. */
function labelUpdates(trace: Trace, scopeOf: (variable: Variable) => string): void {
  for (const { variable, value } of trace.updates) labelScope([value], [], scopeOf(variable));
}
