import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from './failures-node.ts';

/** The number of bytes written between two checks of the abort signal. */
const PIECE = 1 << 24;

/** Maximum number of symbolic links followed, as on Linux. */
const MOST_LINKS = 40;

/**
 * Replaces the file at a path. The new content is written to a temporary file in the same folder, flushed to the disk and
 * renamed. The rename is atomic and follows the flush, so the path never refers to partial content.
 */
export async function replaceFile(
  path: string,
  pieces: Iterable<Uint8Array>,
  signal: AbortSignal | null,
): Promise<void> {
  signal?.throwIfAborted();
  const target = await followed(path);
  const before = await statIfThere(target);
  if (before !== null && !before.isFile()) {
    throw Object.assign(new Error(before.isDirectory() ? 'it is a folder' : 'it is not a regular file'), {
      code: before.isDirectory() ? 'EISDIR' : 'EINVAL',
    });
  }
  await removeLeftovers(target);
  const temporary = join(dirname(target), `${prefixOf(target)}${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o666);
    try {
      await write(file, pieces, signal);
      if (before !== null) await keepOwner(file, before);
      await file.sync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

async function write(file: FileHandle, pieces: Iterable<Uint8Array>, signal: AbortSignal | null): Promise<void> {
  for (const bytes of pieces) {
    for (let at = 0; at < bytes.length; at += PIECE) {
      signal?.throwIfAborted();
      await file.writeFile(bytes.subarray(at, at + PIECE));
    }
  }
}

/** Copies the owner of the old file, if permitted, and then its permissions to the new file. */
async function keepOwner(file: FileHandle, before: Stats): Promise<void> {
  const now = await file.stat();
  if (now.uid !== before.uid || now.gid !== before.gid) {
    try {
      await file.chown(before.uid, before.gid);
    } catch (error) {
      if (codeOf(error) !== 'EPERM') throw error;
    }
  }
  await file.chmod(before.mode & 0o7777);
}

/** Resolves all symbolic links of a path. The final target need not exist. */
async function followed(path: string): Promise<string> {
  let target = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    let isLink: boolean;
    try {
      isLink = (await lstat(target)).isSymbolicLink();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return target;
    }
    if (!isLink) return target;
    target = resolve(dirname(target), await readlink(target));
  }
  throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP' });
}

async function statIfThere(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The prefix of the temporary files of a path: the start of its name, and a hash of the name and the host name, because
 * process ids are meaningful only on one machine. The process id, a random part and `.tmp` follow.
 */
function prefixOf(target: string): string {
  const name = basename(target);
  const hash = createHash('sha256').update(`${hostname()}\0${name}`).digest('hex').slice(0, 12);
  return `.${/^.{0,40}/su.exec(name)?.[0] ?? ''}.evenkeel-${hash}-`;
}

/** Removes the temporary files of processes that crashed while writing this path. */
async function removeLeftovers(target: string): Promise<void> {
  const [folder, prefix] = [dirname(target), prefixOf(target)];
  for (const name of await namesIn(folder)) {
    const match = name.startsWith(prefix) ? /^(\d+)-[0-9a-f]+\.tmp$/.exec(name.slice(prefix.length)) : null;
    if (match === null) continue;
    const file = join(folder, name);
    if (await isLeftover(Number(match[1]), file)) await rm(file, { force: true });
  }
}

/** The names in a folder; empty if it cannot be listed, because it may still be writable. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function isLeftover(owner: number, file: string): Promise<boolean> {
  // Another thread of this process may be writing. A file older than this process, however, belongs to an earlier process
  // with the same id, as happens in a restarted container.
  if (owner === process.pid) {
    const found = await statIfThere(file);
    return found !== null && found.mtimeMs < Date.now() - process.uptime() * 1000;
  }
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** Error codes of systems that cannot flush a folder. */
const CANNOT_SYNC = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'];

/** Flushes the folder where the system supports it, so that the rename survives a power failure. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!CANNOT_SYNC.includes(codeOf(error) ?? '')) throw error;
  }
}
