import { canonicalAxes, knownSize } from '../../../core/axes.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { type AxisOption, axes, axesOf } from '../base/option-fields.ts';
import { AffineLayer, type AffineOptions, affineFields, affineWeightFields } from './affine-layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link LayerNormalization}. */
export interface LayerNormalizationOptions extends AffineOptions {
  /** The axis to normalize over, or several; negative ones count from the back. @default -1 */
  axis?: number | readonly number[] | undefined;
  /**
   * Whether to compute x / √(σ² + ε) · γ, with the variance about a mean that is not subtracted, always a γ and never
   * a β. Deprecated in Keras 3, for old files; new models use RMSNormalization. @default false
   */
  rmsScaling?: boolean | undefined;
}

/**
 * Layer normalization (Ba et al., 2016): normalizes each sample to mean 0 and standard deviation 1 over the axes, then applies
 * a learned scale and offset. Samples are independent, so training and inference are the same.
 *
 *     μ = mean(x)        σ² = mean((x − μ)²)           over `axis`
 *     y = γ · (x − μ) / √(σ² + ε) + β
 *
 * Shapes: x and y any; γ and β the sizes of the input on the axes, in ascending order of the axes.
 *
 * @throws TypeError for an unknown option or an axis that is not an integer; ValueError for an axis out of range or named
 * twice, and for an axis of unknown size.
 * @example
 * const layer = new LayerNormalization();
 * await layer.apply([[1, 3], [10, 30]]);    // ≈ [[-1, 1], [-1, 1]]
 * @see https://keras.io/api/layers/normalization_layers/layer_normalization/
 * @see https://arxiv.org/abs/1607.06450
 */
export class LayerNormalization extends AffineLayer {
  static override readonly className: string = 'LayerNormalization';
  static override readonly positional = ['axis', 'epsilon', 'center', 'scale'] as const;
  static override readonly fields: Fields = {
    axis: axes(-1),
    ...affineFields,
    rmsScaling: boolean(false),
    ...affineWeightFields,
  };

  /** The axis to normalize over, or several; negative ones count from the back. */
  declare readonly axis: AxisOption;
  /** Whether outputs are x / √(σ² + ε) · γ. */
  declare readonly rmsScaling: boolean;

  constructor(...args: Arguments<LayerNormalizationOptions, typeof LayerNormalization.positional>);
  constructor(options?: LayerNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: Shape): void {
    const sorted = [...canonicalAxes(this.axis, inputShape.length, this.who)].sort((a, b) => a - b);
    const shape = sorted.map((axis) => knownSize(inputShape, axis, this.who));
    this.addAffine(shape, this.scale || this.rmsScaling, this.center && !this.rmsScaling);
    this.inputSpec = { axes: Object.fromEntries(axesOf(this.axis).map((axis) => [axis, inputShape.at(axis) ?? 0])) };
  }

  override call(inputs: Value, context: CallContext): Value {
    return ops.layerNormalization(ops.cast(inputs, this.dtype), {
      gamma: this.gamma === null ? null : context.read(this.gamma),
      beta: this.beta === null ? null : context.read(this.beta),
      axis: this.axis,
      epsilon: this.epsilon,
      rmsScaling: this.rmsScaling,
    });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    canonicalAxes(this.axis, inputShape.length, this.who);
    return this.checkedShape(inputShape);
  }
}
