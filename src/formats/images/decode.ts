import { type DecodedPng, decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { GifReader } from 'omggif';
import { ValueError } from '../../core/errors.ts';
import { decodeBmp } from './bmp.ts';
import type { Image } from './image.ts';

export type { Image } from './image.ts';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const BMP = [0x42, 0x4d];
const GIF = [0x47, 0x49, 0x46, 0x38];

/** The format of an image. */
export type ImageFormat = 'png' | 'jpeg' | 'bmp' | 'gif';

/** The maximum size of an image; larger ones are not decoded. */
const MOST_MEGAPIXELS = 100;

/** Detects the format of an image from its first bytes; null if it has another. */
export function sniffImage(bytes: Uint8Array): ImageFormat | null {
  const startsWith = (magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (startsWith(PNG)) return 'png';
  if (startsWith(JPEG)) return 'jpeg';
  if (startsWith(GIF)) return 'gif';
  return startsWith(BMP) ? 'bmp' : null;
}

const DECODERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Image>> = {
  png: fromPng,
  jpeg: fromJpeg,
  bmp: (bytes) => decodeBmp(bytes, MOST_MEGAPIXELS * 1e6),
  gif: fromGif,
};

/**
 * Decodes a PNG of any depth, a JPEG, a BMP, or the first frame of a GIF. A gray image has one channel, or two with alpha; a
 * color image three, or four.
 *
 * @throws ValueError if the file is of another format, or damaged
 */
export function decodeImage(bytes: Uint8Array, who: string): Image {
  const kind = sniffImage(bytes);
  if (kind === null) {
    throw new ValueError(
      `[${who}] an image must be a PNG, JPEG, BMP or GIF. Received: ${bytes.length} bytes with another signature.`,
    );
  }
  try {
    return DECODERS[kind](bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ValueError(`[${who}] the ${kind.toUpperCase()} must be complete and well-formed. Received: ${reason}.`, {
      cause: error,
    });
  }
}

function fromPng(bytes: Uint8Array): Image {
  checkPngSize(bytes);
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height, depth, channels, palette } = png;
  const samples = depth < 8 ? unpacked(png) : png.data;
  if (palette !== undefined) return fromPalette(samples, palette, width, height);
  const scale = 255 / (2 ** depth - 1);
  const data = Float32Array.from(samples, (sample) => sample * scale);
  return { height, width, channels, data };
}

/** Checks the size, which is in the first chunk, before anything is decompressed. */
function checkPngSize(bytes: Uint8Array): void {
  if (bytes.byteLength < 24) throw new Error(`${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width * height > MOST_MEGAPIXELS * 1e6) {
    throw new Error(`${width} × ${height} pixels, more than ${MOST_MEGAPIXELS} million`);
  }
}

/** Unpacks samples of less than a byte: most significant bit first, each row padded to a whole byte. */
function unpacked({ data, width, height, depth }: DecodedPng): Uint8Array {
  const samples = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      const byte = data[row * rowBytes + (bit >> 3)] ?? 0;
      samples[row * width + column] = (byte >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}

function fromPalette(
  indices: ArrayLike<number>,
  palette: readonly (readonly number[])[],
  width: number,
  height: number,
): Image {
  const channels = palette[0]?.length ?? 3;
  const data = new Float32Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const color = palette[indices[i] ?? 0];
    if (color === undefined) throw new Error(`color ${indices[i] ?? 0} of a palette of ${palette.length}`);
    data.set(color, i * channels);
  }
  return { height, width, channels, data };
}

function fromJpeg(bytes: Uint8Array): Image {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_MEGAPIXELS,
    maxMemoryUsageInMB: 2048,
  });
  return { height, width, channels: 3, data: Float32Array.from(data) };
}

function fromGif(bytes: Uint8Array): Image {
  const reader = new GifReader(bytes);
  const { width, height } = reader;
  if (width * height > MOST_MEGAPIXELS * 1e6) throw new Error(`${width} × ${height} pixels`);
  const pixels = new Uint8Array(width * height * 4);
  reader.decodeAndBlitFrameRGBA(0, pixels);
  const data = new Float32Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = pixels[i + Math.floor(i / 3)] ?? 0;
  return { height, width, channels: 3, data };
}
