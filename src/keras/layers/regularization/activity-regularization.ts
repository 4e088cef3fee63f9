import type { Value } from '../../../compiler/ir/value.ts';
import { checkOptions } from '../../../core/checks.ts';
import { regularizer } from '../../regularizers/field.ts';
import { L1L2, type L1L2Options, type Regularizer } from '../../regularizers/index.ts';
import { type Fields, number, under } from '../../saving/fields.ts';
import { fieldsOf } from '../base/layer-fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link ActivityRegularization}. */
export interface ActivityRegularizationOptions extends Omit<LayerOptions, 'activityRegularizer'> {
  /** The factor of the sum of absolute values. @default 0 */
  l1?: number | undefined;
  /** The factor of the sum of squares. @default 0 */
  l2?: number | undefined;
}

/**
 * Adds a penalty on the input to the loss, and returns the input unchanged.
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
  static override readonly positional = ['l1', 'l2'] as const;
  static override readonly fields: Fields = {
    l1: under('l1', number(0)),
    l2: under('l2', number(0)),
    activityRegularizer: under(null, regularizer()),
  };

  override supportsMasking = true;
  override built = true;
  declare readonly activityRegularizer: Regularizer;
  /** The factor of the sum of absolute values. */
  declare readonly l1: number;
  /** The factor of the sum of squares. */
  declare readonly l2: number;

  constructor(...args: Arguments<ActivityRegularizationOptions, typeof ActivityRegularization.positional>);
  constructor(options?: ActivityRegularizationOptions);
  constructor(...args: readonly unknown[]) {
    const [options, { l1 = 0, l2 = 0 }] = takeArguments(ActivityRegularization, args);
    const allowed = Object.keys(fieldsOf(ActivityRegularization)).filter((option) => option !== 'activityRegularizer');
    checkOptions('ActivityRegularization', options, allowed);
    const factors = { l1: l1 ?? 0, l2: l2 ?? 0 } as L1L2Options;
    super({ ...options, ...factors, activityRegularizer: new L1L2(factors) });
  }

  override get channelBehavior(): ChannelBehavior {
    return 'identity';
  }

  override call(inputs: Value): Value {
    return inputs;
  }
}
