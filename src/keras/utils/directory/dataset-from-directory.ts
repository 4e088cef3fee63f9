import { ValueError, show } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import { Dataset, type DatasetSource } from '../../data/dataset.ts';
import type { DirectoryDatasetOptions, DirectorySettings, LabelMode } from './directory-options.ts';
import { type DirectoryLike, type FolderFile, openFolder } from './folder.ts';
import { type IndexedFiles, indexDirectory, subsetOf } from './index-directory.ts';

/** A dataset of the files of a folder. */
export class DirectoryDataset<T> extends Dataset<T> {
  /** The names of the classes, by label; null without labels. */
  readonly classNames: readonly string[] | null;
  /** The paths of the files, in the order before the shuffle of each pass. */
  readonly filePaths: readonly string[];

  /** A dataset with the names of its classes and files. */
  constructor(source: DatasetSource<T>, classNames: readonly string[] | null, filePaths: readonly string[]) {
    super(source);
    this.classNames = classNames;
    this.filePaths = filePaths;
  }
}

/** The result of the options: contents with labels, unless there are none, and two datasets for both subsets. */
export type FromDirectory<Options, X> = Options extends { readonly subset: 'both' }
  ? [training: DirectoryDataset<WithLabels<Options, X>>, validation: DirectoryDataset<WithLabels<Options, X>>]
  : DirectoryDataset<WithLabels<Options, X>>;

type WithLabels<Options, X> = Options extends { readonly labels: null } | { readonly labelMode: null }
  ? X
  : [X, Tensor];

/** A kind of file. */
export interface FileKind {
  /** The name of the files in errors. */
  readonly what: string;
  readonly endings: readonly string[];
  /** The content of a file. */
  readonly load: (file: FolderFile) => Promise<unknown>;
  /** Whether contents of a batch are padded to the longest. @default false */
  readonly isPadded?: boolean;
}

/** The number of files that are read at the same time. */
const READS = 8;
/** The number of batches that are read ahead. */
const AHEAD = 2;

/**
 * A dataset of the files of a folder.
 * @throws ValueError if there are no files, or labels and their mode do not fit.
 */
export async function datasetFromDirectory<Options extends DirectoryDatasetOptions, X>(
  who: string,
  directory: DirectoryLike,
  settings: DirectorySettings,
  kind: FileKind,
): Promise<FromDirectory<Options, X>> {
  const folder = openFolder(who, directory);
  const found = await indexDirectory(who, folder, settings, kind.endings);
  const { labelMode, subset } = settings;
  checkClasses(who, labelMode, found);
  const make = (part: 'training' | 'validation' | null): DirectoryDataset<unknown> => {
    const chosen = subsetOf(found, settings, part);
    if (chosen.files.length === 0) {
      throw new ValueError(
        `[${who}] directory must have ${part === null ? '' : `files for ${part} among its `}${kind.what}, ${kind.endings.join(', ')}. Received: directory=${show(folder.path)}.`,
      );
    }
    const shuffles = settings.shuffle && !(subset === 'both' && part === 'validation');
    return makeDataset(chosen, { ...settings, shuffle: shuffles }, kind);
  };
  const made = subset === 'both' ? [make('training'), make('validation')] : make(subset);
  return made as FromDirectory<Options, X>;
}

function checkClasses(who: string, labelMode: LabelMode, { labels, classNames }: IndexedFiles): void {
  const count = classNames?.length ?? 0;
  if (labelMode === 'binary' && count !== 2) {
    throw new ValueError(`[${who}] labelMode: 'binary' needs 2 classes. Received: ${show(classNames)}.`);
  }
  const wrong = labelMode === 'categorical' ? labels?.find((label) => label < 0 || label >= count) : undefined;
  if (wrong === undefined) return;
  throw new ValueError(
    `[${who}] labelMode: 'categorical' needs labels from 0 to the number of classes, ${count}. Received: the label ${wrong}.`,
  );
}

function makeDataset(
  { files, labels, classNames }: IndexedFiles,
  { labelMode, shuffle, seed, batchSize }: DirectorySettings,
  { load, isPadded = false }: FileKind,
): DirectoryDataset<unknown> {
  const encode = encoderOf(labelMode, classNames?.length ?? 0);
  const places = Dataset.range(files.length);
  // Paths are shuffled rather than what is read.
  const ordered = shuffle ? places.shuffle(batchSize === null ? 1024 : batchSize * 8, { seed }) : places;
  const read = async (place: number): Promise<unknown> => {
    const file = files[place];
    const content = file === undefined ? null : await load(file);
    const label = labels?.[place];
    return label === undefined ? content : [content, encode(label)];
  };
  const loaded = ordered.map(read, { numParallelCalls: READS });
  const paths = files.map(({ path }) => path);
  if (batchSize === null) return new DirectoryDataset<unknown>(loaded.prefetch(AHEAD), classNames, paths);
  const batches: Dataset<unknown> = isPadded ? loaded.paddedBatch(batchSize) : loaded.batch(batchSize);
  return new DirectoryDataset<unknown>(batches.prefetch(AHEAD), classNames, paths);
}

function encoderOf(labelMode: LabelMode, classes: number): (label: number) => Tensor {
  if (labelMode === 'binary') return (label) => new Tensor(Float32Array.of(label), [1]);
  if (labelMode !== 'categorical') return (label) => new Tensor(Int32Array.of(label), []);
  return (label) => {
    const data = new Float32Array(classes);
    data[label] = 1;
    return new Tensor(data, [classes]);
  };
}
