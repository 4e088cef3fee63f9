import { createReadStream, readFileSync } from 'node:fs';
import { access, appendFile, constants, mkdir, readFile as readAll, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ValueError, show } from '../../core/errors.ts';
import { writesFiles } from '../../core/world.ts';
import { codeOf, explain } from './failures-node.ts';
import type { FileContent, FilePath, Files, WriteOptions } from './files.ts';
import { refusal } from './place.ts';
import { neighborAddress, webFiles, webPieces } from './web-files.ts';

const isOfWeb = (path: FilePath): boolean => /^https?:\/\//.test(String(path));

/** Access to the file system through Node. */
export const files: Files = {
  readFile: (who, path, options = {}) =>
    isOfWeb(path)
      ? webFiles.readFile(who, path, options)
      : using(who, path, async (file) => {
          await checkRegular(file);
          const bytes = await readAll(file, { signal: options.signal ?? undefined });
          options.onProgress?.({ loaded: bytes.length, total: bytes.length });
          return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
        }),
  readFileSync: (who, given) => {
    const path = pathOf(who, given);
    try {
      const bytes = readFileSync(path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    } catch (error) {
      throw explain(who, path, 'read', error);
    }
  },
  readPieces: (who, path) => (isOfWeb(path) ? webPieces(who, path) : piecesOfFile(who, path)),
  readFolder: (who, path) =>
    using(who, path, async (folder) => {
      const { readFolder } = await import('./folder-node.ts');
      return readFolder(folder);
    }),
  fileSize: (who, path) =>
    using(who, path, async (file) => {
      const found = await stat(file);
      if (found.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
      return found.size;
    }),
  writeFileAtomic: (who: string, path: FilePath, content: FileContent, options: WriteOptions = {}) => {
    const pieces = content instanceof Uint8Array ? [content] : content;
    return using(
      who,
      path,
      async (file) => {
        // Loaded with the first file that is written, as it needs cryptography.
        const { replaceFile } = await import('./replace-node.ts');
        await replaceFile(file, pieces, options.signal ?? null);
      },
      'written',
    );
  },
  append: (who, path, content) => using(who, path, (file) => appendFile(file, content), 'written'),
  makeFolder: (who, path) =>
    using(
      who,
      path,
      async (folder) => {
        await mkdir(folder, { recursive: true });
      },
      'made',
    ),
  removeEmptyFolder: (who, path) => using(who, path, removeIfEmpty, 'removed'),
  folderOf: (who, path) => (isOfWeb(path) ? new URL('.', path).href.slice(0, -1) : dirname(pathOf(who, path))),
  cacheFolder: async (_, given) => {
    // Loaded with the first download.
    const { homedir, tmpdir } = await import('node:os');
    if (given !== null) return given.replace(/^~(?=$|[/\\])/, homedir());
    const folder = process.env['KERAS_HOME'] ?? join(homedir(), '.keras');
    return (await canWrite(folder)) ? folder : join(tmpdir(), '.keras');
  },
  neighborOf: (who, path, name) =>
    isOfWeb(path) ? neighborAddress(path, name) : join(dirname(pathOf(who, path)), name),
  isAddress: (_, path) => isOfWeb(path),
  exists: (who, path) =>
    using(who, path, async (file) => {
      try {
        await stat(file);
        return true;
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
        throw error;
      }
    }),
  removeFile: (who, path) => using(who, path, (file) => rm(file, { force: true }), 'removed'),
};

async function* piecesOfFile(who: string, given: FilePath): AsyncGenerator<Uint8Array, void, undefined> {
  const path = pathOf(who, given);
  try {
    await checkRegular(path);
    for await (const piece of createReadStream(path)) yield piece as Uint8Array;
  } catch (error) {
    throw explain(who, path, 'read', error);
  }
}

/** Refuses what has no end, such as a device or a pipe. @throws Error if the path is not that of a file. */
async function checkRegular(path: string): Promise<void> {
  const found = await stat(path);
  if (found.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  if (!found.isFile()) throw Object.assign(new Error('it is not a regular file'), { code: 'EINVAL' });
}

/** Whether files can be written in a folder, or in the first folder above it that exists. */
async function canWrite(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    const parent = dirname(folder);
    return codeOf(error) === 'ENOENT' && parent !== folder && canWrite(parent);
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
  }
}

/**
 * Runs an operation on a path, and converts system errors with {@link explain}. Of several processes that train one model, the
 * first writes, and the others do nothing.
 */
async function using<T>(
  who: string,
  given: FilePath,
  operation: (path: string) => Promise<T>,
  what: 'read' | 'written' | 'made' | 'removed' = 'read',
): Promise<T> {
  const path = pathOf(who, given);
  if (what !== 'read' && !writesFiles()) return undefined as T;
  try {
    return await operation(path);
  } catch (error) {
    throw explain(who, path, what, error);
  }
}

function pathOf(who: string, given: unknown): string {
  const scheme = /^(https?|indexeddb|localstorage|opfs|download):\/\//.exec(String(given))?.[1];
  if (scheme !== undefined) {
    const reason = scheme.startsWith('http')
      ? 'a file at an address of the web can only be read'
      : `${scheme}:// exists only in browsers`;
    throw refusal(who, String(given), reason);
  }
  if (given instanceof URL || (typeof given === 'string' && given.startsWith('file://'))) {
    try {
      return fileURLToPath(given);
    } catch (cause) {
      throw new ValueError(`[${who}] path must be a file path or a file URL. Received: path=${show(String(given))}.`, {
        cause,
      });
    }
  }
  if (typeof given !== 'string') {
    throw new TypeError(`[${who}] path must be a file path or a file URL. Received: path=${show(given)}.`);
  }
  if (given === '' || given.includes('\0')) {
    throw new ValueError(`[${who}] path must be non-empty and without NUL characters. Received: path=${show(given)}.`);
  }
  return given;
}
