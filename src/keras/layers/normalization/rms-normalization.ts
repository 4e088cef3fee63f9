import { canonicalAxes, knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { checkNumber } from '../../../core/checks.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import * as ops from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type AxisOption, axesOf, checkAxis } from './axis-option.ts';

/** Options of {@link RMSNormalization}. */
export interface RMSNormalizationOptions extends LayerOptions {
  /** The axis to normalize over, or several; negative ones count from the back. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** Added to the mean square, so that nothing is divided by zero. @default 1e-6 */
  epsilon?: number | undefined;
}

/**
 * Root mean square normalization (Zhang & Sennrich, 2019): divides each sample by its root mean square over the axes, then
 * applies a learned scale. No mean is subtracted and no offset added.
 *
 *     y = x / √(mean(x²) + ε) · scale           mean over `axis`
 *
 * As in Keras, a mask does not pass through.
 *
 * Shapes: x and y any; scale the sizes of the input on the axes, in ascending order of the axes.
 *
 * @throws TypeError for an unknown option or an axis that is no integer; ValueError for an axis out of range or named
 * twice, and for an axis of unknown size.
 * @example
 * const layer = new RMSNormalization();
 * await layer.apply([[3, 3], [-5, 5]]);    // ≈ [[1, 1], [-1, 1]]
 * @see https://keras.io/api/layers/normalization_layers/rms_normalization/
 * @see https://arxiv.org/abs/1910.07467
 */
export class RMSNormalization extends Layer {
  static override readonly className: string = 'RMSNormalization';

  /** The axis to normalize over, or several; negative ones count from the back. */
  readonly axis: AxisOption;
  /** Added to the mean square, so that nothing is divided by zero. */
  readonly epsilon: number;
  /** null before `build`. */
  scale: Variable | null = null;

  constructor(options: RMSNormalizationOptions = {}) {
    super(options, ['axis', 'epsilon']);
    this.axis = checkAxis(this.who, options.axis ?? -1);
    this.epsilon = checkNumber(this.who, 'epsilon', options.epsilon ?? 1e-6);
  }

  override build(inputShape: Shape): void {
    const axes = [...canonicalAxes(this.axis, inputShape.length, this.who)].sort((a, b) => a - b);
    const shape = axes.map((axis) => knownSize(inputShape, axis, this.who));
    this.scale = this.addWeight({ name: 'scale', shape, initializer: 'ones' });
    this.inputSpec = { axes: Object.fromEntries(axesOf(this.axis).map((axis) => [axis, inputShape.at(axis) ?? 0])) };
  }

  override call(inputs: Value, context: CallContext): Value {
    return ops.rmsNormalization(ops.cast(inputs, this.dtype), {
      scale: this.scale === null ? null : context.read(this.scale),
      axis: this.axis,
      epsilon: this.epsilon,
    });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    canonicalAxes(this.axis, inputShape.length, this.who);
    return this.checkedShape(inputShape);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon };
  }
}
