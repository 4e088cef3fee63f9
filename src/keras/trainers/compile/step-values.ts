import type { RowShare } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';

/** The values that losses and metrics compare, in the order of the model's outputs. */
export interface StepValues {
  /** Empty without targets; `null` for an output without one. */
  readonly targets: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  /** The weights of each output, `null` where all rows count alike; empty if they do for all outputs. */
  readonly sampleWeights: readonly (Value | null)[];
  /** Rows in the batch. */
  readonly rows: number;
  /** The rows of a step of several processes; null in a world of one. */
  readonly share: RowShare | null;
}

/** The values whose shapes choose losses and metrics. */
export interface OutputValues extends Pick<StepValues, 'targets' | 'outputs'> {
  /** The names of the outputs; `null` if they have none. */
  readonly names: readonly string[] | null;
}

/** The floating-point type in which losses and metrics of an output are accumulated. */
export const floatOf = (output: Value | undefined): 'float32' | 'float64' =>
  output?.dtype === 'float64' ? 'float64' : 'float32';

/** The names that stand for one of several classes, which the shapes choose. */
const CHOSEN_BY_SHAPE = ['accuracy', 'acc', 'crossentropy', 'ce'];

/** Whether an identifier of a loss or a metric needs the shapes of targets and outputs. */
export const isChosenByShape = (identifier: unknown): boolean =>
  typeof identifier === 'string' && CHOSEN_BY_SHAPE.includes(identifier.toLowerCase());
