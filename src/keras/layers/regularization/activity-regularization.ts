import type { Config } from '../../../core/config.ts';
import { checkOptions } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { L1L2 } from '../../regularizers/index.ts';
import { LAYER_OPTIONS } from '../base/layer-options.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** The penalty is what the layer is for, so that another cannot be given. */
const OWN_LAYER_OPTIONS = LAYER_OPTIONS.filter((option) => option !== 'activityRegularizer');

/** Options of {@link ActivityRegularization}. */
export interface ActivityRegularizationOptions extends Omit<LayerOptions, 'activityRegularizer'> {
  /** The factor of the sum of absolute values. @default 0 */
  l1?: number | undefined;
  /** The factor of the sum of squares. @default 0 */
  l2?: number | undefined;
}

/**
 * A penalty on what passes through, added to the loss.
 *
 * loss += (l1 · Σ |x| + l2 · Σ x²) / batch
 *
 * Shapes: any → the same.
 * @throws ValueError if a factor is negative.
 * @example
 * await new ActivityRegularization({ l2: 0.01 }).apply([[1, 2]]);    // [[1, 2]]
 * @see https://keras.io/api/layers/regularization_layers/activity_regularization/
 */
export class ActivityRegularization extends Layer {
  static override readonly className: string = 'ActivityRegularization';

  /** The factor of the sum of absolute values. */
  readonly l1: number;
  /** The factor of the sum of squares. */
  readonly l2: number;

  constructor(options: ActivityRegularizationOptions = {}) {
    const { l1 = 0, l2 = 0 } = options;
    checkOptions('ActivityRegularization', options, ['l1', 'l2', ...OWN_LAYER_OPTIONS]);
    super({ ...options, activityRegularizer: new L1L2({ l1, l2 }) }, ['l1', 'l2']);
    this.l1 = l1;
    this.l2 = l2;
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value): Value {
    return inputs;
  }

  override getConfig(): Config {
    const { activity_regularizer: _own, ...config } = super.getConfig();
    return { ...config, l1: this.l1, l2: this.l2 };
  }
}
