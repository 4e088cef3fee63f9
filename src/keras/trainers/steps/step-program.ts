import type { Tensor } from '../../../core/tensor.ts';
import type { RunResults } from '../../../compiler/program/index.ts';
import type { Logs } from '../../callbacks/callback.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { refuseAnomaly } from './anomaly.ts';
import { FreezableProgram } from './freezable-program.ts';
import type { StepGraph } from './step-graph.ts';
import { feedNames, feedsOf, scalarOf } from './step-inputs.ts';

/** The result of a step: its own loss, and the reported values up to it. */
export interface StepResult {
  readonly loss: number;
  readonly logs: Logs;
}

/** Options of one run of a step. */
export interface StepRunOptions {
  /** Whether the weights are frozen into the program. */
  readonly freeze: boolean;
  /** The name of the step in errors if it is inspected for NaN and infinities; `null` if it is not. */
  readonly inspectAs: string | null;
}

/** The program of a training or evaluation step. */
export class StepProgram {
  readonly #who: string;
  readonly #traced: StepGraph;
  readonly #program: FreezableProgram;

  constructor(who: string, traced: StepGraph) {
    this.#who = who;
    this.#traced = traced;
    this.#program = new FreezableProgram(traced.graph);
    // Errors of the passes belong to the preparation, before any callback runs.
    this.#program.get(false);
  }

  /** @throws ValueError if an inspected step computes NaN or an infinity; its state is not written then. */
  async run(batch: Batch, { freeze, inspectAs }: StepRunOptions): Promise<StepResult> {
    const feeds = feedsOf(batch);
    const program = this.#program.get(freeze);
    const [who, traced] = [this.#who, this.#traced];
    const inspect =
      inspectAs === null
        ? null
        : (results: RunResults): Promise<void> =>
            refuseAnomaly({ who, title: inspectAs, traced, program, feeds, feedNames: feedNames(batch) }, results);
    return resultOf(traced.names, await program.run(feeds, { inspect }));
  }
}

function resultOf(names: readonly string[], [loss, ...reported]: readonly Tensor[]): StepResult {
  const logs: Logs = {};
  for (const [i, name] of names.entries()) logs[name] = scalarOf(reported[i]);
  return { loss: scalarOf(loss), logs };
}
