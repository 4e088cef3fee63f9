import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Fields, field, under } from '../../saving/fields.ts';
import { type BatchNormalizationOptions, batchNormalizationFields } from './batch-normalization-options.ts';
import { BatchNormalization } from './batch-normalization.ts';

/** BatchNormalization's options; `synchronized` can only be true. */
export type SyncBatchNormalizationOptions = BatchNormalizationOptions;

const synchronized = field({
  byDefault: true,
  read: (who, option, given) => {
    if (given === true) return given;
    throw new ValueError(
      `[${who}] ${option} must be true. Received: ${option}=${show(given)}. Use BatchNormalization.`,
    );
  },
});

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
  // Configs do not contain `synchronized`: the class implies it.
  static override readonly fields: Fields = { ...batchNormalizationFields, synchronized: under(null, synchronized) };
  /** The class as which Keras has this layer, after which files name it. */
  static readonly kerasClassName: string = 'BatchNormalization';

  /** The config of tf.keras, which contains the options of renorm only if it is on. */
  override getConfig(): Config {
    const config = super.getConfig();
    if (this.renorm) return config;
    const { renorm: _renorm, renorm_clipping: _clipping, renorm_momentum: _momentum, ...rest } = config;
    return rest;
  }
}
