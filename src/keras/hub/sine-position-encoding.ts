import type { Value } from '../../compiler/ir/value.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { type Fields, number } from '../saving/fields.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { add, cast, cos, expandDims, multiply, sin, zerosLike } from '../ops/index.ts';
import { broadcastLike } from './broadcast-like.ts';
import { PositionLayer, positionsOf } from './position-layer.ts';

/** Options of {@link SinePositionEncoding}. */
export interface SinePositionEncodingOptions extends LayerOptions {
  /** The wavelength of the last pair of features, divided by 2π. @default 10000 */
  maxWavelength?: number | undefined;
}

const ORDER = ['maxWavelength'] as const;

/**
 * Sines and cosines of the positions in a sequence, with wavelengths in geometric progression, to be added to its elements. Of
 * the input, only the shape counts. A call also accepts `startIndex`, the position of the first element, and `positions`, the
 * position of each.
 *
 *     y[…, t, 2i] = sin(t / maxWavelength^(2i / n)),    y[…, t, 2i + 1] = cos(t / maxWavelength^(2i / n))
 *
 * Shapes: x and y `[batch, …, sequence, n]`.
 *
 * @throws ValueError if `maxWavelength` is not positive.
 * @example
 * await new SinePositionEncoding().apply([[[5, 6], [7, 8]]]);    // [[[0, 1], [0.84147, 0.5403]]]
 * @see https://keras.io/keras_hub/api/modeling_layers/sine_position_encoding/
 * @see https://arxiv.org/abs/1706.03762
 */
export class SinePositionEncoding extends PositionLayer {
  static override readonly className: string = 'SinePositionEncoding';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.sine_position_encoding';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = { maxWavelength: number(10000, { above: 0 }) };

  override built = true;
  /** The wavelength of the last pair of features, divided by 2π. */
  declare readonly maxWavelength: number;

  constructor(...args: Arguments<SinePositionEncodingOptions, typeof ORDER>);
  constructor(options?: SinePositionEncodingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 2 };
  }

  override call(inputs: Value, context: CallContext): Value {
    const [length, size] = [inputs.shape.at(-2) ?? null, inputs.shape.at(-1) ?? null];
    if (length === null || size === null) return zerosLike(cast(inputs, this.dtype));
    const scales = Float64Array.from(
      { length: size },
      (_, i) => this.maxWavelength ** ((-2 * Math.floor(i / 2)) / size),
    );
    const positions = cast(positionsOf(context, length, this.who), this.dtype);
    const angles = multiply(expandDims(positions, -1), cast(scales, this.dtype));
    const isOdd = Int32Array.from({ length: size }, (_, i) => i % 2);
    const isEven = isOdd.map((odd) => 1 - odd);
    const waves = add(multiply(sin(angles), cast(isEven, this.dtype)), multiply(cos(angles), cast(isOdd, this.dtype)));
    return broadcastLike(waves, inputs, this.who);
  }
}
