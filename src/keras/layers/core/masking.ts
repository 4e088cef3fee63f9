import type { Config } from '../../../core/config.ts';
import { checkNumber } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { notEqual, where } from '../../ops/elementwise.ts';
import { squeeze } from '../../ops/movement.ts';
import { any } from '../../ops/reductions.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link Masking}. */
export interface MaskingOptions extends LayerOptions {
  /** What fills the time steps that do not count. @default 0 */
  maskValue?: number | undefined;
}

/**
 * Masks the time steps all of whose features are `maskValue`: their outputs are 0, and the layers behind that know
 * masks leave them out.
 *
 * mask = any(x ≠ maskValue), over the last axis
 *
 * Shapes: `[batch, time, …, features]` → the same; the mask is `[batch, time, …]`. Configs of models leave masks out, and
 * whoever reads them works the masks out again; Keras writes down how they are made, which is read and kept.
 * @example
 * const layer = new Masking({ maskValue: -1 });
 * await layer.apply([[[1, 2], [-1, -1]]]);    // [[[1, 2], [0, 0]]]
 * @see https://keras.io/api/layers/core_layers/masking/
 */
export class Masking extends Layer {
  static override readonly className: string = 'Masking';

  /** What fills the time steps that do not count. */
  readonly maskValue: number;

  constructor(options: MaskingOptions = {}) {
    super(options, ['maskValue']);
    this.maskValue = checkNumber(this.who, 'maskValue', options.maskValue ?? 0);
    this.inputSpec = { minRank: 1 };
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value, context: CallContext): Value {
    const counts = any(notEqual(inputs, this.maskValue), { axis: -1, keepdims: true });
    const outputs = where(counts, inputs, 0);
    context.setMask(outputs, squeeze(counts, -1));
    return outputs;
  }

  override computeMask(inputs: Value): Value {
    return any(notEqual(inputs, this.maskValue), { axis: -1 });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), mask_value: this.maskValue };
  }
}
