import type { Activation } from '../../activations/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import { GRUCell } from './gru-cell.ts';
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

/** Options of {@link GRU}. */
export interface GRUOptions extends GatedOptions, SequenceOptions, ImplementationOptions {
  /** Whether the reset gate multiplies the product of the state, rather than the state. @default true */
  resetAfter?: boolean | undefined;
}

/** The options that can be given by position. */
const ORDER = ['units', 'activation', 'recurrentActivation', 'useBias'] as const;

/**
 * A gated recurrent unit (Cho et al., 2014). With `resetAfter` the reset gate comes after the product (the form of cuDNN), and
 * there are two biases.
 *
 *     z = σ(xₜ · Wᶻ + hₜ₋₁ · Uᶻ + bᶻ)      r = σ(xₜ · Wʳ + hₜ₋₁ · Uʳ + bʳ)
 *     g = activation(xₜ · Wᵍ + r · (hₜ₋₁ · Uᵍ + cᵍ) + bᵍ), or activation(xₜ · Wᵍ + (r · hₜ₋₁) · Uᵍ + bᵍ)
 *     hₜ = z · hₜ₋₁ + (1 − z) · g          σ: `recurrentActivation`
 *
 * Shapes: `[batch, steps, inputs]` → `[batch, units]`, with `returnSequences` `[batch, steps, units]`; with `returnState` a list
 * of this and the state. Inputs: the sequence, or a list of it and the initial state `[batch, units]`.
 *
 * @throws ValueError if the input is not of rank 3, or its last axis has an unknown size.
 * @example
 * const layer = new GRU(4, { goBackwards: true });
 * (await layer.apply(tensor(new Float32Array(48), [2, 3, 8]))).shape;    // [2, 4]
 * @see https://keras.io/api/layers/recurrent_layers/gru/
 */
export class GRU extends RecurrentLayer {
  static override readonly className: string = 'GRU';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...sequenceFields,
    ...recurrentFields({ isGated: true, isLayer: true, after: { resetAfter: boolean(true) } }),
    implementation,
    useCudnn,
  };

  /** The number of outputs. */
  declare readonly units: number;
  declare readonly recurrentActivation: Activation;
  /** Whether the reset gate multiplies the product of the state, rather than the state. */
  declare readonly resetAfter: boolean;

  constructor(...args: Arguments<GRUOptions & { units: number }, typeof ORDER>);
  constructor(units: number, options?: GRUOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options as never, positional);
  }

  protected override get cellClass(): readonly [typeof GRUCell, string] {
    return [GRUCell, 'gru_cell'];
  }
}
