import { gradients } from '../../../compiler/autodiff/index.ts';
import { labelScope } from '../../../compiler/graph/graph.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { warn } from '../../../core/print.ts';
import type { FamilyMember } from '../../../compiler/program/index.ts';
import { allReduce } from '../../ops/index.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { type StepGraph, type StepModel, labelUpdates, traceStep } from './step-graph.ts';
import type { BatchTypes } from './step-inputs.ts';
import { type PendingStep, StepPrograms, type StepResult, runStep, startStep } from './step-program.ts';

/**
 * Training steps of one model: forward pass, loss, penalties, backward pass, the optimizer's update with the constraints,
 * and the metrics, in one program for each signature of a batch.
 */
export class TrainStep {
  readonly #model: StepModel;
  readonly #programs = new StepPrograms();
  readonly #warned = new Set<string>();

  constructor(model: StepModel) {
    this.#model = model;
  }

  /** Makes the program for a batch, which resolves losses and metrics and makes the optimizer's state. */
  prepare(compiled: Compiled, batch: Batch): Promise<FamilyMember<StepGraph>> {
    const model = this.#model;
    const finish = (trace: Trace, loss: Value): readonly string[] => applyOptimizer(model, compiled, trace, loss);
    const trace = (types: BatchTypes): StepGraph => {
      const traced = traceStep(model, compiled, types, true, finish);
      for (const text of traced.warnings) this.#warnOnce(text);
      return traced;
    };
    // The search for an anomaly runs parts of the graph, which needs the sizes of this batch.
    return this.#programs.prepare(batch, trace, compiled.detectAnomaly);
  }

  /**
   * Runs one step.
   * @param prepared the program for the batch, if it has just been prepared
   */
  async run(compiled: Compiled, batch: Batch, prepared: FamilyMember<StepGraph> | null = null): Promise<StepResult> {
    const { optimizer, detectAnomaly } = compiled;
    const program = prepared ?? (await this.prepare(compiled, batch));
    compiled.share?.set(batch);
    optimizer.beforeStep();
    const title = detectAnomaly ? `training step ${optimizer.iterations.value.item() + 1}` : null;
    return runStep(this.#model.who, program, batch, { freeze: false, inspectAs: title });
  }

  /** As `run`, with a result that may stay on a GPU until it is read. */
  async start(compiled: Compiled, batch: Batch): Promise<StepResult | PendingStep> {
    if (compiled.detectAnomaly) return this.run(compiled, batch);
    const program = await this.prepare(compiled, batch);
    compiled.share?.set(batch);
    compiled.optimizer.beforeStep();
    return startStep(program, batch, false);
  }

  /** Discards the programs, after a change of the losses, the metrics or the optimizer. */
  clear(): void {
    this.#programs.clear();
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    warn(text);
  }
}

function applyOptimizer(
  model: StepModel,
  { optimizer, share }: Compiled,
  trace: Trace,
  loss: Value,
): readonly string[] {
  const variables = model.trainableWeights;
  if (variables.length === 0) return [];
  const own = gradients(optimizer.scaleLoss(loss), variables);
  const found = share === null ? own : own.map((gradient) => (gradient === null ? null : allReduce(gradient)));
  for (const [i, gradient] of found.entries()) {
    if (gradient !== null) labelScope([gradient], [], `the gradient of ${variables[i]?.path ?? ''}`);
  }
  const warnings = optimizer.applyIn(trace, found, variables, { constraints: model.weightConstraints });
  labelUpdates(trace, () => 'the optimizer');
  return warnings;
}
