import type { Tensor } from '../../../core/tensor.ts';
import { type Tree, fillTree } from '../../../core/tree.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import { Program, type RunResults, isValue } from '../../../compiler/program/index.ts';
import type { Logs } from '../../callbacks/callback.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Batch } from '../data-adapters/batch.ts';
import { warn } from '../../../core/print.ts';
import { refuseAnomaly } from './anomaly.ts';
import { type StepGraph, type StepModel, testGraph, trainGraph } from './fit-step.ts';
import { type PredictGraph, predictGraph } from './predict-step.ts';
import { StepCache } from './step-cache.ts';
import { batchSignature, feedNames, feedsOf, scalarOf } from './step-inputs.ts';

/** A step's own loss, and what is reported up to it. */
export interface StepResult {
  readonly loss: number;
  readonly logs: Logs;
}

interface Step {
  readonly traced: StepGraph;
  readonly program: Program;
  /** The same with the weights baked in, made when it is first asked for. */
  baked: Program | null;
}

interface PredictStep {
  readonly form: PredictGraph['form'];
  readonly graph: PredictGraph['graph'];
  plain: Program | null;
  baked: Program | null;
}

/** The programs of a model's steps: one for each kind of step and form of batch. */
export class Steps {
  readonly #model: StepModel;
  readonly #train = new StepCache<Step>();
  readonly #test = new StepCache<Step>();
  readonly #predict = new StepCache<PredictStep>();
  readonly #warned = new Set<string>();

  constructor(model: StepModel) {
    this.#model = model;
  }

  /** Forgets the programs that depend on the losses, the metrics and the optimizer. */
  forgetCompiled(): void {
    this.#train.clear();
    this.#test.clear();
  }

  /** Makes the program of a training step, which works out losses, metrics and the optimizer's state. */
  prepareTraining(compiled: Compiled, batch: Batch): void {
    this.#trainStep(compiled, batch);
  }

  /** Makes the program of a step of evaluation, which works out losses and metrics. */
  prepareTest(compiled: Compiled, batch: Batch): void {
    this.#testStep(compiled, batch);
  }

  async train(compiled: Compiled, batch: Batch): Promise<StepResult> {
    const step = this.#trainStep(compiled, batch);
    compiled.optimizer.beforeStep();
    const number = compiled.optimizer.iterations.value.item() + 1;
    return this.#run(compiled, batch, step, step.program, `training step ${number}`);
  }

  async test(compiled: Compiled, batch: Batch, bake: boolean): Promise<StepResult> {
    const step = this.#testStep(compiled, batch);
    if (bake) step.baked ??= new Program(step.program.graph, { bakeVariables: true });
    const program = bake && step.baked !== null ? step.baked : step.program;
    return this.#run(compiled, batch, step, program, 'a step of evaluation');
  }

  async #run(
    { detectAnomaly }: Compiled,
    batch: Batch,
    { traced }: Step,
    program: Program,
    title: string,
  ): Promise<StepResult> {
    const feeds = feedsOf(batch);
    const { who } = this.#model;
    const inspect = (results: RunResults): Promise<void> =>
      refuseAnomaly({ who, title, traced, program, feeds, feedNames: feedNames(batch) }, results);
    return resultOf(traced.names, await program.run(feeds, { inspect: detectAnomaly ? inspect : null }));
  }

  async predict(batch: Batch, bake: boolean): Promise<Tree<Tensor>> {
    const step = this.#predict.get(batchSignature(batch), () => {
      return { ...predictGraph(this.#model, batch), plain: null, baked: null };
    });
    const program = bake
      ? (step.baked ??= new Program(step.graph, { bakeVariables: true }))
      : (step.plain ??= new Program(step.graph));
    return fillTree(step.form, isValue, await program.run(feedsOf(batch)));
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    warn(text);
  }

  #trainStep(compiled: Compiled, batch: Batch): Step {
    return this.#train.get(batchSignature(batch), () => {
      const made = trainGraph(this.#model, compiled, batch);
      for (const text of made.warnings) this.#warnOnce(text);
      return stepOf(made);
    });
  }

  #testStep(compiled: Compiled, batch: Batch): Step {
    return this.#test.get(batchSignature(batch), () => stepOf(testGraph(this.#model, compiled, batch)));
  }
}

const stepOf = (traced: StepGraph): Step => ({ traced, program: new Program(traced.graph), baked: null });

function resultOf(names: readonly string[], [loss, ...reported]: readonly Tensor[]): StepResult {
  const logs: Logs = {};
  for (const [i, name] of names.entries()) logs[name] = scalarOf(reported[i]);
  return { loss: scalarOf(loss), logs };
}

/** Changes whenever one of the variables is written. */
export function versionsOf(variables: readonly Variable[]): string {
  return variables.map((variable) => variable.version).join(',');
}
