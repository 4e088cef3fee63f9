import type { PendingStep, StepResult } from './step-program.ts';

/** The largest number of steps that a GPU is behind: each of them keeps its inputs in memory. */
const MAX_UNREAD = 16;

/**
 * Reads the results of steps from a GPU when somebody needs them, since reading waits for the GPU, which could do the next steps
 * meanwhile. Results on the host are there at once.
 */
export class StepReader {
  readonly #isNeeded: (step: number) => boolean;
  #latest: StepResult | null = null;
  #pending: PendingStep | null = null;
  #unread = 0;

  /** @param isNeeded whether the result of a step, counted from 0, is needed at once */
  constructor(isNeeded: (step: number) => boolean) {
    this.#isNeeded = isNeeded;
  }

  /** Takes the result of a step. Returns the latest result that has been read, which is this one if it is needed. */
  async next(step: number, result: StepResult | PendingStep): Promise<StepResult> {
    this.dispose();
    if (!('read' in result)) {
      this.#latest = result;
      return result;
    }
    this.#unread++;
    if (this.#latest === null || this.#unread >= MAX_UNREAD || this.#isNeeded(step)) return this.#read(result);
    this.#pending = result;
    return this.#latest;
  }

  /** The result of the last step; `null` if there was none. */
  async last(): Promise<StepResult | null> {
    const pending = this.#pending;
    this.#pending = null;
    return pending === null ? this.#latest : this.#read(pending);
  }

  async #read(pending: PendingStep): Promise<StepResult> {
    this.#unread = 0;
    this.#latest = await pending.read();
    return this.#latest;
  }

  /** Drops the result of the last step, if it has not been read. */
  dispose(): void {
    this.#pending?.dispose();
    this.#pending = null;
  }
}
