import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Tensor } from 'evenkeel';
import {
  type DirectoryDataset,
  type DirectoryHandleLike,
  audioDatasetFromDirectory,
  imageDatasetFromDirectory,
  saveImg,
  textDatasetFromDirectory,
} from 'evenkeel/utils';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { files as plainFiles } from '../../../../../src/formats/files/files-plain.ts';

let root = '';
let png: Uint8Array<ArrayBuffer>;

/** Writes texts into files. */
function write(tree: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'evenkeel-folder-'));
  png = new Uint8Array(await saveImg(null, [[[9, 8, 7]]], { scale: false, fileFormat: 'png' }));
  write({ 'texts/a/1.txt': 'one', 'texts/a/2.txt': 'two', 'texts/b/3.txt': 'three', 'other/4.txt': 'four' });
  write({ 'images/a/1.png': png, 'images/b/2.png': png });
  mkdirSync(join(root, 'empty'));
  symlinkSync(join(root, 'other'), join(root, 'texts/a/linked'));
  symlinkSync(join(root, 'nowhere'), join(root, 'texts/a/broken.txt'));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const quiet = { verbose: false, shuffle: false } as const;
const names = ({ filePaths }: DirectoryDataset<unknown>): string[] => filePaths.map((path) => path.slice(-5));

describe('the folder', () => {
  test('can be a path, with or without a slash, or a file URL', async () => {
    for (const directory of [join(root, 'texts'), `${join(root, 'texts')}/`, pathToFileURL(join(root, 'texts'))]) {
      const dataset = await textDatasetFromDirectory(directory, quiet);
      const [[texts] = []] = await dataset.toArray();
      expect(texts).toEqual(['one', 'two', 'three']);
    }
  });

  test('can be a file URL of names that URLs escape, which paths show as they are', async () => {
    write({ 'of names/a b/c d/1 %.txt': 'one' });
    const folder = join(root, 'of names');
    const dataset = await textDatasetFromDirectory(pathToFileURL(folder), { ...quiet, labels: null });
    expect(await dataset.toArray()).toEqual([['one']]);
    expect(dataset.filePaths).toEqual([`${String(pathToFileURL(folder))}/a b/c d/1 %.txt`]);
  });

  test('is visited through links only where that is asked for; links that lead nowhere are omitted', async () => {
    const directory = join(root, 'texts');
    expect(names(await textDatasetFromDirectory(directory, quiet))).toEqual(['1.txt', '2.txt', '3.txt']);
    const followed = await textDatasetFromDirectory(directory, { ...quiet, followLinks: true });
    expect(names(followed)).toEqual(['1.txt', '2.txt', '4.txt', '3.txt']);
    // A class may be a link.
    symlinkSync(join(root, 'other'), join(root, 'texts/c'));
    const classes = await textDatasetFromDirectory(directory, quiet);
    expect(classes.classNames).toEqual(['a', 'b', 'c']);
    expect(names(classes)).toEqual(['1.txt', '2.txt', '3.txt', '4.txt']);
    rmSync(join(root, 'texts/c'));
  });

  test('can be a directory handle, or files without paths', async () => {
    const handle = (
      name: string,
      inside: readonly (DirectoryHandleLike | FileSystemFileHandle)[],
    ): DirectoryHandleLike =>
      new (class {
        readonly kind = 'directory';
        readonly name = name;
        async *values(): AsyncGenerator<DirectoryHandleLike | FileSystemFileHandle> {
          await Promise.resolve();
          yield* inside;
        }
      })();
    const file = (name: string): FileSystemFileHandle =>
      ({ kind: 'file', name, getFile: () => Promise.resolve(new File([name], name)) }) as FileSystemFileHandle;
    const dataset = await textDatasetFromDirectory(
      handle('main', [file('x.txt'), handle('b', [file('2.txt')]), handle('a', [file('9.txt'), file('1.txt')])]),
      quiet,
    );
    expect(dataset.filePaths).toEqual(['main/a/1.txt', 'main/a/9.txt', 'main/b/2.txt']);
    expect((await dataset.toArray())[0]![0]).toEqual(['1.txt', '9.txt', '2.txt']);
    const loose = await textDatasetFromDirectory([new File(['b'], 'b.txt'), new File(['a'], 'a.txt')], {
      ...quiet,
      labels: null,
    });
    expect(await loose.toArray()).toEqual([['a', 'b']]);
  });

  test('that is none, does not exist, has no files or no browser is refused', async () => {
    await expect(textDatasetFromDirectory([], quiet)).rejects.toThrow(
      '[utils.textDatasetFromDirectory] directory must be a path, a list of files that is not empty, or a directory handle. Received: directory=[].',
    );
    await expect(textDatasetFromDirectory(join(root, 'nothing'), quiet)).rejects.toThrow(
      '[utils.textDatasetFromDirectory] the file at path must exist.',
    );
    await expect(imageDatasetFromDirectory(join(root, 'texts'), quiet)).rejects.toThrow(
      '[utils.imageDatasetFromDirectory] directory must have images, .bmp, .gif, .jpeg, .jpg, .png. Received: directory=',
    );
    await expect(
      textDatasetFromDirectory(join(root, 'other'), { ...quiet, labels: null, validationSplit: 0.5, subset: 'both' }),
    ).rejects.toThrow(
      '[utils.textDatasetFromDirectory] directory must have files for validation among its texts, .txt. Received: directory=',
    );
    await expect(plainFiles.readFolder('f', 'images')).rejects.toThrow(
      '[f] browsers cannot list a folder: pass the files of an <input type="file" webkitdirectory>, or a directory handle. Received: path="images".',
    );
  });
});

