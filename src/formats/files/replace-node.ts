import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { kill, pid, uptime } from 'node:process';
import { codeOf } from './failures-node.ts';

/** Between pieces of this many bytes an abort is noticed. */
const PIECE = 1 << 24;

/** As many links as systems follow, too. */
const MOST_LINKS = 40;

/**
 * Replaces what a path leads to. The new content is written beside it, flushed to the disk, and given the path's name;
 * renaming is atomic, and the flush comes first, so that the name never leads to a part of the content.
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
    throw Object.assign(new Error(before.isDirectory() ? 'it is a folder' : 'it is no regular file'), {
      code: before.isDirectory() ? 'EISDIR' : 'EINVAL',
    });
  }
  await removeLeftovers(target);
  const temporary = join(dirname(target), `${prefixOf(target)}${pid}-${randomBytes(6).toString('hex')}.tmp`);
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

/** The new file gets the owner of the old one, if this process may give it away, and then its permissions. */
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

/** The path behind all symbolic links; what the last one leads to need not be there. */
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
 * What the names of temporary files for a path begin with: enough of its name to be recognised, and a hash of it and of
 * the machine's name, since the numbers of processes mean something on one machine only. The number of the process, a
 * random part and `.tmp` follow.
 */
function prefixOf(target: string): string {
  const name = basename(target);
  const hash = createHash('sha256').update(`${hostname()}\0${name}`).digest('hex').slice(0, 12);
  return `.${/^.{0,40}/su.exec(name)?.[0] ?? ''}.evenkeel-${hash}-`;
}

/** Removes the temporary files of processes that have died while they wrote this path. */
async function removeLeftovers(target: string): Promise<void> {
  const [folder, prefix] = [dirname(target), prefixOf(target)];
  for (const name of await namesIn(folder)) {
    const match = name.startsWith(prefix) ? /^(\d+)-[0-9a-f]+\.tmp$/.exec(name.slice(prefix.length)) : null;
    if (match === null) continue;
    const file = join(folder, name);
    if (await isLeftover(Number(match[1]), file)) await rm(file, { force: true });
  }
}

/** What a folder holds; nothing if it cannot be listed, which is no reason not to write into it. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function isLeftover(owner: number, file: string): Promise<boolean> {
  // Another thread of this process may be writing. But a process with this number before it, as in a container that is
  // started again, has died.
  if (owner === pid) {
    const found = await statIfThere(file);
    return found !== null && found.mtimeMs < Date.now() - uptime() * 1000;
  }
  try {
    kill(owner, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** What systems answer that cannot flush a folder. */
const CANNOT_SYNC = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'];

/** Flushes the folder, so that the new name outlives a failure of the power too, where the system can. */
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
