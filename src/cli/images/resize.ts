import type { Image } from '../../formats/images/decode.ts';

/** The two source positions of a target position, and its relative distance from the first. */
interface Place {
  readonly low: number;
  readonly high: number;
  readonly part: number;
}

/**
 * Resizes an image by bilinear interpolation between the centers of the pixels:
 *
 *     source = (target + ½) · source size / target size − ½
 *
 * as `tf.image.resize` without antialiasing. Positions beyond the outermost centers are clamped to the border.
 */
export function resizeImage(image: Image, height: number, width: number): Image {
  if (image.height === height && image.width === width) return image;
  const { channels } = image;
  const [rows, columns] = [places(image.height, height), places(image.width, width)];
  const data = new Float32Array(height * width * channels);
  const at = (row: number, column: number, channel: number): number =>
    image.data[(row * image.width + column) * channels + channel] ?? 0;
  let to = 0;
  for (const { low: top, high: bottom, part: down } of rows) {
    for (const { low: left, high: right, part: across } of columns) {
      for (let channel = 0; channel < channels; channel++) {
        const above = mix(at(top, left, channel), at(top, right, channel), across);
        const below = mix(at(bottom, left, channel), at(bottom, right, channel), across);
        data[to++] = mix(above, below, down);
      }
    }
  }
  return { height, width, channels, data };
}

const mix = (a: number, b: number, part: number): number => a + (b - a) * part;

function places(from: number, to: number): readonly Place[] {
  return Array.from({ length: to }, (_, i) => {
    const source = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(source);
    return { low, high: Math.min(low + 1, from - 1), part: source - low };
  });
}
