import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';

/**
 * What a layer's `call` needs besides its inputs: the mode, the mask, and where new state and penalties go.
 *
 * @example
 * class Largest extends Layer {
 *   built = true;
 *   seen = this.addWeight({ name: 'seen', shape: [], trainable: false });
 *   call(x, context) {
 *     if (context.training) context.update(this.seen, ops.maximum(context.read(this.seen), ops.max(x)));
 *     return ops.divide(x, context.read(this.seen));
 *   }
 * }
 * const layer = new Largest();
 * await layer.apply([1, 4], { training: true });   // [0.25, 1]
 * await layer.apply([1, 8]);                       // [0.25, 2]
 * @see https://keras.io/guides/making_new_layers_and_models_via_subclassing/
 */
export class CallContext {
  /** Whether the layer is called to train: batch statistics, dropout. */
  readonly training: boolean;
  /** Which entries of the input count, as truth values; null if all do. */
  readonly mask: Value | null;
  /** Where state, penalties and masks are gathered. */
  readonly trace: Trace;

  constructor(trace: Trace, training: boolean, mask: Value | null) {
    this.trace = trace;
    this.training = training;
    this.mask = mask;
  }

  /** The state of a variable at this point of the program: an earlier call of the same layer may have updated it. */
  read(variable: Variable): Value {
    return this.trace.read(variable);
  }

  /** Says which value a variable has once the program has run. A layer never writes while it runs. */
  update(variable: Variable, value: Value): void {
    this.trace.update(variable, value);
  }

  /** Adds a scalar to the loss of the model. */
  addLoss(value: Value): void {
    this.trace.addLoss(value);
  }

  /** Says which entries of an output count, for a layer that computes the mask along with the output. */
  setMask(output: Value, mask: Value): void {
    this.trace.setMask(output, mask);
  }
}