describe('the dataset', () => {
  test('has types that follow the options', async () => {
    const directory = join(root, 'images');
    const plain = await imageDatasetFromDirectory(directory, { ...quiet, imageSize: 3 });
    expectTypeOf(plain).toEqualTypeOf<DirectoryDataset<[Tensor, Tensor]>>();
    const unlabeled = await imageDatasetFromDirectory(directory, { ...quiet, labels: null, batchSize: null });
    expectTypeOf(unlabeled).toEqualTypeOf<DirectoryDataset<Tensor>>();
    expect(unlabeled.classNames).toBe(null);
    const [training, validation] = await textDatasetFromDirectory(join(root, 'texts'), {
      ...quiet,
      batchSize: null,
      validationSplit: 0.4,
      subset: 'both',
    });
    expectTypeOf(training).toEqualTypeOf<DirectoryDataset<[string, Tensor]>>();
    expect(names(training)).toEqual(['1.txt', '2.txt']);
    expect(names(validation)).toEqual(['3.txt']);
    expect(plain.cardinality()).toBe(1);
  });

  test('has the files in another order in each pass, and those for validation in the same one', async () => {
    const tree = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`many/a/${i}.txt`, String(i)]));
    write(tree);
    const [training, validation] = await textDatasetFromDirectory(join(root, 'many'), {
      verbose: false,
      batchSize: 5,
      seed: 2,
      validationSplit: 0.5,
      subset: 'both',
    });
    const texts = async (dataset: typeof training): Promise<string[]> =>
      (await dataset.toArray()).flatMap(([batch]) => batch);
    const [first, second] = [await texts(training), await texts(training)];
    expect(first).not.toEqual(second);
    expect([...first].sort()).toEqual([...second].sort());
    const validated = await texts(validation);
    expect(await texts(validation)).toEqual(validated);
    expect([...first, ...validated].sort()).toEqual(Object.values(tree).sort());
  });

  test('reads few files ahead of its consumer', async () => {
    let read = 0;
    const files = Array.from({ length: 200 }, (_, i) => {
      const file = new File([png], `${i}.png`);
      const stream = file.stream.bind(file);
      return Object.assign(file, {
        stream: () => {
          read++;
          return stream();
        },
      });
    });
    const dataset = await imageDatasetFromDirectory(files, { ...quiet, labels: null, imageSize: 2, batchSize: 4 });
    let taken = 0;
    for await (const batch of dataset) {
      expect(batch.shape).toEqual([4, 2, 2, 3]);
      taken += 4;
      await new Promise((resolve) => setTimeout(resolve, 2));
      // Two batches that wait, one that is being made, and eight files.
      expect(read - taken).toBeLessThanOrEqual(3 * 4 + 8);
      if (taken === 40) break;
    }
    expect(read).toBeLessThan(70);
  });

  test('prints the numbers of files and classes, unless it is told not to', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await textDatasetFromDirectory(join(root, 'texts'), { shuffle: false, validationSplit: 0.4, subset: 'both' });
    await textDatasetFromDirectory(join(root, 'texts'), { shuffle: false, labels: null });
    const printed = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(printed).toEqual([
      'Found 3 files belonging to 2 classes.',
      'Using 2 files for training.',
      'Using 1 files for validation.',
      'Found 3 files.',
    ]);
  });

  test('names the file that is damaged, or of another kind', async () => {
    const damaged = await imageDatasetFromDirectory([new File([png.subarray(0, 40)], 'broken.png')], {
      ...quiet,
      labels: null,
    });
    await expect(damaged.toArray()).rejects.toThrow(
      '[utils.imageDatasetFromDirectory broken.png] the PNG must be complete and well-formed.',
    );
    const sound = await audioDatasetFromDirectory([new File([png], 'broken.wav')], { ...quiet, labels: null });
    await expect(sound.toArray()).rejects.toThrow(
      '[utils.audioDatasetFromDirectory broken.wav] a sound must be a complete and well-formed WAV file.',
    );
  });
});

