import type { Config } from '../../../core/config.ts';
import { checkOptions } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import { LAYER_OPTIONS, classNameOf } from '../base/layer-options.ts';
import { AFFINE_OPTIONS } from './affine-layer.ts';
import { GroupNormalization, type GroupNormalizationOptions } from './group-normalization.ts';

/** Options of {@link InstanceNormalization}. */
export type InstanceNormalizationOptions = Omit<GroupNormalizationOptions, 'groups'>;

/**
 * Instance normalization (Ulyanov et al., 2016): gives each channel of each sample mean 0 and deviation 1, then a learned
 * scale and offset. It is GroupNormalization with a group for each channel.
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

  constructor(options: InstanceNormalizationOptions = {}) {
    checkOptions(classNameOf(new.target), options, ['axis', ...AFFINE_OPTIONS, ...LAYER_OPTIONS]);
    super({ ...options, groups: -1 });
  }

  override getConfig(): Config {
    const { groups: _groups, ...config } = super.getConfig();
    return config;
  }

  /** Makes a layer from what `getConfig` gave; tensorflow-addons wrote the number of groups, too. */
  static override fromConfig(config: Config): InstanceNormalization {
    const { groups: _groups, ...options } = optionsOf(config);
    return new this(options);
  }
}
