import type { FamilyMember } from '../../../compiler/program/index.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { type StepGraph, type StepModel, traceStep } from './step-graph.ts';
import type { BatchTypes } from './step-inputs.ts';
import { type PendingStep, StepPrograms, type StepResult, runStep, startStep } from './step-program.ts';

/** Evaluation steps of one model: forward pass, loss, penalties and metrics, in one program for each signature of a batch. */
export class TestStep {
  readonly #model: StepModel;
  readonly #programs = new StepPrograms();

  constructor(model: StepModel) {
    this.#model = model;
  }

  /** Makes the program for a batch, which resolves losses and metrics. */
  prepare(compiled: Compiled, batch: Batch): Promise<FamilyMember<StepGraph>> {
    const trace = (types: BatchTypes): StepGraph => traceStep(this.#model, compiled, types, false, () => []);
    return this.#programs.prepare(batch, trace, compiled.detectAnomaly);
  }

  /** Runs one step, with the weights frozen into the program if `freeze`. */
  async run(compiled: Compiled, batch: Batch, freeze: boolean): Promise<StepResult> {
    const inspectAs = compiled.detectAnomaly ? 'a step of evaluation' : null;
    const program = await this.prepare(compiled, batch);
    compiled.share?.set(batch);
    return runStep(this.#model.who, program, batch, { freeze, inspectAs });
  }

  /** As `run`, with a result that may stay on a GPU until it is read. */
  async start(compiled: Compiled, batch: Batch, freeze: boolean): Promise<StepResult | PendingStep> {
    if (compiled.detectAnomaly) return this.run(compiled, batch, freeze);
    const program = await this.prepare(compiled, batch);
    compiled.share?.set(batch);
    return startStep(program, batch, freeze);
  }

  /** Discards the programs, after a change of the losses or the metrics. */
  clear(): void {
    this.#programs.clear();
  }
}
