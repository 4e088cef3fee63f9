import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tensor } from 'evenkeel';
import { audioDatasetFromDirectory, imageDatasetFromDirectory, textDatasetFromDirectory } from 'evenkeel/utils';
import { afterAll, describe, expect, test } from 'vitest';
import { indexDirectory, subsetOf } from '../../../../../src/keras/utils/directory/index-directory.ts';
import {
  type DirectoryDatasetOptions,
  readDirectoryOptions,
} from '../../../../../src/keras/utils/directory/directory-options.ts';
import { openFolder } from '../../../../../src/keras/utils/directory/folder.ts';
import { expectClose } from '../../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../../support/golden.ts';

type Options = Readonly<Record<string, unknown>>;

type Case =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: string }
  | {
      readonly kind: 'index';
      readonly name: string;
      readonly options: Options;
      readonly files: readonly string[];
      readonly labels: readonly number[] | null;
      readonly class_names: readonly string[] | null;
    }
  | {
      readonly kind: 'labels';
      readonly mode: 'int' | 'categorical' | 'binary';
      readonly class_names: readonly string[] | null;
      readonly batches: readonly GoldenArray[];
    }
  | {
      readonly kind: 'image';
      readonly path: string;
      readonly size: readonly [number, number];
      readonly color_mode: 'rgb';
      readonly options: Options;
      readonly pixels: GoldenArray;
    }
  | {
      readonly kind: 'text';
      readonly max_length: number | null;
      readonly batches: readonly { readonly texts: readonly string[]; readonly labels: readonly number[] }[];
    }
  | {
      readonly kind: 'audio';
      readonly output_sequence_length: number | null;
      readonly batches: readonly { readonly x: GoldenArray; readonly y: GoldenArray }[];
    };

const { cases } = loadGolden<Case>('directory-datasets');
const of = <Kind extends Case['kind']>(kind: Kind): readonly Extract<Case, { readonly kind: Kind }>[] =>
  cases.filter((each): each is Extract<Case, { readonly kind: Kind }> => each.kind === kind);

const root = mkdtempSync(join(tmpdir(), 'evenkeel-data-'));
for (const { path, bytes } of of('file')) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), Buffer.from(bytes, 'base64'));
}
afterAll(() => {
  rmSync(root, { recursive: true });
});

const camel = (options: Options): Options =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  images: ['.bmp', '.gif', '.jpeg', '.jpg', '.png'],
  texts: ['.txt'],
  sounds: ['.wav'],
};

/** The files of the folder as a browser gives them, in no order. */
const asFiles = (name: string): File[] =>
  of('file')
    .filter(({ path }) => path.startsWith(`${name}/`))
    .reverse()
    .map(({ path, bytes }) =>
      Object.assign(new File([Buffer.from(bytes, 'base64')], path.split('/').at(-1)!), { webkitRelativePath: path }),
    );

describe.each(['path', 'files'])('from a folder given as %s', (source) => {
  test.each(of('index'))(
    'files, labels and subsets are in the order of Keras: $name $options',
    async ({ name, options, files, labels, class_names }) => {
      const given = { ...camel(options), verbose: false } as DirectoryDatasetOptions;
      const settings = readDirectoryOptions('f', given, []);
      const folder = openFolder('f', source === 'path' ? join(root, name) : asFiles(name));
      const found = await indexDirectory('f', folder, settings, ENDINGS[name]!);
      const part = subsetOf(found, settings, settings.subset as 'training');
      const prefix = source === 'path' ? join(root, name) : name;
      expect(part.files.map(({ path }) => path)).toEqual(files.map((file) => `${prefix}/${file}`));
      expect(part.labels).toEqual(labels);
      expect(part.classNames).toEqual(class_names);
    },
  );
});

test('the seed 2³² − 1 is the last one, as in NumPy', () => {
  expect(() => readDirectoryOptions('f', { seed: 2 ** 32 }, [])).toThrow(
    '[f] seed must be in [0, 2³²). Received: seed=4294967296.',
  );
});

test.each(of('labels'))('labels are encoded as in Keras: $mode', async ({ mode, class_names, batches }) => {
  const dataset = await imageDatasetFromDirectory(join(root, 'images'), {
    labelMode: mode,
    classNames: class_names,
    imageSize: 2,
    batchSize: 5,
    shuffle: false,
    verbose: false,
  });
  const found = await dataset.toArray();
  expect(found.map(([, { shape, dtype, data }]) => ({ shape, dtype, data }))).toEqual(batches);
});

test.each(of('image'))(
  'an image has the pixels of Keras: $path $color_mode $size $options',
  async ({ path, size, color_mode, options, pixels }) => {
    const { bytes } = of('file').find((each) => each.path === path)!;
    const dataset = await imageDatasetFromDirectory(
      [new File([Buffer.from(bytes, 'base64')], path.split('/').at(-1)!)],
      {
        ...camel(options),
        labels: null,
        colorMode: color_mode,
        imageSize: size,
        batchSize: null,
        verbose: false,
      },
    );
    const [image] = await dataset.toArray();
    expect(image!.shape).toEqual(pixels.shape);
    expect(image!.dtype).toBe(pixels.dtype);
    expectClose(image!.data, pixels.data, { rtol: 1e-5 });
  },
);

test.each(of('text'))('texts are those of Keras, up to $max_length bytes', async ({ max_length, batches }) => {
  const dataset = await textDatasetFromDirectory(join(root, 'texts'), {
    maxLength: max_length,
    batchSize: 4,
    shuffle: false,
    verbose: false,
  });
  const found = await dataset.toArray();
  const expected = batches.map(({ texts, labels }) => [
    texts.map((text) =>
      Buffer.from(text, 'base64')
        .toString()
        .replace(/\ufffd$/, ''),
    ),
    labels,
  ]);
  expect(found.map(([texts, labels]) => [texts, labels.toArray()])).toEqual(expected);
});

test.each(of('audio'))(
  'sounds are those of Keras, of $output_sequence_length frames',
  async ({ output_sequence_length, batches }) => {
    const dataset = await audioDatasetFromDirectory(join(root, 'sounds'), {
      outputSequenceLength: output_sequence_length,
      batchSize: 2,
      shuffle: false,
      verbose: false,
    });
    const plain = ({ shape, dtype, data }: Tensor): object => ({ shape, dtype, data });
    expect((await dataset.toArray()).map(([x, y]) => ({ x: plain(x), y: plain(y) }))).toEqual(batches);
  },
);
