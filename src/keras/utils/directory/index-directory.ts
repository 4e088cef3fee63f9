import { ValueError, show } from '../../../core/errors.ts';
import { print } from '../../../core/print.ts';
import { MersenneTwister } from './mersenne-twister.ts';
import type { DirectorySettings } from './directory-options.ts';
import { type Folder, type FolderFile, compareCodePoints, walkFolder } from './folder.ts';

/** The files of a folder with their labels. */
export interface IndexedFiles {
  readonly files: readonly FolderFile[];
  /** The label of each file; null without labels. */
  readonly labels: readonly number[] | null;
  readonly classNames: readonly string[] | null;
}

/**
 * The files of a folder that have one of the endings, with their labels, in the order in which Keras has them: sorted, and
 * shuffled by NumPy's numbers.
 *
 * @throws ValueError if a class has no folder, or there are not as many labels as files.
 */
export async function indexDirectory(
  who: string,
  folder: Folder,
  settings: DirectorySettings,
  endings: readonly string[],
): Promise<IndexedFiles> {
  const { followLinks, seed } = settings;
  const fits = ({ path }: FolderFile): boolean => endings.some((ending) => path.toLowerCase().endsWith(ending));
  const walk = async (inner: Folder): Promise<readonly FolderFile[]> =>
    (await walkFolder(inner, followLinks)).filter(fits);
  const found =
    settings.labels === 'inferred'
      ? await byFolder(who, folder, settings, walk)
      : await walkAll(who, folder, settings, walk);
  if (settings.verbose) {
    const classes = found.classNames === null ? '' : ` belonging to ${found.classNames.length} classes`;
    print(`Found ${found.files.length} files${classes}.`);
  }
  if (!settings.shuffle) return found;
  return {
    ...found,
    files: new MersenneTwister(seed).shuffle(found.files),
    labels: found.labels === null ? null : new MersenneTwister(seed).shuffle(found.labels),
  };
}

type Walk = (folder: Folder) => Promise<readonly FolderFile[]>;

/** The folders in the folder are the classes. */
async function byFolder(
  who: string,
  folder: Folder,
  { classNames }: DirectorySettings,
  walk: Walk,
): Promise<IndexedFiles> {
  const { folders } = await folder.entries();
  const existing = [...folders.keys()].filter((name) => !name.startsWith('.')).sort(compareCodePoints);
  const names = classNames ?? existing;
  const missing = names.find((name) => !existing.includes(name));
  if (missing !== undefined) {
    throw new ValueError(
      `[${who}] each of classNames must be a folder in directory. Received: ${show(missing)}. The folders are ${show(existing)}.`,
    );
  }
  const files: FolderFile[] = [];
  const labels: number[] = [];
  for (const [label, name] of names.entries()) {
    const inner = folders.get(name);
    const inside = inner === undefined ? [] : await walk(inner);
    files.push(...inside);
    labels.push(...inside.map(() => label));
  }
  return { files, labels, classNames: names };
}

async function walkAll(who: string, folder: Folder, { labels }: DirectorySettings, walk: Walk): Promise<IndexedFiles> {
  const files = await walk(folder);
  if (labels === null || labels === 'inferred') return { files, labels: null, classNames: null };
  if (labels.length !== files.length) {
    throw new ValueError(
      `[${who}] labels must have one entry for each file, ${files.length} in ${show(folder.path)}. Received: ${labels.length} labels.`,
    );
  }
  const classNames = [...new Set(labels)].sort((a, b) => a - b).map(String);
  return { files, labels, classNames };
}

/** The files of a subset: the last ones are those for validation. */
export function subsetOf(
  { files, labels, classNames }: IndexedFiles,
  { validationSplit, verbose }: DirectorySettings,
  subset: 'training' | 'validation' | null,
): IndexedFiles {
  if (validationSplit === null || subset === null) return { files, labels, classNames };
  const first = files.length - Math.floor(validationSplit * files.length);
  const [start, end] = subset === 'training' ? [0, first] : [first, files.length];
  if (verbose) print(`Using ${end - start} files for ${subset}.`);
  return { files: files.slice(start, end), labels: labels?.slice(start, end) ?? null, classNames };
}
