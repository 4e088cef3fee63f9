import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { optionsOf } from '../../saving/registry.ts';
import { classNameOf } from '../base/layer-options.ts';
import type { BatchNormalizationOptions } from './batch-normalization-options.ts';
import { BatchNormalization } from './batch-normalization.ts';

/** BatchNormalization's options; `synchronized` can only be true. */
export type SyncBatchNormalizationOptions = BatchNormalizationOptions;

/**
 * Batch normalization whose statistics are those of all processes that train together: BatchNormalization with
 * `synchronized: true`, under the name that it has in tf.keras. On one process the two are the same.
 *
 *     μ = mean(x)        σ² = mean((x − μ)²)           over all axes but `axis`, and over all processes
 *     y = γ · (x − μ) / √(σ² + ε) + β
 *
 * Shapes: those of BatchNormalization.
 *
 * @throws TypeError for an unknown option; ValueError for `synchronized: false` and for what BatchNormalization refuses.
 * @example
 * const layer = new SyncBatchNormalization({ momentum: 0.9 });
 * await layer.apply([[0, 1], [2, 3]], { training: true });    // ≈ [[-1, -1], [1, 1]]
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/layers/experimental/SyncBatchNormalization
 */
export class SyncBatchNormalization extends BatchNormalization {
  static override readonly className: string = 'SyncBatchNormalization';

  constructor(options: SyncBatchNormalizationOptions = {}) {
    const { synchronized } = options;
    if (synchronized !== undefined && (synchronized as unknown) !== true) {
      throw new ValueError(
        `[${classNameOf(new.target)}] synchronized must be true. Received: synchronized=${String(synchronized)}. Use BatchNormalization.`,
      );
    }
    super({ ...options, synchronized: true });
  }

  /** What tf.keras writes: the class says that it is synchronized, and renorm is only named where it is on. */
  override getConfig(): Config {
    const { synchronized: _synchronized, ...config } = super.getConfig();
    if (this.settings.renorm) return config;
    const { renorm: _renorm, renorm_clipping: _clipping, renorm_momentum: _momentum, ...rest } = config;
    return rest;
  }

  static override fromConfig(config: Config): SyncBatchNormalization {
    return new this(optionsOf(config));
  }
}
