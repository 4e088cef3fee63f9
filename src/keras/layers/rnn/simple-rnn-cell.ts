import type { Value } from '../../../compiler/ir/value.ts';
import { add, matmul } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { DenseCell } from './recurrent-cell.ts';
import { type RecurrentOptions, recurrentFields } from './recurrent-options.ts';
import { dropped } from './sequence-dropout.ts';

/** Options of {@link SimpleRNNCell}. */
export type SimpleRNNCellOptions = RecurrentOptions;

/** The options that can be given by position. */
const ORDER = ['units', 'activation', 'useBias'] as const;

/**
 * One step of a fully connected recurrent layer, whose output is its next state.
 *
 *     hₜ = activation(xₜ · kernel + bias + hₜ₋₁ · recurrent_kernel)
 *
 * Shapes: `[x, h]`, `[batch, inputs]` and `[batch, units]` → `[output, h]`, both `[batch, units]`.
 *
 * @throws ValueError if the last axis of the input has an unknown size.
 * @example
 * const layer = new RNN(new SimpleRNNCell(4));
 * (await layer.apply([[[1, 2], [3, 4]]])).shape;    // [1, 4]
 * @see https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/
 */
export class SimpleRNNCell extends DenseCell {
  static override readonly className: string = 'SimpleRNNCell';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = recurrentFields({ isGated: false, isLayer: false });

  constructor(...args: Arguments<SimpleRNNCellOptions & { units: number }, typeof ORDER>);
  constructor(units: number, options?: SimpleRNNCellOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override get stateSize(): number {
    return this.units;
  }

  protected override get gates(): number {
    return 1;
  }

  protected override get maskCount(): number {
    return 1;
  }

  override call([x, h]: readonly [Value, Value], context: CallContext): readonly Value[] {
    const { kernel, recurrentKernel, bias } = this.weightsIn(context);
    const masks = this.masksIn(context, x, h);
    const product = matmul(dropped(x, masks.input[0]), kernel);
    const ofInput = bias === null ? product : add(product, bias);
    const output = this.activation(add(ofInput, matmul(dropped(h, masks.recurrent[0]), recurrentKernel)));
    return [output, output];
  }
}
