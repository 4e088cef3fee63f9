import { GifWriter } from 'omggif';
import { expect, test } from 'vitest';
import { decodeImage } from '../../../../src/formats/images/decode.ts';

interface Bmp {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly palette?: readonly (readonly [red: number, green: number, blue: number])[];
  /** The bytes of the rows, from the first one in the file. */
  readonly pixels: readonly number[];
  /** The alpha mask of a header of version 3. */
  readonly alpha?: number;
  readonly compression?: number;
}

function bmp({
  width,
  height,
  depth,
  palette = [],
  pixels,
  alpha,
  compression = alpha === undefined ? 0 : 3,
}: Bmp): Uint8Array {
  const headerSize = alpha === undefined ? 40 : 56;
  const start = 14 + headerSize + palette.length * 4;
  const view = new DataView(new ArrayBuffer(start + pixels.length));
  view.setUint16(0, 0x424d);
  view.setUint32(10, start, true);
  view.setUint32(14, headerSize, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, depth, true);
  view.setUint32(30, compression, true);
  if (alpha !== undefined)
    for (const [i, mask] of [0xff0000, 0xff00, 0xff, alpha].entries()) view.setUint32(54 + i * 4, mask, true);
  for (const [i, [red, green, blue]] of palette.entries()) {
    for (const [k, byte] of [blue, green, red].entries()) view.setUint8(14 + headerSize + i * 4 + k, byte);
  }
  for (const [i, byte] of pixels.entries()) view.setUint8(start + i, byte);
  return new Uint8Array(view.buffer);
}

const palette = [
  [1, 2, 3],
  [4, 5, 6],
] as const;

const pixelsOf = (bytes: Uint8Array): number[] => [...decodeImage(bytes, 'image').data];

test('a BMP is read from the bottom, or from the top where its height is negative', () => {
  const pixels = [3, 2, 1, 6, 5, 4, 0, 0, 9, 8, 7, 12, 11, 10, 0, 0];
  const [lower, upper] = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]] as const; // prettier-ignore
  expect(pixelsOf(bmp({ width: 2, height: 2, depth: 24, pixels }))).toEqual([...upper, ...lower]);
  expect(pixelsOf(bmp({ width: 2, height: -2, depth: 24, pixels }))).toEqual([...lower, ...upper]);
});

test.each([
  [1, [0b01000000, 0, 0, 0]],
  [4, [0x01, 0, 0, 0]],
  [8, [0, 1, 0, 0]],
])('the pixels of a BMP of %i bits are colors of its palette', (depth, pixels) => {
  expect(pixelsOf(bmp({ width: 2, height: 1, depth, palette, pixels }))).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a BMP of 32 bits has alpha where its header has a mask for it', () => {
  const image = { width: 1, height: 1, depth: 32, pixels: [3, 2, 1, 4] };
  expect(pixelsOf(bmp(image))).toEqual([1, 2, 3]);
  expect(pixelsOf(bmp({ ...image, alpha: 0xff000000 }))).toEqual([1, 2, 3, 4]);
  expect(pixelsOf(bmp({ ...image, alpha: 0 }))).toEqual([1, 2, 3]);
});

test('a BMP that is compressed, too large or cut off is refused', () => {
  const image = { width: 2, height: 1, depth: 24, pixels: [1, 2, 3, 4, 5, 6, 0, 0] };
  expect(() => decodeImage(bmp({ ...image, depth: 8, compression: 1 }), 'image')).toThrow(
    '[image] the BMP must be complete and well-formed. Received: 8 bits a pixel with compression 1.',
  );
  expect(() => decodeImage(bmp({ ...image, width: 20_000, height: 20_000 }), 'image')).toThrow(
    'Received: 20000 × 20000 pixels.',
  );
  expect(() => decodeImage(bmp(image).subarray(0, 58), 'image')).toThrow(
    '[image] the BMP must be complete and well-formed.',
  );
  expect(() => decodeImage(bmp(image).subarray(0, 12), 'image')).toThrow(
    '[image] the BMP must be complete and well-formed.',
  );
});

test('the first frame of a GIF is read', () => {
  const bytes: number[] = [];
  const writer = new GifWriter(bytes, 2, 2, { palette: [0x010203, 0x040506] });
  writer.addFrame(0, 0, 2, 2, [0, 1, 1, 0]);
  writer.addFrame(0, 0, 2, 2, [1, 1, 1, 1]);
  const gif = Uint8Array.from(bytes.slice(0, writer.end()));
  expect(pixelsOf(gif)).toEqual([1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3]);
  expect(() => decodeImage(gif.subarray(0, 20), 'image')).toThrow('[image] the GIF must be complete and well-formed.');
});
