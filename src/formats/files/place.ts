import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import type { FileContent, Files } from './files.ts';

/** A kind of place where files are, by the scheme of their paths. */
export type Place = Omit<
  Files,
  'folderOf' | 'isAddress' | 'neighborOf' | 'readFileSync' | 'cacheFolder' | 'readFolder' | 'readPieces'
>;

/** The part of a path after its scheme, which is the file's name in the place. @throws ValueError if it is empty */
export function nameIn(who: string, path: string | URL): string {
  const given = path instanceof URL ? decodeURI(path.href) : path;
  const name = given.slice(given.indexOf('://') + 3);
  if (name !== '' && !name.endsWith('/')) return name;
  throw new ValueError(`[${who}] path must end in a name. Received: path=${show(given)}.`);
}

/** The error for a file that does not exist. */
export function missing(who: string, path: string | URL): ValueError {
  return new ValueError(
    `[${who}] the file at path must exist. Received: path=${show(String(path))}. Check the spelling.`,
  );
}

/** Converts errors of the browser's storage to those of the file system, with the original as the cause. */
export async function stored<T>(who: string, path: string | URL, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    if (cause.name === 'NotFoundError') throw missing(who, path);
    const must =
      cause.name === 'QuotaExceededError'
        ? 'the storage of the browser must have enough free space'
        : 'the storage of the browser must be accessible';
    const received = `path=${show(String(path))}`;
    throw new ValueError(`[${who}] ${must}. Received: ${received}. ${cause.name}: ${cause.message}`, { cause });
  }
}

/** The error for an operation that a place does not have. */
export function refusal(who: string, path: string | URL, reason: string): NotImplementedError {
  return new NotImplementedError(`[${who}] ${reason}. Received: path=${show(String(path))}.`);
}

/** The pieces of a content, in memory of their own: storage does not accept shared memory. */
export function* piecesOf(content: FileContent | string): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (typeof content === 'string') {
    yield new TextEncoder().encode(content);
    return;
  }
  for (const piece of content instanceof Uint8Array ? [content] : content) {
    const { buffer, byteOffset, length } = piece;
    yield buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, length) : new Uint8Array(piece);
  }
}
