import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Tensor, tensor } from 'evenkeel';
import { type LoadImgOptions, arrayToImg, imgToArray, loadImg, saveImg } from 'evenkeel/utils';
import { afterAll, describe, expect, test } from 'vitest';
import { encode as encodePng } from 'fast-png';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface Source {
  readonly kind: 'source';
  readonly name: string;
  readonly bytes: string;
}
interface LoadCase {
  readonly kind: 'load';
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly pixels: GoldenArray;
}
interface ArrayCase {
  readonly kind: 'array';
  readonly options: { readonly scale: boolean; readonly data_format: 'channels_last' | 'channels_first' };
  readonly array: GoldenArray;
  readonly pixels: GoldenArray;
  readonly first: GoldenArray;
}

const { cases } = loadGolden<Source | LoadCase | ArrayCase>('load-img');
const sources = new Map(
  cases.flatMap((each) =>
    each.kind === 'source' ? [[each.name, Uint8Array.from(Buffer.from(each.bytes, 'base64'))] as const] : [],
  ),
);
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-images-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const optionsOf = (given: LoadCase['options']): LoadImgOptions =>
  Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
const listed = ({ shape, data }: Pick<Tensor, 'shape' | 'data'>): unknown => ({ shape: [...shape], data: [...data] });
const golden = ({ shape, data }: GoldenArray): unknown => ({ shape: [...shape], data: Array.from(data, Number) });

describe('images of PNGs are those of Keras, to the bit', () => {
  test.each(
    cases.flatMap((each) =>
      each.kind === 'load' ? [{ ...each, title: `${each.name}, ${JSON.stringify(each.options)}` }] : [],
    ),
  )('loadImg reads $title as Keras', async ({ name, options, pixels }) => {
    const image = await loadImg(sources.get(name)!, optionsOf(options));
    expect(image.dtype).toBe('uint8');
    expect(listed(image)).toEqual(golden(pixels));
  });

  test.each(cases.flatMap((each) => (each.kind === 'array' ? [each] : [])))(
    'arrayToImg and imgToArray convert as Keras: $options',
    ({ array, options, pixels, first }) => {
      const image = arrayToImg(tensor(array.data, array.shape), {
        scale: options.scale,
        dataFormat: options.data_format,
      });
      expect(listed(image)).toEqual(golden(pixels));
      const planes = imgToArray(image, { dataFormat: 'channels_first' });
      expect(planes.dtype).toBe('float32');
      expect(listed(planes)).toEqual(golden(first));
    },
  );
});

test('saveImg writes files that loadImg reads from a path, a URL or bytes', async () => {
  const image = tensor(
    Uint8Array.from({ length: 60 }, (_, i) => i * 4),
    [4, 5, 3],
  );
  await saveImg(at('a.png'), image, { scale: false });
  for (const source of [at('a.png'), pathToFileURL(at('a.png')), readFileSync(at('a.png'))]) {
    expect(listed(await loadImg(source))).toEqual(listed(image));
  }
  await saveImg(at('flat.JPG'), tensor(new Uint8Array(64 * 3).fill(90), [8, 8, 3]), { scale: false });
  expect([...(await loadImg(at('flat.JPG'))).data].every((value) => Math.abs(value - 90) <= 1)).toBe(true);
});

test('loadImg reads the high bytes of an image of 16 bits', async () => {
  const data = Uint16Array.of(0, 255, 256, 65535);
  const file = encodePng({ width: 4, height: 1, channels: 1, depth: 16, data });
  expect((await loadImg(file, { colorMode: 'grayscale' })).toArray()).toEqual([[[0], [0], [1], [255]]]);
});

test('imgToArray adds a channel axis, converts ImageData, and copies', () => {
  expect(imgToArray([[1, 2]]).shape).toEqual([1, 2, 1]);
  const pixels = { width: 1, height: 2, data: new Uint8ClampedArray(8).fill(9) };
  expect(imgToArray(pixels).shape).toEqual([2, 1, 4]);
  const source = tensor([[[1], [2]]]);
  expect(imgToArray(source).data).not.toBe(source.data);
});

describe('helpers for images refuse', () => {
  const file = sources.get('rgb')!;
  test.each<readonly [string, () => unknown, string]>([
    [
      'an unknown filter',
      () => loadImg(file, { interpolation: 'cubic' as never }),
      '[utils.loadImg] interpolation must be one of',
    ],
    [
      'an unknown color mode',
      () => loadImg(file, { colorMode: 'bgr' as never }),
      '[utils.loadImg] colorMode must be one of',
    ],
    [
      'a size that is one number',
      () => loadImg(file, { targetSize: 224 as never }),
      '[utils.loadImg] targetSize must be [height, width]. Received: targetSize=224.',
    ],
    ['an unknown option', () => loadImg(file, { target_size: [1, 1] } as never), 'targetSize'],
    [
      'a file that is no image',
      () => loadImg(Uint8Array.of(1, 2)),
      '[utils.loadImg] an image must be a PNG, JPEG, BMP or GIF.',
    ],
    [
      'a batch',
      async () => imgToArray(tensor(new Float32Array(4), [1, 2, 2, 1])),
      '[utils.imgToArray] an image must be [height, width] or [height, width, channels]. Received: shape [1, 2, 2, 1].',
    ],
    [
      'values above 255 without scale',
      async () => arrayToImg([[[300]]], { scale: false }),
      '[utils.arrayToImg] without scale, values must be in [0, 255]. Received: values from 300 to 300. Pass scale: true.',
    ],
    ['an array of two channels', async () => arrayToImg([[[1, 2]]]), '[utils.arrayToImg] an array must be'],
    ['NaN', async () => arrayToImg([[[NaN]]]), '[utils.arrayToImg] values must be finite. Received: NaN.'],
    ['another ending', () => saveImg(at('a.bmp'), [[[1]]]), '[utils.saveImg] fileFormat must be one of'],
  ])('%s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });
});
