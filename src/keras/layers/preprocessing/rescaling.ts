import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type ArrayData, type Tensor, type TensorLike, isArrayLike, tensor } from '../../../core/tensor.ts';
import { add, cast, multiply } from '../../ops/index.ts';
import { type Fields, field } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** A number, or numbers that broadcast against the input. */
export type RescalingFactor = number | ArrayData | Tensor | readonly RescalingFactor[];

/** Options of {@link Rescaling}. */
export interface RescalingOptions extends LayerOptions {
  /** The summand. @default 0 */
  offset?: RescalingFactor | undefined;
}

/**
 * Maps numbers from one range to another: pixels from [0, 255] to [0, 1] with a scale of 1 / 255.
 *
 * y = x · scale + offset
 *
 * Shapes: any → the same; lists broadcast against the input. Integers become floats.
 * @throws TypeError if `scale` or `offset` is neither a number nor a list of numbers.
 * @example
 * await new Rescaling(1 / 127.5, { offset: -1 }).apply([[0, 127.5, 255]]);    // [[-1, 0, 1]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
 */
export class Rescaling extends Layer {
  static override readonly className: string = 'Rescaling';
  static override readonly positional = ['scale', 'offset'] as const;
  static override readonly fields: Fields = {
    scale: field({ read: checkFactor }),
    offset: field({ byDefault: 0, read: checkFactor }),
  };

  override supportsMasking = true;
  override built = true;
  /** The factor. */
  declare readonly scale: RescalingFactor;
  /** The summand. */
  declare readonly offset: RescalingFactor;

  constructor(...args: Arguments<RescalingOptions & { scale: RescalingFactor }, typeof Rescaling.positional>);
  constructor(scale: RescalingFactor, options?: RescalingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(inputs: Value): Value {
    const [scale, offset] = [this.scale, this.offset].map((numbers) =>
      constant(tensor(numbers as TensorLike, undefined, this.dtype)),
    );
    return add(multiply(cast(inputs, this.dtype), scale ?? 1), offset ?? 0);
  }
}

function checkFactor(who: string, argument: string, value: unknown): RescalingFactor {
  const message = `[${who}] ${argument} must be a finite number or a list of them. Received: ${argument}=${show(value)}.`;
  if (isArrayLike(value)) return checkFactor(who, argument, tensor(value).toArray());
  if (Array.isArray(value) && value.length > 0) {
    return value.map((entry: unknown) => checkFactor(who, argument, entry));
  }
  if (typeof value !== 'number') throw new TypeError(message);
  if (!Number.isFinite(value)) throw new ValueError(message);
  return value;
}
