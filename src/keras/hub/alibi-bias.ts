import type { Value } from '../../compiler/ir/value.ts';
import type { Shape } from '../../core/shape.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { Layer } from '../layers/base/layer.ts';
import { add, arange, cast, multiply, reshape } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { type Fields, number } from '../saving/fields.ts';

/** Options of {@link AlibiBias}. */
export interface AlibiBiasOptions extends LayerOptions {
  /** The slopes are powers of 2^(−alibiBiasMax / heads). @default 8 */
  alibiBiasMax?: number | undefined;
}

const ORDER = ['alibiBiasMax'] as const;

/**
 * Adds a penalty to attention scores that grows with the distance of a key from the last one, by a slope for each head (Press
 * et al., 2022).
 *
 *     y[b, h, t, s] = x[b, h, t, s] + slopeₕ · (s − S + 1),    slopeₕ = 2^(−alibiBiasMax · (h + 1) / heads)
 *
 * Where the number of heads is no power of 2, the further slopes are every other one of twice as many heads.
 *
 * Shapes: x and y `[batch, heads, T, S]`.
 *
 * @throws ValueError if the input is not of rank 4, or `alibiBiasMax` is not positive.
 * @example
 * const layer = new AlibiBias();
 * await layer.apply([[[[0, 0, 0]], [[0, 0, 0]]]]);    // [[[[-0.125, -0.0625, 0]], [[-0.0078125, -0.00390625, 0]]]]
 * @see https://keras.io/keras_hub/api/modeling_layers/alibi_bias/
 * @see https://arxiv.org/abs/2108.12409
 */
export class AlibiBias extends Layer {
  static override readonly className: string = 'AlibiBias';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.alibi_bias';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = { alibiBiasMax: number(8, { above: 0 }) };

  override built = true;
  /** The slopes are powers of 2^(−alibiBiasMax / heads). */
  declare readonly alibiBiasMax: number;

  constructor(...args: Arguments<AlibiBiasOptions, typeof ORDER>);
  constructor(options?: AlibiBiasOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: 4 };
  }

  override call(inputs: Value, _context: CallContext): Value {
    const [, heads = null, , keys = null] = inputs.shape;
    if (heads === null || keys === null) return inputs;
    const distances = cast(reshape(arange(1 - keys, { stop: 1 }), [1, 1, 1, keys]), inputs.dtype);
    const slopes = cast(reshape(Float64Array.from(slopesOf(heads, this.alibiBiasMax)), [1, heads, 1, 1]), inputs.dtype);
    return add(inputs, multiply(slopes, distances));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }
}

function slopesOf(heads: number, max: number): readonly number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const slopes = Array.from({ length: power }, (_, i) => 2 ** ((-max * (i + 1)) / power));
  if (power === heads) return slopes;
  const between = slopesOf(2 * power, max).filter((_, i) => i % 2 === 0);
  return [...slopes, ...between.slice(0, heads - power)];
}
