import type { Config } from '../../../core/config.ts';
import { checkInteger, checkNumber } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import { multiply } from '../../ops/elementwise.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/**
 * A learned factor for each channel, small at first, at the end of a residual branch (Touvron et al., 2021). Keras has it
 * inside of its ConvNeXt, not among its layers; files of that network name it.
 *
 *     y = γ · x
 *
 * Shapes: x and y `[…, projectionDim]`; γ `[projectionDim]`.
 *
 * @throws TypeError if an argument is no number; ValueError if `projectionDim` is below 1, or the channels are others.
 * @see https://keras.io/api/applications/convnext/
 * @see https://arxiv.org/abs/2103.17239
 */
export class LayerScale extends Layer {
  static override readonly className: string = 'LayerScale';
  static readonly kerasModule: string = 'keras.src.applications.convnext';

  /** What each factor is at first. */
  readonly initValues: number;
  /** The number of channels. */
  readonly projectionDim: number;
  /** null before `build`. */
  gamma: Variable | null = null;

  constructor(initValues: number, projectionDim: number, options: LayerOptions = {}) {
    super(options, []);
    this.initValues = checkNumber(this.who, 'initValues', initValues);
    this.projectionDim = checkInteger(this.who, 'projectionDim', projectionDim, 1);
    this.inputSpec = { minRank: 1, axes: { [-1]: projectionDim } };
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

  override getConfig(): Config {
    return { ...super.getConfig(), init_values: this.initValues, projection_dim: this.projectionDim };
  }

  static override fromConfig(config: Config): LayerScale {
    const { initValues, projectionDim, ...options } = optionsOf(config);
    return new this(initValues as number, projectionDim as number, options);
  }
}
