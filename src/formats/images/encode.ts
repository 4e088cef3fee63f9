import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';

/** The quality of JPEGs, Pillow's default. */
const JPEG_QUALITY = 75;

/** An image of bytes: rows of pixels, channels last. */
export interface ByteImage {
  readonly height: number;
  readonly width: number;
  /** 1 for gray, 2 with alpha; 3 for color, 4 with alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/** Returns the bytes of an image file. JPEGs are in color, and have no alpha. */
export function encodeImage(image: ByteImage, format: 'png' | 'jpeg'): Uint8Array {
  const { height, width, channels, data } = image;
  if (format === 'png') return encodePng({ width, height, channels, data, depth: 8 });
  const pixels = new Uint8Array(height * width * 4).fill(255);
  const colors = channels <= 2 ? 1 : 3;
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let color = 0; color < 3; color++) {
      pixels[pixel * 4 + color] = data[pixel * channels + (colors === 1 ? 0 : color)] ?? 0;
    }
  }
  return new Uint8Array(jpeg.encode({ width, height, data: pixels }, JPEG_QUALITY).data);
}
