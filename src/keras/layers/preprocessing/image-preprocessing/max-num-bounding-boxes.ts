import type { Value } from '../../../../compiler/ir/value.ts';
import { standIn } from '../../../ops/image/images.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { unlessDefault } from '../../../saving/field-kinds.ts';
import { type Fields, integer } from '../../../saving/fields.ts';
import { positive } from '../../base/option-fields.ts';
import { BaseImagePreprocessingLayer, type ImagePreprocessingOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';

/** Options of {@link MaxNumBoundingBoxes}. */
export interface MaxNumBoundingBoxesOptions extends ImagePreprocessingOptions {
  /** The number that boxes and labels are filled with. @default -1 */
  fillValue?: number | undefined;
}

/**
 * Gives all images of a batch one number of bounding boxes: removes the last ones, or adds boxes and labels of the fill value.
 * Images pass through.
 *
 * Shapes: `boxes` `[batch, boxes, 4]` → `[batch, maxNumber, 4]`, `labels` `[batch, boxes]` → `[batch, maxNumber]`.
 * @throws ValueError for a number that is not positive, or images of another rank.
 * @example
 * new MaxNumBoundingBoxes(2, { boundingBoxFormat: 'xyxy' }).maxNumber;    // 2
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/max_num_bounding_boxes/
 */
export class MaxNumBoundingBoxes extends BaseImagePreprocessingLayer<null> {
  static override readonly className: string = 'MaxNumBoundingBoxes';
  static override readonly positional = ['maxNumber', 'fillValue'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    maxNumber: positive(),
    // Keras reads the fill value, and does not write it.
    fillValue: unlessDefault(integer(-1)),
  };

  /** The number of boxes of an image. */
  declare readonly maxNumber: number;
  /** The number that boxes and labels are filled with. */
  declare readonly fillValue: number;

  constructor(
    ...args: Arguments<MaxNumBoundingBoxesOptions & { maxNumber: number }, typeof MaxNumBoundingBoxes.positional>
  );
  constructor(maxNumber: number, options?: MaxNumBoundingBoxesOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get transformsInInference(): boolean {
    return true;
  }

  override getRandomTransformation(): null {
    return null;
  }

  override transformImages(images: Value): Value {
    return images;
  }

  override transformBoundingBoxes({ boxes, labels }: BoundingBoxes): BoundingBoxes {
    return { boxes: this.#fit(boxes), labels: this.#fit(labels) };
  }

  #fit(x: Value): Value {
    const { maxNumber, fillValue } = this;
    const count = x.shape[1] ?? null;
    // While a model is described, the number of boxes may be unknown, and only the shape of the result matters.
    if (count === null) return standIn(x, new Map([[1, maxNumber]]));
    const kept = count > maxNumber ? ops.take(x, ops.arange(maxNumber), { axis: 1 }) : x;
    const added = x.shape.map((_, axis) => [0, axis === 1 ? Math.max(maxNumber - count, 0) : 0] as const);
    return ops.pad(kept, added, { constantValues: fillValue });
  }
}
