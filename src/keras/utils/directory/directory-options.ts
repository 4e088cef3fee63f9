import { checkBoolean, checkChoice, checkInteger, checkOptions, checkString } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { drawSeed } from '../../../core/random.ts';

/** The encoding of labels. */
export type LabelMode = 'int' | 'categorical' | 'binary' | null;

/** The part of the files of a dataset. */
export type Subset = 'training' | 'validation' | 'both';

/** Options of the datasets of folders. */
export interface DirectoryDatasetOptions {
  /** `'inferred'`: each folder is a class; null: no labels; or a label for each file, in the order of paths. @default 'inferred' */
  readonly labels?: 'inferred' | readonly number[] | null | undefined;
  /** `'int'`: int32 `[batch]`; `'categorical'`: one-hot float32 `[batch, classes]`; `'binary'`: float32 `[batch, 1]`; null: no labels. @default 'int' */
  readonly labelMode?: LabelMode | undefined;
  /** The folders of the classes, in order, for inferred labels. @default null, all in alphanumerical order */
  readonly classNames?: readonly string[] | null | undefined;
  /** The number of elements in a batch; null for single elements. @default 32 */
  readonly batchSize?: number | null | undefined;
  /** Whether the files are shuffled, differently in each pass. @default true */
  readonly shuffle?: boolean | undefined;
  /** The seed of the order, in [0, 2³²). @default null, drawn from that of `setRandomSeed` */
  readonly seed?: number | null | undefined;
  /** The fraction of the files for validation; needs `subset`. @default null */
  readonly validationSplit?: number | null | undefined;
  /** The part of the files; `'both'` returns the datasets for training and for validation. @default null, all */
  readonly subset?: Subset | null | undefined;
  /** Whether folders that are symbolic links are visited. @default false */
  readonly followLinks?: boolean | undefined;
  /** Whether the numbers of files and classes are printed. @default true */
  readonly verbose?: boolean | undefined;
}

/** The names of the options. */
export const DIRECTORY_OPTIONS: readonly (keyof DirectoryDatasetOptions)[] = [
  ...(['labels', 'labelMode', 'classNames', 'batchSize', 'shuffle', 'seed', 'validationSplit', 'subset'] as const),
  ...(['followLinks', 'verbose'] as const),
];

/** Checked options. */
export interface DirectorySettings {
  readonly labels: 'inferred' | readonly number[] | null;
  readonly labelMode: LabelMode;
  readonly classNames: readonly string[] | null;
  readonly batchSize: number | null;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly validationSplit: number | null;
  readonly subset: Subset | null;
  readonly followLinks: boolean;
  readonly verbose: boolean;
}

/** @throws TypeError or ValueError, which names the option, if one does not fit. */
export function readDirectoryOptions(
  who: string,
  options: DirectoryDatasetOptions,
  others: readonly string[],
): DirectorySettings {
  checkOptions(who, options, [...DIRECTORY_OPTIONS, ...others]);
  const mode = options.labelMode === undefined ? 'int' : options.labelMode;
  const labelMode = mode === null ? null : checkChoice(who, 'labelMode', mode, ['int', 'categorical', 'binary']);
  const given = readLabels(who, options.labels === undefined ? 'inferred' : options.labels);
  const labels = labelMode === null ? null : given;
  const classNames = readClassNames(who, options.classNames);
  if (classNames !== null && given !== 'inferred') {
    throw new ValueError(
      `[${who}] classNames can only be given with labels: 'inferred'. Received: classNames=${show(classNames)}, labels=${show(given)}.`,
    );
  }
  const shuffle = checkBoolean(who, 'shuffle', options.shuffle ?? true);
  const seed = options.seed ?? null;
  if (seed !== null && checkInteger(who, 'seed', seed, 0) >= 2 ** 32) {
    throw new ValueError(`[${who}] seed must be in [0, 2³²). Received: seed=${seed}.`);
  }
  const split = readSplit(who, options);
  if (split.validationSplit !== null && shuffle && seed === null) {
    throw new ValueError(
      `[${who}] validationSplit needs a seed where files are shuffled, so that the subsets do not overlap. Received: seed=null. Pass seed, or shuffle: false.`,
    );
  }
  return {
    ...split,
    labels,
    labelMode: labels === null ? null : labelMode,
    classNames: labels === 'inferred' ? classNames : null,
    batchSize: options.batchSize === null ? null : checkInteger(who, 'batchSize', options.batchSize ?? 32, 1),
    shuffle,
    seed: seed ?? drawSeed() % 1e6,
    followLinks: checkBoolean(who, 'followLinks', options.followLinks ?? false),
    verbose: checkBoolean(who, 'verbose', options.verbose ?? true),
  };
}

function readLabels(who: string, labels: unknown): DirectorySettings['labels'] {
  if (labels === 'inferred' || labels === null) return labels;
  if (Array.isArray(labels) && labels.every((label) => Number.isInteger(label))) return labels as readonly number[];
  throw new TypeError(
    `[${who}] labels must be 'inferred', null, or a list of integers, one for each file. Received: labels=${show(labels)}.`,
  );
}

function readClassNames(who: string, names: unknown): readonly string[] | null {
  if (names === null || names === undefined) return null;
  if (Array.isArray(names)) return names.map((name) => checkString(who, 'classNames', name));
  throw new TypeError(`[${who}] classNames must be a list of strings. Received: classNames=${show(names)}.`);
}

function readSplit(
  who: string,
  options: DirectoryDatasetOptions,
): Pick<DirectorySettings, 'validationSplit' | 'subset'> {
  const given: unknown = options.validationSplit ?? null;
  const subset =
    (options.subset ?? null) === null
      ? null
      : checkChoice(who, 'subset', options.subset, ['training', 'validation', 'both']);
  if (given === null && subset === null) return { validationSplit: null, subset };
  if (typeof given !== 'number' || !(given > 0 && given < 1)) {
    throw new ValueError(
      `[${who}] validationSplit must be in (0, 1) where subset is given. Received: validationSplit=${show(given)}, subset=${show(subset)}.`,
    );
  }
  if (subset !== null) return { validationSplit: given, subset };
  throw new ValueError(
    `[${who}] validationSplit needs subset: 'training', 'validation' or 'both'. Received: validationSplit=${given} without subset.`,
  );
}
