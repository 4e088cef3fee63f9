import { describe, expect, test } from 'vitest';
import { ImageBatch } from '../../../src/cli/images/batch.ts';
import { type DataFormat, withChannels } from '../../../src/formats/images/channels.ts';
import { type Image, decodeImage } from '../../../src/formats/images/decode.ts';
import { resizeImage } from '../../../src/cli/images/resize.ts';
import { expectClose } from '../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../support/golden.ts';

interface ImageCase {
  readonly kind: 'decode';
  readonly name: string;
  readonly bytes: string;
  readonly pixels: GoldenArray;
  readonly atol: number;
}

interface ResizeCase {
  readonly kind: 'resize';
  readonly source: GoldenArray;
  readonly target: GoldenArray;
}

const { cases } = loadGolden<ImageCase | ResizeCase>('images');
const images = cases.filter((each) => each.kind === 'decode');
const resized = cases.filter((each) => each.kind === 'resize');
const bytesOf = (name: string): Uint8Array =>
  Uint8Array.from(Buffer.from(images.find((each) => each.name === name)!.bytes, 'base64'));

/** An image of one pixel. */
const pixel = (...channels: number[]): Image => ({
  height: 1,
  width: 1,
  channels: channels.length,
  data: Float32Array.from(channels),
});

describe('decodeImage', () => {
  test.each(images)('decodeImage reads the same pixels as TensorFlow: $name', ({ name, pixels, atol }) => {
    const { height, width, channels, data } = decodeImage(bytesOf(name), 'image');
    expect([height, width, channels]).toEqual(pixels.shape);
    expectClose(data, pixels.data, { rtol: 1e-6, atol });
  });

  test('decodeImage refuses files that are not images, and damaged images', () => {
    expect(() => decodeImage(Uint8Array.of(1, 2, 3), 'image a.gif')).toThrow(
      '[image a.gif] an image must be a PNG, JPEG, BMP or GIF. Received: 3 bytes with another signature.',
    );
    const png = bytesOf('PNG, colour');
    expect(() => decodeImage(png.subarray(0, 60), 'image')).toThrow(
      '[image] the PNG must be complete and well-formed. Received: ',
    );
    expect(() => decodeImage(png.with(50, 255 - png[50]!), 'image')).toThrow('[image] the PNG must be complete');
    expect(() => decodeImage(png.subarray(0, 12), 'image')).toThrow('Received: 12 bytes.');
    const jpeg = bytesOf('JPEG');
    expect(() => decodeImage(jpeg.subarray(0, 40), 'image')).toThrow('[image] the JPEG must be complete');
  });

  test('decodeImage refuses an image of enormous declared size before decompressing it', () => {
    const png = bytesOf('PNG, colour');
    png.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
    expect(() => decodeImage(png, 'image')).toThrow(
      '[image] the PNG must be complete and well-formed. Received: 65536 × 65536 pixels, more than 100 million.',
    );
  });
});

describe('withChannels', () => {
  test.each<readonly [from: number[], to: number[]]>([
    [[10, 20, 30], [18.15]],
    [[10, 20, 30, 40], [18.15]],
    [
      [10, 20, 30, 40],
      [18.15, 40],
    ],
    [
      [10, 20, 30],
      [10, 20, 30, 255],
    ],
    [
      [10, 20, 30, 40],
      [10, 20, 30],
    ],
    [[7], [7, 7, 7]],
    [[7], [7, 255]],
    [
      [7, 9],
      [7, 7, 7, 9],
    ],
    [[7, 9], [7]],
  ])('withChannels makes of %j the channels %j', (from, to) => {
    expectClose(withChannels(pixel(...from), to.length, 'image').data, to, { rtol: 1e-6 });
  });

  test('withChannels refuses more than four channels', () => {
    expect(() => withChannels(pixel(1), 5, 'image')).toThrow(
      '[image] images have 1, 2, 3 or 4 channels. Received: a model with 5. Use a .npy file instead.',
    );
  });
});

describe('resizeImage', () => {
  test.each(resized)('resizeImage agrees with TensorFlow: $target.shape', ({ source, target }) => {
    const [height, width, channels] = source.shape as [number, number, number];
    const image = { height, width, channels, data: Float32Array.from(source.data) };
    const made = resizeImage(image, target.shape[0]!, target.shape[1]!);
    expect([made.height, made.width, made.channels]).toEqual(target.shape);
    expectClose(made.data, target.data, { rtol: 1e-5 });
  });
});

describe('ImageBatch', () => {
  const options = { dataFormat: 'channels_last' as DataFormat, resize: false, size: null };

  test('ImageBatch concatenates images in the requested data format', () => {
    const last = new ImageBatch([null, 5, 7, 3], 2, options);
    const first = new ImageBatch([null, 3, 5, 7], 2, { ...options, dataFormat: 'channels_first' });
    for (const batch of [last, first]) {
      batch.add('a', bytesOf('PNG, colour'));
      batch.add('b', bytesOf('PNG, grey'));
    }
    const [a, b] = [last.join(), first.join()];
    expect(a.shape).toEqual([2, 5, 7, 3]);
    expect(b.shape).toEqual([2, 3, 5, 7]);
    const at = (row: number, y: number, x: number, channel: number): number =>
      a.data[((row * 5 + y) * 7 + x) * 3 + channel]!;
    expect(b.data[((1 * 3 + 2) * 5 + 4) * 7 + 6]).toBe(at(1, 4, 6, 2));
    expect(b.data[((0 * 3 + 1) * 5 + 2) * 7 + 3]).toBe(at(0, 2, 3, 1));
  });

  test('ImageBatch accepts images of another size only with resize', () => {
    const batch = new ImageBatch([null, 10, 10, 3], 1, options);
    expect(() => batch.add('a.png', bytesOf('PNG, colour'))).toThrow(
      "[image a.png] the image must have the model's input size, 10 × 10. Received: 5 × 7. Use --resize.",
    );
    const resizing = new ImageBatch([null, 10, 10, 3], 1, { ...options, resize: true });
    resizing.add('a.png', bytesOf('PNG, colour'));
    expect(resizing.join().shape).toEqual([1, 10, 10, 3]);
  });

  test('ImageBatch requires equal sizes, or a size option, if the model accepts any size', () => {
    const any = new ImageBatch([null, null, null, 3], 2, options);
    any.add('a.png', bytesOf('PNG, colour'));
    expect(() => any.add('b.jpg', bytesOf('JPEG'))).toThrow(
      '[image b.jpg] all images must have the size of a.png, 5 × 7. Received: 16 × 16. Use --size.',
    );
    const sized = new ImageBatch([null, null, null, 3], 2, { ...options, resize: true, size: [4, 6] });
    sized.add('a.png', bytesOf('PNG, colour'));
    sized.add('b.jpg', bytesOf('JPEG'));
    expect(sized.join().shape).toEqual([2, 4, 6, 3]);
  });

  test("ImageBatch refuses models without image inputs, and a size other than the model's", () => {
    expect(() => new ImageBatch([null, 10], 1, options)).toThrow(
      "[images] the model's input must be [batch, height, width, channels]. Received: [null, 10]. Use a .npy file instead.",
    );
    expect(() => new ImageBatch([null, 8, null, 3], 1, { ...options, size: [4, 4] })).toThrow(
      "[images] --size must be the model's input size, 8 × any. Received: 4 × 4. Omit --size.",
    );
  });
});
