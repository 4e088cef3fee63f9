import { canonicalAxes } from '../../../core/axes.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { NormalizationParts } from '../base/traits.ts';
import { type AxisOption, axes } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link UnitNormalization}. */
export interface UnitNormalizationOptions extends LayerOptions {
  /** The axis along which the norm becomes 1, or several together. @default -1 */
  axis?: number | readonly number[] | undefined;
}

/** The minimum of a norm. */
const EPSILON = 1e-12;

/**
 * Unit normalization: divides each sample by its Euclidean norm over the axes. Zeros stay zeros.
 *
 *     y = x / max(√Σx², 1e-12)           sum over `axis`
 *
 * Shapes: x and y any; there are no weights.
 *
 * @throws TypeError for an unknown option or an axis that is not an integer; ValueError for an axis out of range or named
 * twice.
 * @example
 * const layer = new UnitNormalization();
 * await layer.apply([[3, 4], [0, 0]]);    // [[0.6, 0.8], [0, 0]]
 * @see https://keras.io/api/layers/normalization_layers/unit_normalization/
 */
export class UnitNormalization extends Layer {
  static override readonly className: string = 'UnitNormalization';
  static override readonly positional = ['axis'] as const;
  static override readonly fields: Fields = { axis: axes(-1) };

  override supportsMasking = true;
  override computesInFloat32 = true;
  override built = true;
  /** The axis along which the norm becomes 1, or several together. */
  declare readonly axis: AxisOption;

  constructor(...args: Arguments<UnitNormalizationOptions, typeof UnitNormalization.positional>);
  constructor(options?: UnitNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override get normalizationParts(): NormalizationParts {
    return {};
  }

  override call(inputs: Value): Value {
    return ops.normalize(ops.cast(inputs, this.dtype), { axis: this.axis, epsilon: EPSILON });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    canonicalAxes(this.axis, inputShape.length, this.who);
    return this.checkedShape(inputShape);
  }
}