describe('options', () => {
  const refused = async (options: Readonly<Record<string, unknown>>, message: string): Promise<void> => {
    await expect(imageDatasetFromDirectory(join(root, 'images'), { verbose: false, ...options })).rejects.toThrow(
      `[utils.imageDatasetFromDirectory] ${message}`,
    );
  };

  test('that are unknown, of the wrong type or contradictory are refused', async () => {
    await refused({ image_size: 3 }, 'unknown option "image_size". Did you mean "imageSize"?');
    await refused(
      { labels: 'some' },
      `labels must be 'inferred', null, or a list of integers, one for each file. Received: labels="some".`,
    );
    await refused({ labels: [0.5, 1] }, 'labels must be');
    await refused({ labels: [1] }, 'labels must have one entry for each file, 2 in');
    await refused({ labelMode: 'one' }, 'labelMode must be one of "int", "categorical", "binary".');
    await refused({ labels: [1, 2], classNames: ['a'] }, `classNames can only be given with labels: 'inferred'.`);
    await refused(
      { classNames: ['a', 'z'] },
      'each of classNames must be a folder in directory. Received: "z". The folders are ["a", "b"].',
    );
    await refused({ classNames: ['a'], labelMode: 'binary' }, `labelMode: 'binary' needs 2 classes. Received: ["a"].`);
    await refused(
      { labels: [0, 2], labelMode: 'categorical' },
      `labelMode: 'categorical' needs labels from 0 to the number of classes, 2. Received: the label 2.`,
    );
    await refused(
      { imageSize: [1, 2, 3] },
      'imageSize must be an integer or [height, width]. Received: imageSize=[1, 2, 3].',
    );
    await refused({ imageSize: [0, 2] }, 'imageSize[0] must be an integer ≥ 1.');
    await refused({ interpolation: 'cubic' }, 'interpolation must be one of "bilinear", "nearest"');
    await refused(
      { cropToAspectRatio: true, padToAspectRatio: true },
      'only one of cropToAspectRatio and padToAspectRatio can be true. Received: both.',
    );
    await refused({ colorMode: 'gray' }, 'colorMode must be one of "grayscale", "rgb", "rgba".');
    await refused({ batchSize: 0 }, 'batchSize must be an integer ≥ 1.');
    await refused({ seed: 2 ** 32 }, 'seed must be in [0, 2³²).');
    await refused({ validationSplit: 1, subset: 'both' }, 'validationSplit must be in (0, 1) where subset is given.');
    await refused(
      { subset: 'both' },
      'validationSplit must be in (0, 1) where subset is given. Received: validationSplit=null, subset="both".',
    );
    await refused({ validationSplit: 0.5 }, `validationSplit needs subset: 'training', 'validation' or 'both'.`);
    await refused(
      { validationSplit: 0.5, subset: 'training' },
      'validationSplit needs a seed where files are shuffled, so that the subsets do not overlap.',
    );
    await refused({ validationSplit: 0.5, subset: 'all' }, 'subset must be one of "training", "validation", "both".');
    await expect(audioDatasetFromDirectory(root, { ragged: true })).rejects.toThrow(
      '[utils.audioDatasetFromDirectory] ragged must be false: there are no ragged tensors.',
    );
    await expect(audioDatasetFromDirectory(root, { samplingRate: 0.5 })).rejects.toThrow(
      'samplingRate must be an integer ≥ 1.',
    );
    await expect(textDatasetFromDirectory(root, { maxLength: -1 })).rejects.toThrow(
      'maxLength must be an integer ≥ 0.',
    );
  });

  test('interpolation may be in capitals, as in Keras', async () => {
    const dataset = await imageDatasetFromDirectory(join(root, 'images'), {
      ...quiet,
      interpolation: 'NEAREST' as never,
      imageSize: 2,
    });
    expect((await dataset.toArray())[0]![0].dtype).toBe('uint8');
  });
});
