import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { TruncatedNormal } from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import type { Layer, LayerOptions } from '../base/layer.ts';
import type { KerasCall } from '../base/traits.ts';
import { positive } from '../base/option-fields.ts';
import { WeightWrapper } from './weight-wrapper.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link SpectralNormalization}. */
export interface SpectralNormalizationOptions extends LayerOptions {
  /** The number of steps of power iteration in each training call. @default 1 */
  powerIterations?: number | undefined;
}

/**
 * Spectral normalization (Miyato et al., 2018): wraps a layer, and divides its kernel by the kernel's largest singular
 * value in each training call, so that the layer stretches no input by more than 1.
 *
 *     W = kernel as a matrix [rest, outputs]
 *     v ← u Wᵀ / ‖u Wᵀ‖        u ← v W / ‖v W‖         `powerIterations` times
 *     kernel ← kernel / (v W uᵀ)
 *
 * A training call computes with the divided kernel, which takes the kernel's place for good, as in Keras with TensorFlow:
 * the gradient and the optimizer's step are those of the divided kernel. In inference the kernel is used as it is. A
 * kernel of zeros stays. A mask passes through where the wrapped layer passes it.
 *
 * Shapes: those of the wrapped layer; its kernel (or embeddings) any, u `[1, outputs]`, not trainable.
 *
 * @throws ValueError if `powerIterations` is not a positive integer, or the wrapped layer has no kernel and no embeddings.
 * @example
 * const layer = new SpectralNormalization(new Dense(2), { powerIterations: 3 });
 * await layer.apply([[1, 2, 3]], { training: true });
 * @see https://keras.io/api/layers/normalization_layers/spectral_normalization/
 * @see https://arxiv.org/abs/1802.05957
 */
export class SpectralNormalization extends WeightWrapper {
  static override readonly className: string = 'SpectralNormalization';
  static override readonly positional = ['layer', 'powerIterations'] as const;
  static override readonly kerasCall: KerasCall = { training: false };
  static override readonly fields: Fields = { ...WeightWrapper.fields, powerIterations: positive(1) };

  /** The number of steps of power iteration in each training call. */
  declare readonly powerIterations: number;
  /** u, the guess at the singular vector of the outputs; null before `build`. */
  vectorU: Variable | null = null;

  constructor(
    ...args: Arguments<SpectralNormalizationOptions & { layer: Layer }, typeof SpectralNormalization.positional>
  );
  constructor(layer: Layer, options?: SpectralNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** Builds the wrapped layer, and makes the vector of the power iteration. */
  override build(inputShape: Shape): void {
    super.build(inputShape);
    this.vectorU = this.addWeight({
      name: 'vector_u',
      shape: [1, this.kernel.shape.at(-1) ?? 1],
      initializer: new TruncatedNormal({ stddev: 0.02 }),
      trainable: false,
      dtype: this.kernel.dtype,
    });
  }

  override call(inputs: Value, context: CallContext): Value {
    if (context.training && this.vectorU !== null) this.#divide(this.vectorU, context);
    return this.callInner(inputs, context, context.trace, context.read(this.kernel));
  }

  /** Divides the kernel by its largest singular value, as far as power iteration finds it. */
  #divide(vectorU: Variable, context: CallContext): void {
    const kernel = context.read(this.kernel);
    const fixed = ops.stopGradient(kernel);
    const matrix = ops.reshape(fixed, [-1, vectorU.shape[1] ?? 1]);
    const before = context.read(vectorU);
    let u = before;
    let v = u;
    for (let i = 0; i < this.powerIterations; i++) {
      v = ops.normalize(ops.matmul(u, ops.transpose(matrix)), { axis: null });
      u = ops.normalize(ops.matmul(v, matrix), { axis: null });
    }
    const sigma = ops.reshape(ops.matmul(ops.matmul(v, matrix), ops.transpose(u)), []);
    const isZero = ops.equal(sigma, 0);
    const divided = ops.where(isZero, fixed, ops.divide(fixed, ops.where(isZero, 1, sigma)));
    context.update(vectorU, ops.where(isZero, before, u));
    // The value is that of the divided kernel, exactly; the gradient passes to the kernel as if it had been divided before.
    context.update(this.kernel, ops.add(divided, ops.subtract(kernel, fixed)));
  }
}
