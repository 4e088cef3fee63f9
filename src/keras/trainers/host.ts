import type { Shape } from '../../core/shape.ts';
import type { CallbackModel } from '../callbacks/callback.ts';
import type { Compiled } from './compile/compiled.ts';
import type { Batch } from './data-adapters/batch.ts';
import type { FloatType } from './data-adapters/read-data.ts';
import type { StepModel } from './steps/fit-step.ts';
import type { Steps } from './steps/steps.ts';

/** What the loops need of a model. */
export interface TrainingHost {
  readonly model: StepModel & CallbackModel & { initialEpoch: number };
  readonly steps: Steps;
  /** The type of floating data. */
  readonly float: FloatType;
  /** What `compile` was told. @throws ValueError if it was not called. */
  compiled(method: string): Compiled;
  /** Builds the model for data of a batch's form, with any number of rows. */
  build(batch: Batch): void;
}

/** A shape with any number of rows. */
export function anyRows(shape: Shape): Shape {
  return [null, ...shape.slice(1)];
}

/** Rejects with the signal's reason, if it has been raised. */
export function throwIfAborted(signal: AbortSignal | null): void {
  signal?.throwIfAborted();
}
