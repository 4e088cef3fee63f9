import type { Value } from '../../../compiler/ir/value.ts';
import { notEqual, where, squeeze, any } from '../../ops/index.ts';
import { type Fields, number } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Masking}. */
export interface MaskingOptions extends LayerOptions {
  /** The value that fills the time steps to mask. @default 0 */
  maskValue?: number | undefined;
}

/**
 * Masks the time steps whose features all equal `maskValue`: their outputs are 0, and the following layers that support
 * masks leave them out.
 *
 * mask = any(x ≠ maskValue), over the last axis
 *
 * Shapes: `[batch, time, …, features]` → the same; the mask is `[batch, time, …]`. Configs of models do not contain masks,
 * which are computed again when the config is read. Keras writes the operations that compute them; these are read and kept.
 * @example
 * const layer = new Masking({ maskValue: -1 });
 * await layer.apply([[[1, 2], [-1, -1]]]);    // [[[1, 2], [0, 0]]]
 * @see https://keras.io/api/layers/core_layers/masking/
 */
export class Masking extends Layer {
  static override readonly className: string = 'Masking';
  static override readonly positional = ['maskValue'] as const;
  static override readonly fields: Fields = { maskValue: number(0) };

  override supportsMasking = true;
  override built = true;
  /** The value that fills the time steps to mask. */
  declare readonly maskValue: number;

  constructor(...args: Arguments<MaskingOptions, typeof Masking.positional>);
  constructor(options?: MaskingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 1 };
  }

  override call(inputs: Value, context: CallContext): Value {
    const counts = any(notEqual(inputs, this.maskValue), { axis: -1, keepdims: true });
    const outputs = where(counts, inputs, 0);
    context.setMask(outputs, squeeze(counts, { axis: -1 }));
    return outputs;
  }

  override computeMask(inputs: Value): Value {
    return any(notEqual(inputs, this.maskValue), { axis: -1 });
  }
}
