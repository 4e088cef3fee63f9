import type { Value } from '../../../compiler/ir/value.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { add, matmul, multiply, split, squeeze, subtract } from '../../ops/index.ts';
import type { Activation } from '../../activations/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { gateProducts, plus } from './gates.ts';
import { DenseCell } from './recurrent-cell.ts';
import { type GatedOptions, type ImplementationOptions, implementation, recurrentFields } from './recurrent-options.ts';
import { dropped } from './sequence-dropout.ts';

/** Options of {@link GRUCell}. */
export interface GRUCellOptions extends GatedOptions, Pick<ImplementationOptions, 'implementation'> {
  /** Whether the reset gate multiplies the product of the state, rather than the state. @default true */
  resetAfter?: boolean | undefined;
}

/** The options that can be given by position. */
const ORDER = ['units', 'activation', 'recurrentActivation', 'useBias'] as const;

/**
 * One step of a gated recurrent unit (Cho et al., 2014). With `resetAfter` the reset gate comes after the product (the form of
 * cuDNN), and there are two biases.
 *
 *     z = σ(xₜ · Wᶻ + hₜ₋₁ · Uᶻ + bᶻ)      r = σ(xₜ · Wʳ + hₜ₋₁ · Uʳ + bʳ)
 *     g = activation(xₜ · Wᵍ + r · (hₜ₋₁ · Uᵍ + cᵍ) + bᵍ), or activation(xₜ · Wᵍ + (r · hₜ₋₁) · Uᵍ + bᵍ)
 *     hₜ = z · hₜ₋₁ + (1 − z) · g          σ: `recurrentActivation`
 *
 * Shapes: `[x, h]`, `[batch, inputs]` and `[batch, units]` → `[output, h]`, both `[batch, units]`; kernels
 * `[inputs, 3 · units]` and `[units, 3 · units]`, bias `[2, 3 · units]` or `[3 · units]`.
 *
 * @throws ValueError if the last axis of the input has an unknown size.
 * @example
 * const layer = new RNN(new GRUCell(4, { resetAfter: false }));
 * (await layer.apply([[[1, 2], [3, 4]]])).shape;    // [1, 4]
 * @see https://keras.io/api/layers/recurrent_layers/gru_cell/
 */
export class GRUCell extends DenseCell {
  static override readonly className: string = 'GRUCell';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...recurrentFields({ isGated: true, isLayer: false, after: { resetAfter: boolean(true) } }),
    implementation,
  };

  declare readonly recurrentActivation: Activation;
  /** Whether the reset gate multiplies the product of the state, rather than the state. */
  declare readonly resetAfter: boolean;
  /** Keras's choice of an implementation: 1 drops other elements for each gate. */
  declare readonly implementation: number;

  constructor(...args: Arguments<GRUCellOptions & { units: number }, typeof ORDER>);
  constructor(units: number, options?: GRUCellOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override get stateSize(): number {
    return this.units;
  }

  protected override get gates(): number {
    return 3;
  }

  protected override get maskCount(): number {
    return this.implementation === 1 || this.recurrentDropout > 0 ? 3 : 1;
  }

  protected override get biasShape(): KnownShape {
    return this.resetAfter ? [2, 3 * this.units] : [3 * this.units];
  }

  override call([x, h]: readonly [Value, Value], context: CallContext): readonly Value[] {
    const { kernel, recurrentKernel, bias } = this.weightsIn(context);
    const { activation, recurrentActivation, resetAfter, units } = this;
    const masks = this.masksIn(context, x, h);
    const biases =
      bias === null || !resetAfter
        ? [bias, null]
        : split(bias, 2, { axis: 0 }).map((each) => squeeze(each, { axis: 0 }));
    const [ofInput = null, ofState = null] = biases;
    const [xz = x, xr = x, xg = x] = gateProducts(x, kernel, ofInput, masks.input, 3);
    const gate = (a: Value, b: Value | undefined): Value => recurrentActivation(plus(a, b));
    const mix = (z: Value, candidate: Value): readonly Value[] => {
      const output = add(multiply(z, h), multiply(subtract(1, z), candidate));
      return [output, output];
    };
    if (resetAfter) {
      const [hz, hr, hg = h] = gateProducts(h, recurrentKernel, ofState, masks.recurrent, 3);
      return mix(gate(xz, hz), activation(add(xg, multiply(gate(xr, hr), hg))));
    }
    const [gates = recurrentKernel, last = recurrentKernel] = split(recurrentKernel, [2 * units], { axis: -1 });
    const [hz, hr] = gateProducts(h, gates, null, masks.recurrent.slice(0, 2), 2);
    const reset = multiply(gate(xr, hr), dropped(h, masks.recurrent[2]));
    return mix(gate(xz, hz), activation(add(xg, matmul(reset, last))));
  }
}
