import { canonicalAxes, knownSize } from '../../../core/axes.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { Ones } from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import { type Fields, number } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type NormalizationParts, partOf } from '../base/traits.ts';
import { type AxisOption, axes, axesOf } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link RMSNormalization}. */
export interface RMSNormalizationOptions extends LayerOptions {
  /** The axis to normalize over, or several; negative ones count from the back. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** A small constant added to the mean square, for numerical stability. @default 1e-6 */
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
 * @throws TypeError for an unknown option or an axis that is not an integer; ValueError for an axis out of range or named
 * twice, and for an axis of unknown size.
 * @example
 * const layer = new RMSNormalization();
 * await layer.apply([[3, 3], [-5, 5]]);    // ≈ [[1, 1], [-1, 1]]
 * @see https://keras.io/api/layers/normalization_layers/rms_normalization/
 * @see https://arxiv.org/abs/1910.07467
 */
export class RMSNormalization extends Layer {
  static override readonly className: string = 'RMSNormalization';
  static override readonly positional = ['axis', 'epsilon'] as const;
  static override readonly fields: Fields = { axis: axes(-1), epsilon: number(1e-6) };

  override computesInFloat32 = true;
  /** The axis to normalize over, or several; negative ones count from the back. */
  declare readonly axis: AxisOption;
  /** A small constant added to the mean square. */
  declare readonly epsilon: number;
  /** The scale; null before `build`. */
  scale: Variable | null = null;

  constructor(...args: Arguments<RMSNormalizationOptions, typeof RMSNormalization.positional>);
  constructor(options?: RMSNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: Shape): void {
    const sorted = [...canonicalAxes(this.axis, inputShape.length, this.who)].sort((a, b) => a - b);
    const shape = sorted.map((axis) => knownSize(inputShape, axis, this.who));
    this.scale = this.addWeight({ name: 'scale', shape, initializer: 'ones' });
    this.inputSpec = { axes: Object.fromEntries(axesOf(this.axis).map((axis) => [axis, inputShape.at(axis) ?? 0])) };
  }

  override get normalizationParts(): NormalizationParts {
    return { epsilon: this.epsilon, gamma: partOf(this.scale, new Ones()) };
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
}
