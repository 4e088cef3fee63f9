import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { Config } from '../../core/config.ts';
import type { Shape } from '../../core/shape.ts';
import { Ones } from '../initializers/index.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { Layer } from '../layers/base/layer.ts';
import { positive } from '../layers/base/option-fields.ts';
import { type NormalizationParts, partOf } from '../layers/base/traits.ts';
import { cast, rmsNormalization } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import type { Fields } from '../saving/fields.ts';

const EPSILON = 1e-6;
const ORDER = ['inputDim'] as const;

/**
 * The RMS normalization of keras-hub, over the last axis: that of `layers` with another constructor. keras-hub's class accepts
 * nothing but `inputDim`, so configs contain no name, and `trainable` and `dtype` only where they are not the defaults.
 *
 *     y = x / √(mean(x²) + 10⁻⁶) · scale
 *
 * Shapes: x and y `[…, inputDim]`; scale `[inputDim]`.
 *
 * @throws ValueError if the last axis of the input has another size.
 * @example
 * await new RMSNormalization(2).apply([[3, 4]]);    // [[0.84853, 1.1314]]
 * @see https://arxiv.org/abs/1910.07467
 */
export class RMSNormalization extends Layer {
  static override readonly className: string = 'RMSNormalization';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.rms_normalization';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = { inputDim: positive() };

  /** The size of the last axis. */
  declare readonly inputDim: number;
  /** The factor of each feature. */
  readonly scale: Variable;

  constructor(...args: Arguments<Omit<LayerOptions, 'inputDim'> & { inputDim: number }, typeof ORDER>);
  constructor(inputDim: number, options?: Omit<LayerOptions, 'inputDim'>);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 1, axes: { [-1]: this.inputDim } };
    this.scale = this.addWeight({ name: 'scale', shape: [this.inputDim], initializer: 'ones' });
  }

  override get normalizationParts(): NormalizationParts {
    return { epsilon: EPSILON, gamma: partOf(this.scale, new Ones()) };
  }

  override call(inputs: Value, context: CallContext): Value {
    return rmsNormalization(cast(inputs, this.dtype), { scale: context.read(this.scale), axis: -1, epsilon: EPSILON });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }

  override getConfig(): Config {
    const { input_dim: inputDim = null, trainable = true, dtype = null } = super.getConfig();
    return {
      input_dim: inputDim,
      ...(trainable === true ? {} : { trainable }),
      ...(this.dtypePolicy.name === 'float32' ? {} : { dtype }),
    };
  }
}
