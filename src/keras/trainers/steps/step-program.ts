import { setOwn } from '../../../core/own.ts';
import type { Tensor } from '../../../core/tensor.ts';
import {
  type FamilyMember,
  type KnownType,
  PendingOutputs,
  ProgramFamily,
  type RunResults,
} from '../../../compiler/program/index.ts';
import type { Logs } from '../../callbacks/callback.ts';
import { logValue } from '../../callbacks/log-value.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { refuseAnomaly } from './anomaly.ts';
import type { StepGraph } from './step-graph.ts';
import { type BatchTypes, feedNames, feedsOf, required, scalarOf, withTypes } from './step-inputs.ts';

/** The result of a step: its own loss, and the reported values up to it. */
export interface StepResult {
  readonly loss: number;
  readonly logs: Logs;
}

/** The result of a step that is in the memory of a GPU until it is read. */
export interface PendingStep {
  read(): Promise<StepResult>;
  /** Frees the memory, if nobody needs the result. */
  dispose(): void;
}

/** Options of one run of a step. */
export interface StepRunOptions {
  /** Whether the weights are frozen into the program. */
  readonly freeze: boolean;
  /** The name of the step in errors if it is inspected for NaN and infinities; `null` if it is not. */
  readonly inspectAs: string | null;
}

/** The programs of the steps of one kind. */
export class StepPrograms {
  readonly #programs = new ProgramFamily<StepGraph>();

  /**
   * Makes the program for a batch, or finds it.
   * @param exact whether it must be made for the sizes of this batch alone
   */
  async prepare(
    batch: Batch,
    trace: (types: BatchTypes) => StepGraph,
    exact: boolean,
  ): Promise<FamilyMember<StepGraph>> {
    const { key } = batch.structure;
    const traceTypes = (types: readonly KnownType[]): StepGraph => trace(withTypes(batch, types));
    const feeds = feedsOf(batch);
    const member = exact
      ? this.#programs.exact(key, feeds, traceTypes)
      : await this.#programs.get(key, feeds, traceTypes);
    // Errors of the passes belong to the preparation, before any callback runs.
    member.program.get(false);
    return member;
  }

  clear(): void {
    this.#programs.clear();
  }
}

/**
 * Runs a step.
 * @throws ValueError if an inspected step computes NaN or an infinity; its state is not written then.
 */
export async function runStep(
  who: string,
  { traced, program: programs }: FamilyMember<StepGraph>,
  batch: Batch,
  { freeze, inspectAs }: StepRunOptions,
): Promise<StepResult> {
  const feeds = feedsOf(batch);
  const program = programs.get(freeze);
  const inspect =
    inspectAs === null
      ? null
      : (results: RunResults): Promise<void> =>
          refuseAnomaly({ who, title: inspectAs, traced, program, feeds, feedNames: feedNames(batch) }, results);
  return resultOf(traced.names, await program.run(feeds, { inspect }));
}

/** Runs a step whose result may stay on a GPU until it is read. */
export async function startStep(
  { traced: { names }, program }: FamilyMember<StepGraph>,
  batch: Batch,
  freeze: boolean,
): Promise<StepResult | PendingStep> {
  const outputs = await program.get(freeze).start(feedsOf(batch));
  if (!(outputs instanceof PendingOutputs)) return resultOf(names, outputs);
  return {
    read: async () => resultOf(names, await outputs.read()),
    dispose: () => {
      outputs.dispose();
    },
  };
}

function resultOf(names: readonly string[], [loss, ...reported]: readonly Tensor[]): StepResult {
  const logs: Logs = {};
  for (const [i, name] of names.entries()) setOwn(logs, name, logValue(required(reported[i])));
  return { loss: scalarOf(loss), logs };
}
