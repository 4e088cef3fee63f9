import type { Tensor } from '../../core/tensor.ts';
import { isFloat } from '../../core/dtype.ts';
import type { ByteImage } from '../../formats/images/encode.ts';
import type { Summary } from '../../formats/tensorboard/events.ts';

/** The number of images of a weight that TensorFlow writes. */
const MAX_IMAGES = 3;

/**
 * The images of a weight, as Keras arranges them after removing the axes of size 1: a vector is a column, a matrix an image that is
 * wider than high, of three axes the last one counts the images, and of four the first one counts them and the last one holds the
 * channels. Other weights have none.
 */
export function weightImages(weight: Tensor): readonly ByteImage[] {
  const shape = weight.shape.filter((size) => size !== 1);
  const [a = 0, b = 0, c = 0, d = 0] = shape;
  const { data } = weight;
  const at = (index: number): number => toByte(data[index] ?? NaN, weight);
  if (shape.length === 1) return [imageOf(a, 1, 1, at)];
  if (shape.length === 2) {
    return a > b ? [imageOf(b, a, 1, (i) => at((i % a) * b + Math.floor(i / a)))] : [imageOf(a, b, 1, at)];
  }
  if (shape.length === 3) {
    return Array.from({ length: Math.min(c, MAX_IMAGES) }, (_, image) => imageOf(a, b, 1, (i) => at(i * c + image)));
  }
  if (shape.length !== 4 || (d !== 3 && d !== 4)) return [];
  const size = b * c * d;
  return Array.from({ length: Math.min(a, MAX_IMAGES) }, (_, image) => imageOf(b, c, d, (i) => at(image * size + i)));
}

/** The images of a weight as a summary; null if it has none. */
export async function weightImageSummary(tag: string, weight: Tensor): Promise<Summary | null> {
  const images = weightImages(weight);
  const [first] = images;
  if (first === undefined) return null;
  // Imported on use, since the encoders are large.
  const [{ encodeImage }, { imageSummary }] = await Promise.all([
    import('../../formats/images/encode.ts'),
    import('../../formats/tensorboard/summaries.ts'),
  ]);
  const files = images.map((image) => encodeImage(image, 'png'));
  return imageSummary(tag, first.width, first.height, files);
}

function imageOf(height: number, width: number, channels: 1 | 3 | 4, at: (index: number) => number): ByteImage {
  return { height, width, channels, data: Uint8Array.from({ length: height * width * channels }, (_, i) => at(i)) };
}

/** A value as a byte, as `tf.image.convert_image_dtype` converts it: [0, 1] becomes [0, 255], and integers lose their low bits. */
function toByte(value: number, { dtype }: Tensor): number {
  if (isFloat(dtype)) return clamp(dtype === 'float32' ? Math.fround(value * 255.5) : value * 255.5);
  if (dtype === 'bool') return value === 0 ? 0 : 255;
  return dtype === 'int32' ? clamp(Math.floor(value / 2 ** 23)) : value;
}

const clamp = (value: number): number => (value > 0 ? Math.min(255, Math.trunc(value)) : 0);
