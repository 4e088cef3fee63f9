import { checkBoolean, checkChoice, checkOptions, checkString } from '../../core/checks.ts';
import { ValueError, show } from '../../core/errors.ts';
import { print } from '../../core/print.ts';
import { type HashAlgorithm, digestOf } from '../../formats/checksums/digest.ts';
import type { FilePath, ReadOptions } from '../../formats/files/files.ts';
import { download } from './download.ts';
import { type ArchiveFormat, extractArchive } from './extract-archive.ts';
import { files } from '#files';

/** Options of {@link getFile}. With `onProgress`, nothing is printed. */
export interface GetFileOptions extends ReadOptions {
  /** The name of the file in the cache; with `extract`, that of the folder if it has no ending. @default the name at `origin` */
  readonly fname?: string | null | undefined;
  /** The address of the file. */
  readonly origin: FilePath;
  /** Former name of `extract` for tar files. @default false */
  readonly untar?: boolean | undefined;
  /** Former name of `fileHash` for MD5. @default null */
  readonly md5Hash?: string | null | undefined;
  /** The hash that the file must have, in hexadecimal; null for none. @default null */
  readonly fileHash?: string | null | undefined;
  /** The folder within the cache, or an absolute path. @default 'datasets' */
  readonly cacheSubdir?: string | undefined;
  /** The algorithm of the hash; `'auto'` for the one whose hashes have its length. @default 'auto' */
  readonly hashAlgorithm?: 'auto' | HashAlgorithm | undefined;
  /** Whether the file is an archive of files, to be written into a folder. @default false */
  readonly extract?: boolean | undefined;
  /** The kinds of archives to expect; `'auto'` for all, null for none. @default 'auto' */
  readonly archiveFormat?: 'auto' | ArchiveFormat | readonly ArchiveFormat[] | null | undefined;
  /** The folder of the cache. @default `$KERAS_HOME`, `~/.keras`, or `opfs://.keras` in browsers */
  readonly cacheDir?: string | null | undefined;
  /** Whether the file is downloaded even if the cache has it. @default false */
  readonly forceDownload?: boolean | undefined;
}

const WHO = 'utils.getFile';

const OPTIONS = [
  ...['fname', 'origin', 'untar', 'md5Hash', 'fileHash', 'cacheSubdir', 'hashAlgorithm', 'extract', 'archiveFormat'],
  ...['cacheDir', 'forceDownload', 'onProgress', 'signal'],
];

/**
 * Downloads a file, unless the cache has it, and returns its path; or that of the folder into which an archive was extracted.
 * The cache is that of Keras, `~/.keras` or `$KERAS_HOME`, and in browsers the private file system of the page's origin.
 *
 * A file is written to the cache after its hash has been checked. One in the cache that has another hash is downloaded again.
 * Archives are zip files, or tar files, plain or compressed by gzip.
 *
 *     const path = await utils.getFile({ origin: 'https://example.com/flowers.tgz', extract: true });
 *
 * @throws ValueError if the file cannot be downloaded, has another hash, or is not an archive; TypeError if an option is
 * unknown; the signal's reason if it is aborted.
 * @see https://keras.io/api/utils/python_utils/#getfile-function
 */
export async function getFile(options: GetFileOptions): Promise<string> {
  const request = readOptions(options);
  const { origin, hash, formats } = request;
  const folder = joined(await files.cacheFolder(WHO, request.cacheDir), request.cacheSubdir);
  const place = placeOf(request);
  const target = joined(folder, place.file);
  let bytes = request.forceDownload ? null : await cached(target, hash);
  if (bytes === null) {
    bytes = await download(WHO, origin, { onProgress: options.onProgress, signal: options.signal });
    if (hash !== null) await checkHash(bytes, hash, origin);
    await files.makeFolder(WHO, folder);
    await files.writeFileAtomic(WHO, target, bytes, { signal: options.signal });
  }
  if (place.folder === null) return target;
  const extracted = joined(folder, place.folder);
  if (formats.length > 0) {
    if (bytes === 'unread') bytes = await files.readFile(WHO, target);
    await extractArchive(`${WHO} ${target}`, bytes, extracted, formats);
  }
  return extracted;
}

interface Hash {
  readonly algorithm: HashAlgorithm;
  readonly digits: string;
}

interface Request {
  readonly origin: FilePath;
  readonly fname: string | null;
  readonly hash: Hash | null;
  readonly cacheDir: string | null;
  readonly cacheSubdir: string;
  readonly extract: boolean;
  readonly formats: readonly ArchiveFormat[];
  readonly forceDownload: boolean;
}

