import { checkInteger } from '../../../core/checks.ts';
import { type FromDirectory, datasetFromDirectory } from './dataset-from-directory.ts';
import { type DirectoryDatasetOptions, readDirectoryOptions } from './directory-options.ts';
import type { DirectoryLike } from './folder.ts';

/** Options of {@link textDatasetFromDirectory}. */
export interface TextDatasetOptions extends DirectoryDatasetOptions {
  /** The length to which longer texts are cut, in bytes of UTF-8; a character is not cut apart. @default null, unlimited */
  readonly maxLength?: number | null | undefined;
}

/** One text, or a batch of them. */
type Texts<Options> = Options extends { readonly batchSize: null } ? string : string[];

const WHO = 'utils.textDatasetFromDirectory';

/**
 * The texts of a folder, whose folders are the classes, in batches `[texts, labels]`: the `.txt` files, in UTF-8. The order of the
 * files, the labels and the split into subsets are those of Keras in Python, for the same seed.
 *
 *     const dataset = await utils.textDatasetFromDirectory('reviews');
 *     await vectorization.adapt(dataset.map(([texts]) => texts));
 *
 * Labels: int32 `[batch]`, float32 `[batch, 1]` or `[batch, classes]`.
 *
 * @throws TypeError if an option is unknown or has the wrong type; ValueError if options contradict each other, or the folder
 * has no texts.
 * @example
 * const files = ['good', 'bad'].map((name) => Object.assign(new File([`It is ${name}.`], '1.txt'), { webkitRelativePath: `reviews/${name}/1.txt` }));
 * const dataset = await utils.textDatasetFromDirectory(files, { shuffle: false, labelMode: 'binary', verbose: false });
 * await dataset.toArray();    // [[['It is bad.', 'It is good.'], [[0], [1]]]]
 * @see https://keras.io/api/data_loading/text/
 */
export async function textDatasetFromDirectory<const Options extends TextDatasetOptions = Record<never, never>>(
  directory: DirectoryLike,
  options?: Options,
): Promise<FromDirectory<Options, Texts<Options>>> {
  const given: TextDatasetOptions = options ?? {};
  const settings = readDirectoryOptions(WHO, given, ['maxLength']);
  const maxLength = (given.maxLength ?? null) === null ? Infinity : checkInteger(WHO, 'maxLength', given.maxLength, 0);
  return datasetFromDirectory<Options, Texts<Options>>(WHO, directory, settings, {
    what: 'texts',
    endings: ['.txt'],
    load: async (file) => {
      const bytes = await file.read();
      const isCut = bytes.length > maxLength;
      // In a stream, the bytes of an incomplete character are held back.
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(isCut ? bytes.subarray(0, maxLength) : bytes, {
        stream: isCut,
      });
    },
  });
}
