import type { Compiled } from '../compile/compiled.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { StepCache } from './step-cache.ts';
import { type StepModel, traceStep } from './step-graph.ts';
import { batchSignature } from './step-inputs.ts';
import { StepProgram, type StepResult } from './step-program.ts';

/** Evaluation steps of one model: forward pass, loss, penalties and metrics, in one program for each signature of a batch. */
export class TestStep {
  readonly #model: StepModel;
  readonly #programs = new StepCache<StepProgram>();

  constructor(model: StepModel) {
    this.#model = model;
  }

  /** Makes the program for a batch, which resolves losses and metrics. */
  prepare(compiled: Compiled, batch: Batch): StepProgram {
    const model = this.#model;
    return this.#programs.get(batchSignature(batch), () => {
      return new StepProgram(
        model.who,
        traceStep(model, compiled, batch, false, () => []),
      );
    });
  }

  /** Runs one step, with the weights frozen into the program if `freeze`. */
  run(compiled: Compiled, batch: Batch, freeze: boolean): Promise<StepResult> {
    const inspectAs = compiled.detectAnomaly ? 'a step of evaluation' : null;
    return this.prepare(compiled, batch).run(batch, { freeze, inspectAs });
  }

  /** Discards the programs, after a change of the losses or the metrics. */
  clear(): void {
    this.#programs.clear();
  }
}