function readOptions(options: GetFileOptions): Request {
  checkOptions(WHO, options, OPTIONS);
  const { fname = null, md5Hash = null, fileHash = null, cacheDir = null } = options;
  const origin: unknown = (options as Partial<GetFileOptions> | undefined)?.origin;
  if (!(origin instanceof URL) && (typeof origin !== 'string' || origin === '')) {
    throw new TypeError(`[${WHO}] origin must be the address of a file. Received: origin=${show(origin)}.`);
  }
  if (fname !== null && /[/\\]/.test(checkString(WHO, 'fname', fname))) {
    throw new ValueError(
      `[${WHO}] fname must be a name, not a path. Received: fname=${show(fname)}. Give the folder in cacheDir and cacheSubdir.`,
    );
  }
  const untar = checkBoolean(WHO, 'untar', options.untar ?? false);
  return {
    origin,
    fname: fname === '' ? null : fname,
    hash: readHash(fileHash ?? md5Hash, fileHash === null ? 'md5' : (options.hashAlgorithm ?? 'auto')),
    cacheDir: cacheDir === null ? null : checkString(WHO, 'cacheDir', cacheDir),
    cacheSubdir: checkString(WHO, 'cacheSubdir', options.cacheSubdir ?? 'datasets'),
    extract: checkBoolean(WHO, 'extract', options.extract ?? false) || untar,
    formats: untar ? ['tar'] : readFormats(options.archiveFormat),
    forceDownload: checkBoolean(WHO, 'forceDownload', options.forceDownload ?? false),
  };
}

function readHash(given: string | null, algorithm: 'auto' | HashAlgorithm): Hash | null {
  checkChoice(WHO, 'hashAlgorithm', algorithm, ['auto', 'md5', 'sha256']);
  if (given === null) return null;
  const digits = checkString(WHO, 'fileHash', given).toLowerCase();
  const chosen = algorithm !== 'auto' ? algorithm : digits.length === 64 ? 'sha256' : 'md5';
  const length = chosen === 'md5' ? 32 : 64;
  if (digits.length === length && /^[0-9a-f]*$/.test(digits)) return { algorithm: chosen, digits };
  throw new ValueError(
    `[${WHO}] a hash of ${chosen} must have ${length} hexadecimal digits. Received: fileHash=${show(given)}.`,
  );
}

function readFormats(given: GetFileOptions['archiveFormat'] = 'auto'): readonly ArchiveFormat[] {
  if (given === null) return [];
  if (given === 'auto') return ['tar', 'zip'];
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  return list.map((format) => checkChoice(WHO, 'archiveFormat', format, ['tar', 'zip']));
}

/** The names of the file, and of the folder of an archive, by the rules of Keras. */
function placeOf({ origin, fname, extract }: Request): { readonly file: string; readonly folder: string | null } {
  const name = fname ?? nameAt(origin);
  if (!extract) return { file: name, folder: null };
  if (fname !== null && fname.includes('.')) return { file: fname, folder: `${fname.split('.')[0] ?? ''}_extracted` };
  return { file: `${name}_archive`, folder: name };
}

function nameAt(origin: FilePath): string {
  const path = String(origin).replace(/[?#].*$/, '');
  const name = path.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/[/\\]/).at(-1) ?? ''; // prettier-ignore
  if (name !== '') return name;
  throw new ValueError(
    `[${WHO}] origin must end in the name of a file. Received: origin=${show(String(origin))}. Give the name in fname.`,
  );
}

/** A path within a folder, unless it is absolute. */
function joined(folder: string, path: string): string {
  if (path === '') return folder;
  if (/^([/\\]|[a-z]:[/\\]|[a-z]+:\/\/)/i.test(path)) return path;
  return /[/\\]$/.test(folder) ? `${folder}${path}` : `${folder}/${path}`;
}

/** The bytes of the file in the cache if they had to be read; null if it is not there, or has another hash. */
async function cached(target: string, hash: Hash | null): Promise<Uint8Array | 'unread' | null> {
  if (!(await files.exists(WHO, target))) return null;
  if (hash === null) return 'unread';
  const bytes = await files.readFile(WHO, target);
  if ((await digestOf(bytes, hash.algorithm)) === hash.digits) return bytes;
  print(`The file ${target} is incomplete or outdated: it does not have the ${hash.algorithm} hash ${hash.digits}.`);
  return null;
}

async function checkHash(bytes: Uint8Array, { algorithm, digits }: Hash, origin: FilePath): Promise<void> {
  const found = await digestOf(bytes, algorithm);
  if (found === digits) return;
  throw new ValueError(
    `[${WHO}] the file must have the ${algorithm} hash ${digits}. Received: ${bytes.length} bytes with ${found} from ${String(origin)}. It is incomplete, or another file.`,
  );
}
