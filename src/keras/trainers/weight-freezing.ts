import type { Variable } from '../../compiler/ir/variable.ts';
import type { Batch } from './data-adapters/data-adapter.ts';

/**
 * The number of steps from which a run over data freezes the weights into its program. The engine packs frozen weights,
 * which makes a step faster; making the program takes about as long as two steps save.
 */
export const FREEZE_FROM = 3;

/**
 * The same for validation during `fit`: the weights change before each validation, so the program is used for one run only,
 * and making it must pay within that run.
 */
export const FREEZE_VALIDATION_FROM = 16;

/** The decision for one run over data. */
export interface RunFreezing {
  /** Whether the step with this index should run with frozen weights. */
  freezes(batch: Batch, step: number): boolean;
}

/**
 * Decides when evaluation and prediction freeze the weights of a model into a program. A frozen program is made again after
 * every change of the weights, so it pays only if it runs several times in between.
 */
export class WeightFreezing {
  readonly #model: { readonly weights: readonly Variable[] };
  /** The versions of the weights at the last run over data. */
  #lastRun: string | null = null;
  /** The versions of the weights at the last single call. */
  #lastCall: string | null = null;

  constructor(model: { readonly weights: readonly Variable[] }) {
    this.#model = model;
  }

  /**
   * Decides for a run of `evaluate` or `predict` that starts with this batch.
   * @param steps - the number of steps, `null` if that is unknown before the end
   * @param from - the number of steps from which freezing pays
   */
  forRun({ size }: Batch, steps: number | null, from: number): RunFreezing {
    const versions = this.#versions;
    // The same weights as in the last run are likely to stay.
    const isUnchanged = this.#lastRun === versions;
    this.#lastRun = versions;
    return {
      freezes: (batch, step) => {
        if (isUnchanged) return true;
        // A short last batch runs once and has a program of its own.
        if (batch.size !== size) return false;
        return (steps ?? step) >= from;
      },
    };
  }

  /** Decides for one call of `predictOnBatch`: weights that did not change since the last call are likely to stay. */
  forCall(): boolean {
    const versions = this.#versions;
    const isUnchanged = this.#lastCall === versions;
    this.#lastCall = versions;
    return isUnchanged;
  }

  /** A string that changes whenever a weight is written. */
  get #versions(): string {
    return this.#model.weights.map(({ version }) => version).join(',');
  }
}
