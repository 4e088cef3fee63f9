import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { divide } from '../../ops/index.ts';
import type { Regularizer } from '../../regularizers/index.ts';

/** Adds the penalty on a layer's outputs to the losses of a trace, divided by the number of rows as in Keras. */
export function penalizeOutputs(trace: Trace, regularizer: Regularizer, outputs: readonly Value[]): void {
  for (const value of outputs) {
    const penalty = regularizer.call(value);
    trace.addLoss(value.rank === 0 ? penalty : divide(penalty, Math.max(1, value.shape[0] ?? 1)));
  }
}
