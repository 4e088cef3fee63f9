import { checkBoolean, checkInteger } from '../../../core/checks.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import { type FromDirectory, datasetFromDirectory } from './dataset-from-directory.ts';
import { type DirectoryDatasetOptions, readDirectoryOptions } from './directory-options.ts';
import type { DirectoryLike, FolderFile } from './folder.ts';

/** Options of {@link audioDatasetFromDirectory}. */
export interface AudioDatasetOptions extends DirectoryDatasetOptions {
  /** The rate to which sounds are resampled, in Hz. @default null, that of each file */
  readonly samplingRate?: number | null | undefined;
  /** The length to which sounds are cut, or filled with zeros, in frames. @default null, the longest of each batch */
  readonly outputSequenceLength?: number | null | undefined;
  /** Only false: there are no ragged tensors. @default false */
  readonly ragged?: boolean | undefined;
}

const WHO = 'utils.audioDatasetFromDirectory';
const OPTIONS = ['samplingRate', 'outputSequenceLength', 'ragged'];

/**
 * The sounds of a folder, whose folders are the classes, in batches `[sounds, labels]`: the `.wav` files, as numbers in [−1, 1].
 * The order of the files, the labels and the split into subsets are those of Keras in Python, for the same seed.
 *
 *     const dataset = await utils.audioDatasetFromDirectory('words', { outputSequenceLength: 16000 });
 *
 * Shapes: sounds float32 `[batch, frames, channels]`; labels int32 `[batch]`, float32 `[batch, 1]` or `[batch, classes]`.
 *
 * @throws TypeError if an option is unknown or has the wrong type; ValueError if options contradict each other, or the folder
 * has no sounds; NotImplementedError for `ragged`.
 * @example
 * const header = [0x46464952, 40, 0x45564157, 0x20746d66, 16, 0x00010001, 8000, 16000, 0x00100002, 0x61746164, 4];
 * const wav = new Blob([Uint32Array.from(header), Int16Array.of(16384, -32768)]);
 * const file = Object.assign(new File([wav], '1.wav'), { webkitRelativePath: 'words/yes/1.wav' });
 * const dataset = await utils.audioDatasetFromDirectory([file], { outputSequenceLength: 3, verbose: false });
 * await dataset.toArray();    // [[[[[0.5], [-1], [0]]], [0]]]
 * @see https://keras.io/api/data_loading/audio/
 */
export async function audioDatasetFromDirectory<const Options extends AudioDatasetOptions = Record<never, never>>(
  directory: DirectoryLike,
  options?: Options,
): Promise<FromDirectory<Options, Tensor>> {
  const given: AudioDatasetOptions = options ?? {};
  const settings = readDirectoryOptions(WHO, given, OPTIONS);
  const optional = (name: 'samplingRate' | 'outputSequenceLength'): number | null =>
    (given[name] ?? null) === null ? null : checkInteger(WHO, name, given[name], 1);
  const [rate, length] = [optional('samplingRate'), optional('outputSequenceLength')];
  if (checkBoolean(WHO, 'ragged', given.ragged ?? false)) {
    throw new NotImplementedError(
      `[${WHO}] ragged must be false: there are no ragged tensors. Pass outputSequenceLength, or none for batches that are padded.`,
    );
  }
  return datasetFromDirectory<Options, Tensor>(WHO, directory, settings, {
    what: 'sounds',
    endings: ['.wav'],
    load: (file) => loadSound(file, rate, length),
    isPadded: length === null,
  });
}

async function loadSound(file: FolderFile, rate: number | null, length: number | null): Promise<Tensor> {
  const bytes = await file.read();
  // Loaded on demand, since few programs read sounds.
  const { decodeWav } = await import('../../../formats/audio/wav.ts');
  const { frames, channels, data } = decodeWav(bytes, `${WHO} ${file.path}`, rate);
  if (length === null) return new Tensor(data, [frames, channels]);
  const fitted = new Float32Array(length * channels);
  fitted.set(data.subarray(0, length * channels));
  return new Tensor(fitted, [length, channels]);
}
