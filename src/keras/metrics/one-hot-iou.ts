import type { Config } from '../../core/config.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { checkOptions } from '../../core/checks.ts';
import { IoU, type IoUOptions, MeanIoU, readConfig } from './iou.ts';
import { type Metric, metricOptions } from './metric.ts';

/** Options of {@link OneHotIoU} and {@link OneHotMeanIoU}. */
export interface OneHotIoUOptions extends Omit<IoUOptions, 'sparseYTrue' | 'sparseYPred'> {
  /** Whether predictions are labels; else their greatest entry along the axis is the label. @default false */
  sparseYPred?: boolean;
}

const OPTIONS = [...metricOptions, 'ignoreClass', 'sparseYPred', 'axis'];

function forOneHot(who: string, options: OneHotIoUOptions): IoUOptions {
  checkOptions(who, options, OPTIONS);
  return { ...options, sparseYTrue: false, sparseYPred: options.sparseYPred ?? false };
}

/**
 * {@link IoU} for targets that are one-hot: the mean over some classes of |A ∩ B| / |A ∪ B|, A being the entries that are
 * of a class, and B those predicted to be. Classes that never come do not count.
 *
 * Shapes: targets and predictions `[batch, …, classes]`.
 * @throws ValueError if a class to look at does not exist.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new OneHotIoU(2, [1], { name: 'iou' })] });
 * (await model.testOnBatch([[0.8, 0.2], [0.7, 0.3], [0.1, 0.9]], [[1, 0], [0, 1], [0, 1]])).iou;   // 0.5
 * @see https://keras.io/api/metrics/segmentation_metrics/#onehotiou-class
 */
export class OneHotIoU extends IoU {
  constructor(numClasses: number, targetClassIds: readonly number[], options: OneHotIoUOptions = {}) {
    super(numClasses, targetClassIds, forOneHot('OneHotIoU', options), 'OneHotIoU');
  }

  override getConfig(): Config {
    const { numClasses, targetClassIds, name, dtype, ignoreClass, sparseYPred, axis } = this;
    return {
      num_classes: numClasses,
      target_class_ids: targetClassIds,
      name,
      dtype,
      ignore_class: ignoreClass,
      sparse_y_pred: sparseYPred,
      axis,
    };
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    const { numClasses, targetClassIds, ...options } = readConfig('OneHotIoU', config, context);
    return new OneHotIoU(numClasses as number, targetClassIds as readonly number[], options);
  }
}

/**
 * {@link MeanIoU} for targets that are one-hot: the mean over all classes of |A ∩ B| / |A ∪ B|, A being the entries that
 * are of a class, and B those predicted to be. Classes that never come do not count.
 *
 * Shapes: targets and predictions `[batch, …, classes]`.
 * @throws TypeError if numClasses is no positive integer.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new OneHotMeanIoU(2, { name: 'iou' })] });
 * (await model.testOnBatch([[0.8, 0.2], [0.7, 0.3], [0.1, 0.9]], [[1, 0], [0, 1], [0, 1]])).iou;   // 0.5
 * @see https://keras.io/api/metrics/segmentation_metrics/#onehotmeaniou-class
 */
export class OneHotMeanIoU extends MeanIoU {
  constructor(numClasses: number, options: OneHotIoUOptions = {}) {
    super(numClasses, forOneHot('OneHotMeanIoU', options), 'OneHotMeanIoU');
  }

  override getConfig(): Config {
    const { numClasses, name, dtype, ignoreClass, sparseYPred, axis } = this;
    return {
      num_classes: numClasses,
      name,
      dtype,
      ignore_class: ignoreClass,
      sparse_y_pred: sparseYPred,
      axis,
    };
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    const { numClasses, ...options } = readConfig('OneHotMeanIoU', config, context);
    return new OneHotMeanIoU(numClasses as number, options);
  }
}
