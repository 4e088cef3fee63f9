import type { Activation } from '../../activations/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import { LSTMCell } from './lstm-cell.ts';
import { RecurrentLayer } from './recurrent-layer.ts';
import {
  type GatedOptions,
  type ImplementationOptions,
  type SequenceOptions,
  implementation,
  recurrentFields,
  sequenceFields,
  useCudnn,
} from './recurrent-options.ts';

/** Options of {@link LSTM}. */
export interface LSTMOptions extends GatedOptions, SequenceOptions, ImplementationOptions {
  /** Whether the bias of the forget gate is initially 1. @default true */
  unitForgetBias?: boolean | undefined;
}

/** The options that can be given by position. */
const ORDER = ['units', 'activation', 'recurrentActivation', 'useBias'] as const;

/**
 * A long short-term memory (Hochreiter and Schmidhuber, 1997).
 *
 *     [i f g o] = xₜ · kernel + hₜ₋₁ · recurrent_kernel + bias
 *     cₜ = σ(f) · cₜ₋₁ + σ(i) · activation(g)
 *     hₜ = σ(o) · activation(cₜ)          σ: `recurrentActivation`
 *
 * Shapes: `[batch, steps, inputs]` → `[batch, units]`, with `returnSequences` `[batch, steps, units]`; with `returnState` a list
 * of this, h and c. Inputs: the sequence, or a list of it and the initial states h and c, `[batch, units]`; kernels
 * `[inputs, 4 · units]` and `[units, 4 · units]`, bias `[4 · units]`.
 *
 * @throws ValueError if the input is not of rank 3, or its last axis has an unknown size.
 * @example
 * const layer = new LSTM(4, { returnSequences: true });
 * layer.apply(Input({ shape: [null, 8] })).shape;    // [null, null, 4]
 * (await layer.apply(tensor(new Float32Array(48), [2, 3, 8]))).shape;    // [2, 3, 4]
 * @see https://keras.io/api/layers/recurrent_layers/lstm/
 */
export class LSTM extends RecurrentLayer {
  static override readonly className: string = 'LSTM';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...sequenceFields,
    ...recurrentFields({ isGated: true, isLayer: true, between: { unitForgetBias: boolean(true) } }),
    implementation,
    useCudnn,
  };

  /** The number of outputs. */
  declare readonly units: number;
  declare readonly recurrentActivation: Activation;
  /** Whether the bias of the forget gate is initially 1. */
  declare readonly unitForgetBias: boolean;

  constructor(...args: Arguments<LSTMOptions & { units: number }, typeof ORDER>);
  constructor(units: number, options?: LSTMOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options as never, positional);
  }

  protected override get cellClass(): readonly [typeof LSTMCell, string] {
    return [LSTMCell, 'lstm_cell'];
  }
}
