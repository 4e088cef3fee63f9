import type { Value } from '../../compiler/ir/value.ts';
import { knownSize } from '../../core/axes.ts';
import { type Shape, isKnown } from '../../core/shape.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { positive } from '../layers/base/option-fields.ts';
import type { Dense } from '../layers/core/dense.ts';
import type { LayerNormalization } from '../layers/normalization/layer-normalization.ts';
import type { Dropout } from '../layers/regularization/dropout.ts';
import { add, cast, fft2, zerosLike } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import type { Fields } from '../saving/fields.ts';
import { type BlockOptions, blockFields } from './block-options.ts';
import { FeedforwardBlock } from './feedforward-block.ts';
import { makeDropout, makeFeedforward, makeNorm } from './make-parts.ts';
import { privateAttributes } from './nested-attributes.ts';

/** Options of {@link FNetEncoder}. */
export type FNetEncoderOptions = BlockOptions;

const ORDER = ['intermediateDim'] as const;

/**
 * The encoder block of FNet, in which a Fourier transform over the sequence and the features stands in for attention. Masks have
 * no effect, as in keras-hub.
 *
 *     h = norm(x + Re(fft2(x)))
 *     y = norm(h + dropout(dense(activation(dense(h)))))
 *
 * Shapes: x and y `[batch, sequence, n]`.
 *
 * @throws ValueError if the input is not of rank 3.
 * @example
 * const encoder = new FNetEncoder(64);
 * encoder.apply(Input({ shape: [10, 32] })).shape;    // [null, 10, 32]
 * @see https://keras.io/keras_hub/api/modeling_layers/fnet_encoder/
 * @see https://arxiv.org/abs/2105.03824
 */
export class FNetEncoder extends FeedforwardBlock {
  static override readonly className: string = 'FNetEncoder';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.f_net_encoder';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = { intermediateDim: positive(), ...blockFields };
  /** The attributes of the nested layers in keras-hub. */
  static readonly kerasAttributes: Readonly<Record<string, string>> = privateAttributes(
    ...['mixingLayerNorm', 'outputLayerNorm', 'intermediateDense', 'outputDense', 'outputDropout'],
  );

  /** The normalization after the transform; this and the other parts are null before the layer is built. */
  mixingLayerNorm: LayerNormalization | null = null;
  /** The normalization of the output. */
  outputLayerNorm: LayerNormalization | null = null;
  /** The first dense layer. */
  intermediateDense: Dense | null = null;
  /** The second dense layer. */
  outputDense: Dense | null = null;
  /** The dropout after the dense layers. */
  outputDropout: Dropout | null = null;

  constructor(...args: Arguments<FNetEncoderOptions & { intermediateDim: number }, typeof ORDER>);
  constructor(intermediateDim: number, options?: FNetEncoderOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: 3 };
  }

  override build(inputShape: Shape): void {
    const size = knownSize(inputShape, inputShape.length - 1, this.who);
    this.mixingLayerNorm = makeNorm(this, 'mixing_layer_norm', inputShape);
    this.outputLayerNorm = makeNorm(this, 'output_layer_norm', inputShape);
    const names = ['intermediate_dense', 'output_dense'] as const;
    [this.intermediateDense, this.outputDense] = makeFeedforward(this, names, inputShape, size);
    this.outputDropout = makeDropout(this, 'output_dropout');
  }

  override call(inputs: Value, context: CallContext): Value {
    const hidden = this.through([this.mixingLayerNorm], add(inputs, transformed(inputs)), context);
    const fed = this.through([this.intermediateDense, this.outputDense, this.outputDropout], hidden, context);
    return this.through([this.outputLayerNorm], add(hidden, fed), context);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }
}

/** The real part of the transform; while a model is described and the length is unknown, only the shape of the result matters. */
function transformed(inputs: Value): Value {
  if (!isKnown(inputs.shape.slice(1))) return inputs;
  const x = cast(inputs, 'float32');
  const [real = x] = fft2([x, zerosLike(x)]);
  return cast(real, inputs.dtype);
}
