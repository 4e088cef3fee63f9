import { integers } from '../saving/field-kinds.ts';
import { type Fields, boolean, constant, integer } from '../saving/fields.ts';
import { IoU, type IoUOptions, MeanIoU, allClasses, iouBaseFields, overlapFields } from './iou.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link OneHotIoU} and {@link OneHotMeanIoU}. */
export interface OneHotIoUOptions extends Omit<IoUOptions, 'sparseYTrue' | 'sparseYPred'> {
  /** Whether predictions are labels instead of scores of the classes along the axis. @default false */
  sparseYPred?: boolean;
}

const oneHotFields: Fields = { ...overlapFields, sparseYTrue: constant(false), sparseYPred: boolean(false) };

/**
 * {@link IoU} for one-hot targets: the mean intersection over union |A ∩ B| / |A ∪ B| of some classes, where A are the
 * entries of a class and B those predicted to be. Classes without entries do not count.
 *
 * Shapes: targets and predictions `[batch, …, classes]`.
 * @throws ValueError if a target class does not exist.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new OneHotIoU(2, [1], { name: 'iou' })] });
 * (await model.testOnBatch([[0.8, 0.2], [0.7, 0.3], [0.1, 0.9]], [[1, 0], [0, 1], [0, 1]])).iou;   // 0.5
 * @see https://keras.io/api/metrics/segmentation_metrics/#onehotiou-class
 */
export class OneHotIoU extends IoU {
  static override readonly className: string = 'OneHotIoU';
  static override readonly positional = ['numClasses', 'targetClassIds', 'name', 'dtype'] as const;
  static override readonly fields: Fields = {
    numClasses: integer(undefined, 1),
    targetClassIds: integers(),
    ...iouBaseFields,
    ...oneHotFields,
  };

  constructor(
    ...args: Arguments<
      OneHotIoUOptions & { numClasses: number; targetClassIds: readonly number[] },
      typeof OneHotIoU.positional
    >
  );
  constructor(numClasses: number, targetClassIds: readonly number[], options?: OneHotIoUOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options, positional);
  }
}

/**
 * {@link MeanIoU} for one-hot targets: the mean intersection over union |A ∩ B| / |A ∪ B| of all classes, where A are the
 * entries of a class and B those predicted to be. Classes without entries do not count.
 *
 * Shapes: targets and predictions `[batch, …, classes]`.
 * @throws TypeError if numClasses is not a positive integer.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new OneHotMeanIoU(2, { name: 'iou' })] });
 * (await model.testOnBatch([[0.8, 0.2], [0.7, 0.3], [0.1, 0.9]], [[1, 0], [0, 1], [0, 1]])).iou;   // 0.5
 * @see https://keras.io/api/metrics/segmentation_metrics/#onehotmeaniou-class
 */
export class OneHotMeanIoU extends MeanIoU {
  static override readonly className: string = 'OneHotMeanIoU';
  static override readonly positional = ['numClasses', 'name', 'dtype'] as const;
  static override readonly fields: Fields = {
    numClasses: integer(undefined, 1),
    ...iouBaseFields,
    ...oneHotFields,
    targetClassIds: allClasses,
  };

  constructor(...args: Arguments<OneHotIoUOptions & { numClasses: number }, typeof OneHotMeanIoU.positional>);
  constructor(numClasses: number, options?: OneHotIoUOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options, positional);
  }
}
