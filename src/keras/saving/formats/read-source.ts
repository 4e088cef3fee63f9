import { isPlainRecord } from '../../../core/config.ts';
import { show } from '../../../core/errors.ts';
import type { FilePath, ReadOptions } from '../../../formats/files/files.ts';
import { readBlob, readResponse } from '../../../formats/files/streams.ts';
import { type FileSet, type NamedBytes, mainFile, namedFiles, neighborIn } from '../file-set.ts';
import { type ReadNeighbor, SourceFile } from '../source-file.ts';
import { type ModelArtifacts, artifactsFile, isArtifacts } from '../tensorflow-js/artifacts.ts';
import { readFolder } from './keras-folder.ts';
import { files } from '#files';

/**
 * The source of a file: its path, its address, its bytes, or an object with its bytes, such as a file that a user chose. A model
 * in several files is also a record or a map of their bytes by name, or a list of files; one that TensorFlow.js has passed to a
 * handler of its own, the object that the handler received.
 */
export type FileSource = FilePath | NamedBytes | Response | FileSet | ModelArtifacts;

/** Options of reading a file that names others. */
export interface NeighborOptions {
  /** The folder or the address of the files of weights that a `model.json` names. @default that of the file */
  readonly weightPathPrefix?: FilePath | undefined;
  /** Returns the path, the address or the content of a file of weights, from its name in the `model.json`. @default none */
  readonly weightUrlConverter?: ((name: string) => FileSource | Promise<FileSource>) | undefined;
}

/** Reads a file, unless its bytes were passed. @throws ValueError if it cannot be read; TypeError for other sources. */
export async function readSource(
  who: string,
  source: FileSource,
  options: ReadOptions & NeighborOptions = {},
): Promise<SourceFile> {
  const { who: subject, bytes, readNeighbor, members = null } = await readGiven(who, source, options);
  const { weightUrlConverter: convert, weightPathPrefix: prefix, onProgress } = options;
  const readOptions = { signal: options.signal };
  if (convert !== undefined) {
    const readConverted: ReadNeighbor = async (name) =>
      (await readGiven(`${subject}: ${name}`, await convert(name), readOptions)).bytes;
    return new SourceFile(subject, bytes, { readNeighbor: readConverted, onProgress });
  }
  if (prefix === undefined) return new SourceFile(subject, bytes, { readNeighbor, onProgress, members });
  const readThere: ReadNeighbor = (name) =>
    files.readFile(subject, `${String(prefix).replace(/(?<!\/)$/, '/')}${name}`, readOptions);
  return new SourceFile(subject, bytes, { readNeighbor: readThere, onProgress });
}

/** A file that was read, and a function that reads the files that it names. */
interface Given {
  readonly who: string;
  readonly bytes: Uint8Array;
  readonly readNeighbor: ReadNeighbor | null;
  /** The files of a folder that is read like an archive. @default null */
  readonly members?: ReadonlyMap<string, Uint8Array> | null;
}

async function readGiven(who: string, source: FileSource, options: ReadOptions): Promise<Given> {
  if (source instanceof Response) {
    const subject = source.url === '' ? who : `${who} ${source.url}`;
    const bytes = await readResponse(subject, source, options);
    return { who: subject, bytes, readNeighbor: source.url === '' ? null : nextTo(subject, source.url, options) };
  }
  if (isBytes(source)) return { ...(await readBytes(who, source, options)), readNeighbor: null };
  const given: unknown = source;
  if (typeof given === 'string' || given instanceof URL) return readPath(who, given, options);
  if (isPlainRecord(given) && isArtifacts(given)) return artifactsFile(who, given);
  const named = namedFiles(who, given);
  if (named === null) {
    throw new TypeError(
      `[${who}] a file must be a path, a URL, bytes, a Blob or a Response. Received: ${show(given)}.`,
    );
  }
  const main = mainFile(who, named);
  const subject = `${who} ${main.name}`;
  const readNeighbor: ReadNeighbor = async (name) =>
    (await readBytes(subject, neighborIn(subject, named, main, name), { signal: options.signal })).bytes;
  return { who: subject, bytes: (await readBytes(subject, main.bytes, options)).bytes, readNeighbor };
}

const isBytes = (source: unknown): source is NamedBytes =>
  source instanceof Uint8Array || source instanceof ArrayBuffer || source instanceof Blob;

async function readBytes(
  who: string,
  source: NamedBytes,
  options: ReadOptions,
): Promise<{ readonly who: string; readonly bytes: Uint8Array }> {
  if (source instanceof Uint8Array) return { who, bytes: source };
  if (source instanceof ArrayBuffer) return { who, bytes: new Uint8Array(source) };
  const name = 'name' in source && typeof source.name === 'string' ? ` ${source.name}` : '';
  return { who: `${who}${name}`, bytes: await readBlob(source, options) };
}

async function readPath(who: string, path: FilePath, options: ReadOptions): Promise<Given> {
  const subject = `${who} ${String(path)}`;
  const saved = await savedByTensorFlowJs(who, path);
  if (saved !== null) return artifactsFile(subject, saved);
  const members = await readFolder(who, path, options.signal);
  if (members !== null) return { who: subject, bytes: new Uint8Array(), readNeighbor: null, members };
  return {
    who: subject,
    bytes: await files.readFile(who, path, options),
    readNeighbor: nextTo(subject, path, options),
  };
}

/** The model that TensorFlow.js saved in the browser's storage; null for other paths, and for a file of evenkeel of this name. */
async function savedByTensorFlowJs(who: string, path: FilePath): Promise<ModelArtifacts | null> {
  const [, scheme] = /^(indexeddb|localstorage):\/\//.exec(String(path)) ?? [];
  if (scheme === undefined) return null;
  if (scheme === 'indexeddb' && (await files.exists(who, path))) return null;
  const { fromIndexedDb, fromLocalStorage } = await import('../tensorflow-js/browser-storage.ts');
  return scheme === 'indexeddb' ? fromIndexedDb(who, path) : fromLocalStorage(who, path);
}

/** Reads the files in the folder of a path. */
function nextTo(who: string, path: FilePath, { signal }: ReadOptions): ReadNeighbor {
  return (name) => files.readFile(who, files.neighborOf(who, path, name), { signal });
}
