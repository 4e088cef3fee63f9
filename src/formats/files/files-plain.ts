import { show } from '../../core/errors.ts';
import { downloads } from './downloads.ts';
import type { FilePath, Files } from './files.ts';
import { indexedDb } from './indexed-db.ts';
import { type Place, refusal } from './place.ts';
import { privateFiles } from './private-files.ts';
import { wholeFile } from './streams.ts';
import { neighborAddress, webFiles, webPieces } from './web-files.ts';

const places: Readonly<Record<string, Place>> = {
  'indexeddb:': indexedDb,
  'opfs:': privateFiles,
  'download:': downloads,
};

/** The implementation for browsers and workers: the scheme of a path is its place, and other paths are addresses of the web. */
export const files: Files = {
  readFile: async (who, path, options) => placeOf(who, path).readFile(who, path, options),
  readFileSync: (who, path) => {
    throw refusal(who, path, 'browsers cannot read a file at once: read its content first, and give that');
  },
  readPieces: (who, path) => {
    const place = placeOf(who, path);
    return place === webFiles ? webPieces(who, path) : wholeFile(place.readFile(who, path));
  },
  readFolder: (who, path) =>
    Promise.reject(
      refusal(
        who,
        path,
        'browsers cannot list a folder: pass the files of an <input type="file" webkitdirectory>, or a directory handle',
      ),
    ),
  fileSize: async (who, path) => placeOf(who, path).fileSize(who, path),
  writeFileAtomic: async (who, path, content, options) =>
    placeOf(who, path).writeFileAtomic(who, path, content, options),
  append: async (who, path, content) => placeOf(who, path).append(who, path, content),
  makeFolder: async (who, path) => placeOf(who, path).makeFolder(who, path),
  removeEmptyFolder: async (who, path) => placeOf(who, path).removeEmptyFolder(who, path),
  folderOf: (_, path) =>
    String(path)
      .replace(/[?#].*$/, '')
      .replace(/(?<!\/)\/[^/]*$/, ''),
  // Pages that are not from a secure origin have the database alone.
  cacheFolder: (_, given) =>
    Promise.resolve(
      given ?? (typeof navigator !== 'undefined' && 'storage' in navigator ? 'opfs://.keras' : 'indexeddb://.keras'),
    ),
  neighborOf: (who, path, name) =>
    placeOf(who, path) === webFiles ? neighborAddress(path, name) : `${files.folderOf(who, path)}/${name}`,
  isAddress: (who, path) => placeOf(who, path) === webFiles,
  exists: async (who, path) => placeOf(who, path).exists(who, path),
  removeFile: async (who, path) => placeOf(who, path).removeFile(who, path),
};

function placeOf(who: string, path: FilePath): Place {
  const given: unknown = path;
  if ((typeof given !== 'string' && !(given instanceof URL)) || given === '') {
    throw new TypeError(`[${who}] path must be a non-empty string or a URL. Received: path=${show(given)}.`);
  }
  const scheme = /^[a-z]+:(?=\/\/)/.exec(String(given))?.[0] ?? '';
  return places[scheme] ?? webFiles;
}
