import { gradients } from '../../../compiler/autodiff/index.ts';
import { labelScope } from '../../../compiler/graph/graph.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { warn } from '../../../core/print.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { StepCache } from './step-cache.ts';
import { type StepModel, labelUpdates, traceStep } from './step-graph.ts';
import { StepProgram, type StepResult } from './step-program.ts';
import { batchSignature } from './step-inputs.ts';

/**
 * Training steps of one model: forward pass, loss, penalties, backward pass, the optimizer's update with the constraints,
 * and the metrics, in one program for each signature of a batch.
 */
export class TrainStep {
  readonly #model: StepModel;
  readonly #programs = new StepCache<StepProgram>();
  readonly #warned = new Set<string>();

  constructor(model: StepModel) {
    this.#model = model;
  }

  /** Makes the program for a batch, which resolves losses and metrics and makes the optimizer's state. */
  prepare(compiled: Compiled, batch: Batch): StepProgram {
    const model = this.#model;
    return this.#programs.get(batchSignature(batch), () => {
      const finish = (trace: Trace, loss: Value): readonly string[] => applyOptimizer(model, compiled, trace, loss);
      const traced = traceStep(model, compiled, batch, true, finish);
      for (const text of traced.warnings) this.#warnOnce(text);
      return new StepProgram(model.who, traced);
    });
  }

  /** Runs one step. */
  async run(compiled: Compiled, batch: Batch): Promise<StepResult> {
    const { optimizer, detectAnomaly } = compiled;
    const program = this.prepare(compiled, batch);
    optimizer.beforeStep();
    const title = detectAnomaly ? `training step ${optimizer.iterations.value.item() + 1}` : null;
    return program.run(batch, { freeze: false, inspectAs: title });
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

function applyOptimizer(model: StepModel, { optimizer }: Compiled, trace: Trace, loss: Value): readonly string[] {
  const variables = model.trainableWeights;
  if (variables.length === 0) return [];
  const found = gradients(optimizer.scaleLoss(loss), variables);
  for (const [i, gradient] of found.entries()) {
    if (gradient !== null) labelScope([gradient], [], `the gradient of ${variables[i]?.path ?? ''}`);
  }
  const warnings = optimizer.applyIn(trace, found, variables, { constraints: model.weightConstraints });
  labelUpdates(trace, () => 'the optimizer');
  return warnings;
}
