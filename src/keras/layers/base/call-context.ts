import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { NamedArguments } from '../../ops/base/symbolic-arguments.ts';

/**
 * The context of a layer's `call`: the mode, the mask, and the trace that collects state updates and penalties.
 *
 * @example
 * class Largest extends Layer {
 *   built = true;
 *   seen = this.addWeight({ name: 'seen', shape: [], initializer: 'zeros', trainable: false });
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
  /** The boolean mask of the input, true for the entries to use; null for all. */
  readonly mask: Value | null;
  /** The trace that collects state updates, penalties and masks. */
  readonly trace: Trace;
  /** The options of the call that the class declares in `kerasCall`, by name. */
  readonly options: NamedArguments;

  constructor(trace: Trace, training: boolean, mask: Value | null, options: NamedArguments = {}) {
    this.trace = trace;
    this.training = training;
    this.mask = mask;
    this.options = options;
  }

  /** The state of a variable at this point of the program: an earlier call of the same layer may have updated it. */
  read(variable: Variable): Value {
    return this.trace.read(variable);
  }

  /** Sets the value that a variable has after the program has run; nothing is written during the run. */
  update(variable: Variable, value: Value): void {
    this.trace.update(variable, value);
  }

  /** Adds a scalar to the loss of the model. */
  addLoss(value: Value): void {
    this.trace.addLoss(value);
  }

  /** Sets the mask of an output, for a layer that computes it along with the output. */
  setMask(output: Value, mask: Value): void {
    this.trace.setMask(output, mask);
  }
}
