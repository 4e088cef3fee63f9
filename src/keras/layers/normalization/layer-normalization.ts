import { canonicalAxes, knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { checkBoolean } from '../../../core/checks.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import * as ops from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { AffineLayer, type AffineOptions } from './affine-layer.ts';
import { type AxisOption, axesOf, checkAxis } from './axis-option.ts';

/** Options of {@link LayerNormalization}. */
export interface LayerNormalizationOptions extends AffineOptions {
  /** The axis to normalize over, or several; negative ones count from the back. @default -1 */
  axis?: number | readonly number[] | undefined;
  /**
   * What Keras 3 calls deprecated: x / √(σ² + ε) · γ, where σ² is about the mean, which is not subtracted. There is
   * always a γ then, and never a β. For files that have it; RMSNormalization is what it was meant to be. @default false
   */
  rmsScaling?: boolean | undefined;
}

/**
 * Layer normalization (Ba et al., 2016): gives each sample mean 0 and deviation 1 over the axes, then a learned scale and
 * offset. Samples do not meet, so training and inference are the same.
 *
 *     μ = mean(x)        σ² = mean((x − μ)²)           over `axis`
 *     y = γ · (x − μ) / √(σ² + ε) + β
 *
 * Shapes: x and y any; γ and β the sizes of the input on the axes, in ascending order of the axes.
 *
 * @throws TypeError for an unknown option or an axis that is no integer; ValueError for an axis out of range or named
 * twice, and for an axis of unknown size.
 * @example
 * const layer = new LayerNormalization();
 * await layer.apply([[1, 3], [10, 30]]);    // ≈ [[-1, 1], [-1, 1]]
 * @see https://keras.io/api/layers/normalization_layers/layer_normalization/
 * @see https://arxiv.org/abs/1607.06450
 */
export class LayerNormalization extends AffineLayer {
  static override readonly className: string = 'LayerNormalization';

  /** The axis to normalize over, or several; negative ones count from the back. */
  readonly axis: AxisOption;
  /** Whether outputs are x / √(σ² + ε) · γ, as Keras 3 still reads from files. */
  readonly rmsScaling: boolean;

  constructor(options: LayerNormalizationOptions = {}) {
    super(options, ['axis', 'rmsScaling']);
    this.axis = checkAxis(this.who, options.axis ?? -1);
    this.rmsScaling = checkBoolean(this.who, 'rmsScaling', options.rmsScaling ?? false);
  }

  override build(inputShape: Shape): void {
    const axes = [...canonicalAxes(this.axis, inputShape.length, this.who)].sort((a, b) => a - b);
    const shape = axes.map((axis) => knownSize(inputShape, axis, this.who));
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

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      axis: this.axis,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      rms_scaling: this.rmsScaling,
      ...this.affineConfig(),
    };
  }
}
