import type { Value } from '../../../compiler/ir/value.ts';
import { add, matmul, multiply, split } from '../../ops/index.ts';
import type { Activation } from '../../activations/index.ts';
import type { Initializer } from '../../initializers/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { gateProducts, plus } from './gates.ts';
import { DenseCell, UnitForgetBias } from './recurrent-cell.ts';
import { type GatedOptions, type ImplementationOptions, implementation, recurrentFields } from './recurrent-options.ts';
import { dropped } from './sequence-dropout.ts';

/** Options of {@link LSTMCell}. */
export interface LSTMCellOptions extends GatedOptions, Pick<ImplementationOptions, 'implementation'> {
  /** Whether the bias of the forget gate is initially 1. @default true */
  unitForgetBias?: boolean | undefined;
}

/** The options that can be given by position. */
const ORDER = ['units', 'activation', 'recurrentActivation', 'useBias'] as const;

/**
 * The new states of a long short-term memory, from what its four gates receive.
 *
 *     c ← σ(f) · c + σ(i) · activation(g)      h ← σ(o) · activation(c)
 */
export function remember(
  [i, f, g, o]: readonly Value[],
  c: Value,
  { activation, recurrentActivation }: { readonly activation: Activation; readonly recurrentActivation: Activation },
): readonly [h: Value, c: Value] {
  if (i === undefined || f === undefined || g === undefined || o === undefined) return [c, c];
  const next = add(multiply(recurrentActivation(f), c), multiply(recurrentActivation(i), activation(g)));
  return [multiply(recurrentActivation(o), activation(next)), next];
}

/**
 * One step of a long short-term memory (Hochreiter and Schmidhuber, 1997), with the states h and c.
 *
 *     [i f g o] = xₜ · kernel + hₜ₋₁ · recurrent_kernel + bias
 *     cₜ = σ(f) · cₜ₋₁ + σ(i) · activation(g)
 *     hₜ = σ(o) · activation(cₜ)          σ: `recurrentActivation`
 *
 * Shapes: `[x, h, c]`, `[batch, inputs]` and twice `[batch, units]` → `[output, h, c]`, each `[batch, units]`.
 *
 * @throws ValueError if the last axis of the input has an unknown size.
 * @example
 * const layer = new RNN([new LSTMCell(4), new LSTMCell(3)]);
 * (await layer.apply([[[1, 2], [3, 4]]])).shape;    // [1, 3]
 * @see https://keras.io/api/layers/recurrent_layers/lstm_cell/
 */
export class LSTMCell extends DenseCell {
  static override readonly className: string = 'LSTMCell';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...recurrentFields({ isGated: true, isLayer: false, before: { unitForgetBias: boolean(true) } }),
    implementation,
  };

  declare readonly recurrentActivation: Activation;
  /** Whether the bias of the forget gate is initially 1. */
  declare readonly unitForgetBias: boolean;
  /** Keras's choice of an implementation: 1 drops other elements for each gate. */
  declare readonly implementation: number;

  constructor(...args: Arguments<LSTMCellOptions & { units: number }, typeof ORDER>);
  constructor(units: number, options?: LSTMCellOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override get stateSize(): readonly number[] {
    return [this.units, this.units];
  }

  protected override get gates(): number {
    return 4;
  }

  protected override get maskCount(): number {
    return this.implementation === 1 || this.recurrentDropout > 0 ? 4 : 1;
  }

  protected override get initialBias(): Initializer {
    return this.unitForgetBias ? new UnitForgetBias(this.biasInitializer) : this.biasInitializer;
  }

  override call([x, h, c]: readonly [Value, Value, Value], context: CallContext): readonly Value[] {
    const { kernel, recurrentKernel, bias } = this.weightsIn(context);
    const masks = this.masksIn(context, x, h);
    let gates: readonly Value[];
    if (masks.input.length < 2 && masks.recurrent.length < 2) {
      const ofInput = plus(matmul(dropped(x, masks.input[0]), kernel), bias);
      gates = split(add(ofInput, matmul(dropped(h, masks.recurrent[0]), recurrentKernel)), 4, { axis: -1 });
    } else {
      const ofState = gateProducts(h, recurrentKernel, null, masks.recurrent, 4);
      gates = gateProducts(x, kernel, bias, masks.input, 4).map((each, i) => plus(each, ofState[i]));
    }
    const [output, carry] = remember(gates, c, this);
    return [output, output, carry];
  }
}
