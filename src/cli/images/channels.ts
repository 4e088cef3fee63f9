import { ValueError } from '../../core/errors.ts';
import type { Image } from './decode.ts';

/**
 * An image with another number of channels. Transparency is dropped, or added as 255; grey is repeated, and colours
 * become grey as the eye sees them, by the weights of ITU-R 601 that other libraries use too.
 *
 * @throws ValueError if an image cannot have so many channels.
 */
export function withChannels(image: Image, channels: number, who: string): Image {
  if (image.channels === channels) return image;
  if (![1, 2, 3, 4].includes(channels)) {
    throw new ValueError(
      `[${who}] images have 1, 2, 3 or 4 channels. Received: a model that takes ${channels}. Give it a .npy file.`,
    );
  }
  const { height, width } = image;
  const pixels = height * width;
  const data = new Float32Array(pixels * channels);
  const isGrey = image.channels <= 2;
  const hasAlpha = image.channels % 2 === 0;
  const colors = channels <= 2 ? 1 : 3;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * image.channels;
    const [red = 0, green = 0, blue = 0] = isGrey
      ? Array<number | undefined>(3).fill(image.data[from])
      : image.data.subarray(from, from + 3);
    const to = pixel * channels;
    if (colors === 3) data.set([red, green, blue], to);
    else data[to] = isGrey ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    if (channels > colors) data[to + colors] = hasAlpha ? (image.data[from + image.channels - 1] ?? 255) : 255;
  }
  return { height, width, channels, data };
}
