import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import { RecurrentLayer } from './recurrent-layer.ts';
import { type RecurrentOptions, type SequenceOptions, recurrentFields, sequenceFields } from './recurrent-options.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';

/** Options of {@link SimpleRNN}. */
export interface SimpleRNNOptions extends RecurrentOptions, SequenceOptions {}

/** The options that can be given by position. */
const ORDER = ['units', 'activation', 'useBias'] as const;

/**
 * A fully connected recurrent layer, whose output is its next state.
 *
 *     hₜ = activation(xₜ · kernel + bias + hₜ₋₁ · recurrent_kernel)
 *
 * Shapes: `[batch, steps, inputs]` → `[batch, units]`, with `returnSequences` `[batch, steps, units]`; with `returnState` a list
 * of this and the state. Inputs: the sequence, or a list of it and the initial state `[batch, units]`.
 *
 * @throws ValueError if the input is not of rank 3, or its last axis has an unknown size.
 * @example
 * const layer = new SimpleRNN(1, { activation: 'linear', returnSequences: true });
 * layer.build([null, null, 1]);
 * layer.setWeights([[[1]], [[0.5]], [0]]);
 * await layer.apply([[[1], [2], [4]]]);    // [[[1], [2.5], [5.25]]]
 * @see https://keras.io/api/layers/recurrent_layers/simple_rnn/
 */
export class SimpleRNN extends RecurrentLayer {
  static override readonly className: string = 'SimpleRNN';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...sequenceFields,
    ...recurrentFields({ isGated: false, isLayer: true, writesSeed: false }),
  };

  /** The number of outputs. */
  declare readonly units: number;

  constructor(...args: Arguments<SimpleRNNOptions & { units: number }, typeof ORDER>);
  constructor(units: number, options?: SimpleRNNOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options as never, positional);
  }

  protected override get cellClass(): readonly [typeof SimpleRNNCell, string] {
    return [SimpleRNNCell, 'simple_rnn_cell'];
  }
}
