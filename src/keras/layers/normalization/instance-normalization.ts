import type { Config } from '../../../core/config.ts';
import { type Fields, constant } from '../../saving/fields.ts';
import { type ReadContext, defaultContext } from '../../saving/read-context.ts';
import type { Layer } from '../base/layer.ts';
import { GroupNormalization, type GroupNormalizationOptions } from './group-normalization.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link InstanceNormalization}. */
export type InstanceNormalizationOptions = Omit<GroupNormalizationOptions, 'groups'>;

/**
 * Instance normalization (Ulyanov et al., 2016): normalizes each channel of each sample to mean 0 and standard
 * deviation 1, then applies a learned scale and offset: GroupNormalization with a group for each channel.
 *
 *     μ = mean(x)        σ² = mean((x − μ)²)           over all axes but the batch's and the channels'
 *     y = γ · (x − μ) / √(σ² + ε) + β
 *
 * Keras 3 has no class of this name: there, write `GroupNormalization(groups=-1)`.
 *
 * Shapes: x and y `[batch, …]` of rank 3 or more (at rank 2 every output is β); γ and β `[channels]`.
 *
 * @throws TypeError for an unknown option; ValueError if the axis is the batch's or out of range.
 * @example
 * const layer = new InstanceNormalization();
 * await layer.apply([[[1, 10], [3, 30]]]);    // ≈ [[[-1, -1], [1, 1]]]
 * @see https://keras.io/api/layers/normalization_layers/group_normalization/
 * @see https://arxiv.org/abs/1607.08022
 */
export class InstanceNormalization extends GroupNormalization {
  static override readonly className: string = 'InstanceNormalization';
  static override readonly positional = ['axis', 'epsilon', 'center', 'scale'] as const;
  static override readonly fields: Fields = { ...GroupNormalization.fields, groups: constant(-1) };
  /** The class as which Keras has this layer, after which files name it. */
  static readonly kerasClassName: string = 'GroupNormalization';

  constructor(...args: Arguments<InstanceNormalizationOptions, typeof InstanceNormalization.positional>);
  constructor(options?: InstanceNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** Makes a layer from its config; those of tensorflow-addons contain the number of groups as well. */
  static override fromConfig({ groups: _groups, ...config }: Config, context: ReadContext = defaultContext): Layer {
    return super.fromConfig(config, context);
  }
}
