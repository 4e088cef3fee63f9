import type { Config } from '../../../core/config.ts';
import { show } from '../../../core/errors.ts';
import { ValueError } from '../../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { cast, greater, where } from '../../ops/elementwise.ts';
import { softmax } from '../../ops/reductions.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link Softmax}. */
export interface SoftmaxOptions extends LayerOptions {
  /** The axis along which the outputs add up to 1; several are taken together. @default -1 */
  axis?: number | readonly number[] | undefined;
}

/** What stands for −∞: masked entries get no weight, and a row without entries no NaN. */
const VERY_NEGATIVE = -1e9;

/**
 * eˣ / Σ eˣ as a layer. Entries that a mask leaves out are 0, and do not count in the sum.
 *
 * Shapes: any → the same; a mask must broadcast to the input.
 * @throws ValueError if an axis is out of range, or the mask does not fit.
 * @example
 * await new Softmax().apply([[1, 1]]);    // [[0.5, 0.5]]
 * @see https://keras.io/api/layers/activation_layers/softmax/
 */
export class Softmax extends Layer {
  static override readonly className: string = 'Softmax';

  /** The axis along which the outputs add up to 1; several are taken together. */
  readonly axis: number | readonly number[];

  constructor(options: SoftmaxOptions = {}) {
    super(options, ['axis']);
    this.axis = checkAxis(options.axis ?? -1, this.who);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value, context: CallContext): Value {
    const { mask } = context;
    if (mask === null) return softmax(inputs, this.axis);
    const joined = broadcastShapes(mask.shape, inputs.shape);
    if (joined === null || !compatible(joined, inputs.shape)) {
      throw new ValueError(
        `[${this.who}] the mask must broadcast to the input, of shape ${showShape(inputs.shape)}. Received: mask of shape ${showShape(mask.shape)}.`,
      );
    }
    const counts = mask.dtype === 'bool' ? mask : greater(cast(mask, inputs.dtype), 0.5);
    return where(counts, softmax(where(counts, inputs, VERY_NEGATIVE), this.axis), 0);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}

function checkAxis(axis: unknown, who: string): number | readonly number[] {
  const list: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
  if (list.length === 0 || !list.every((entry) => Number.isInteger(entry))) {
    throw new TypeError(`[${who}] axis must be an integer or a list of integers. Received: axis=${show(axis)}.`);
  }
  return Array.isArray(axis) ? [...(list as number[])] : (axis as number);
}
