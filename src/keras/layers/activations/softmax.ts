import type { Value } from '../../../compiler/ir/value.ts';
import { ValueError } from '../../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../../core/shape.ts';
import { cast, greater, where, softmax } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { KerasCall } from '../base/traits.ts';
import { type AxisOption, axes } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Softmax}. */
export interface SoftmaxOptions extends LayerOptions {
  /** The axis along which the outputs add up to 1, or several axes that are normalized together. @default -1 */
  axis?: number | readonly number[] | undefined;
}

/** Stands in for −∞: masked entries get a probability of 0, and a row that is masked entirely no NaN. */
const VERY_NEGATIVE = -1e9;

/**
 * eˣ / Σ eˣ as a layer. Masked entries are 0, and do not count in the sum.
 *
 * Shapes: any → the same; a mask must broadcast to the input.
 * @throws ValueError if an axis is out of range, or the mask does not fit.
 * @example
 * await new Softmax().apply([[1, 1]]);    // [[0.5, 0.5]]
 * @see https://keras.io/api/layers/activation_layers/softmax/
 */
export class Softmax extends Layer {
  static override readonly className: string = 'Softmax';
  static override readonly positional = ['axis'] as const;
  static override readonly kerasCall: KerasCall = { mask: true };
  static override readonly fields: Fields = { axis: axes(-1) };

  override supportsMasking = true;
  override built = true;
  /** The axis along which the outputs add up to 1, or several axes that are normalized together. */
  declare readonly axis: AxisOption;

  constructor(...args: Arguments<SoftmaxOptions, typeof Softmax.positional>);
  constructor(options?: SoftmaxOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  get isActivation(): boolean {
    return true;
  }

  override call(inputs: Value, context: CallContext): Value {
    const { mask } = context;
    if (mask === null) return softmax(inputs, { axis: this.axis });
    const joined = broadcastShapes(mask.shape, inputs.shape);
    if (joined === null || !compatible(joined, inputs.shape)) {
      throw new ValueError(
        `[${this.who}] the mask must broadcast to the input, of shape ${showShape(inputs.shape)}. Received: mask of shape ${showShape(mask.shape)}.`,
      );
    }
    return maskedSoftmax(inputs, mask, this.axis);
  }
}

/** The softmax of the entries that a mask keeps; the others are 0. */
export function maskedSoftmax(inputs: Value, mask: Value, axis: AxisOption): Value {
  const counts = mask.dtype === 'bool' ? mask : greater(cast(mask, inputs.dtype), 0.5);
  return where(counts, softmax(where(counts, inputs, VERY_NEGATIVE), { axis }), 0);
}
