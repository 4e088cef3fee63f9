import { isPlainRecord } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';

/** The content of a file: bytes, or an object with them. */
export type NamedBytes = Uint8Array | ArrayBuffer | Blob;

/** The files of a model: their contents by name, or files that a user chose, such as the `files` of an input element. */
export type FileSet = Readonly<Record<string, NamedBytes>> | ReadonlyMap<string, NamedBytes> | ArrayLike<File>;

/** A file of a set. */
export interface NamedFile {
  /** The path in the set, without a leading `./`. */
  readonly name: string;
  readonly bytes: NamedBytes;
}

/** The files of a set; null for other values. @throws ValueError if two have one name */
export function namedFiles(who: string, given: unknown): readonly NamedFile[] | null {
  const entries = entriesOf(given);
  if (entries === null || !entries.every(([, bytes]) => isContent(bytes))) return null;
  const files = entries.map(([name, bytes]) => ({ name: name.replace(/^(?:\.\/)+/, ''), bytes: bytes as NamedBytes }));
  const twice = files.find(({ name }, i) => files.findIndex((other) => other.name === name) < i);
  if (twice === undefined) return files;
  throw new ValueError(`[${who}] files must have different names. Received: ${JSON.stringify(twice.name)} twice.`);
}

function entriesOf(given: unknown): readonly (readonly [string, unknown])[] | null {
  if (given instanceof Map) return [...given].map(([name, bytes]) => [String(name), bytes] as const);
  if (isPlainRecord(given)) return Object.entries(given);
  if (typeof given !== 'object' || given === null || !('length' in given)) return null;
  const list = Array.from(given as ArrayLike<unknown>);
  return list.every((each) => each instanceof File) ? list.map((file) => [pathOf(file), file] as const) : null;
}

/** The path of a file in a folder that a user chose, or its name. */
const pathOf = (file: File): string =>
  'webkitRelativePath' in file && typeof file.webkitRelativePath === 'string' && file.webkitRelativePath !== ''
    ? file.webkitRelativePath
    : file.name;

const isContent = (value: unknown): boolean =>
  value instanceof Uint8Array || value instanceof ArrayBuffer || value instanceof Blob;

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The file that names the others: the only one, `model.json`, or the only JSON. @throws ValueError if that is ambiguous */
export function mainFile(who: string, files: readonly NamedFile[]): NamedFile {
  const named = files.filter(({ name }) => baseName(name) === 'model.json');
  const json = files.filter(({ name }) => name.endsWith('.json'));
  const [main, ...others] = [files, named, json].find(({ length }) => length === 1) ?? [];
  if (main !== undefined && others.length === 0) return main;
  throw new ValueError(
    `[${who}] of several files, one must be the model.json that names the others. Received: ${namesOf(files)}.`,
  );
}

/**
 * The file that the main one names: by its path from there, otherwise by its name alone, which is all that a list of files has.
 * @throws ValueError if there is none, or several.
 */
export function neighborIn(who: string, files: readonly NamedFile[], main: NamedFile, name: string): NamedBytes {
  const folder = main.name.slice(0, main.name.length - baseName(main.name).length);
  const exact = files.find((file) => file.name === `${folder}${name}`);
  const similar = files.filter((file) => baseName(file.name) === baseName(name));
  const [found] = exact === undefined ? similar : [exact];
  if (found !== undefined && (exact !== undefined || similar.length === 1)) return found.bytes;
  throw new ValueError(
    `[${who}] the files must contain ${JSON.stringify(name)}, which ${main.name} names, once. Received: ${namesOf(files)}.`,
  );
}

function namesOf(files: readonly NamedFile[]): string {
  if (files.length === 0) return 'no files';
  const names = files.slice(0, 8).map(({ name }) => name);
  return [...names, ...(files.length > names.length ? [`${files.length - names.length} more`] : [])].join(', ');
}
