import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { multiply } from '../../ops/index.ts';
import { type Fields, integer, number } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/**
 * A learned factor for each channel, small at first, at the end of a residual branch (Touvron et al., 2021). Keras defines
 * it inside its ConvNeXt, not among its layers, and files of that network contain it.
 *
 *     y = γ · x
 *
 * Shapes: x and y `[…, projectionDim]`; γ `[projectionDim]`.
 *
 * @throws TypeError if an argument is not a number; ValueError if `projectionDim` is below 1, or not the number of channels.
 * @see https://keras.io/api/applications/convnext/
 * @see https://arxiv.org/abs/2103.17239
 */
export class LayerScale extends Layer {
  static override readonly className: string = 'LayerScale';
  static override readonly positional = ['initValues', 'projectionDim'] as const;
  static override readonly fields: Fields = { initValues: number(), projectionDim: integer(undefined, 1) };
  static readonly kerasModule: string = 'keras.src.applications.convnext';

  /** The initial value of the factors. */
  declare readonly initValues: number;
  /** The number of channels. */
  declare readonly projectionDim: number;
  /** The factors; null before `build`. */
  gamma: Variable | null = null;

  constructor(
    ...args: Arguments<LayerOptions & { initValues: number; projectionDim: number }, typeof LayerScale.positional>
  );
  constructor(initValues: number, projectionDim: number, options?: LayerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 1, axes: { [-1]: this.projectionDim } };
  }

  override build(_inputShape: Shape): void {
    const initializer = { class_name: 'Constant', config: { value: this.initValues } };
    this.gamma = this.addWeight({ name: 'gamma', shape: [this.projectionDim], initializer });
  }

  override call(inputs: Value, context: CallContext): Value {
    return this.gamma === null ? inputs : multiply(inputs, context.read(this.gamma));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }
}
