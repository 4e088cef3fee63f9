import { ValueError, show } from '../../core/errors.ts';

/** The system's error code, such as `ENOENT`; null for errors that are not system errors. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Converts a system error to a ValueError that names the path, with the original as its cause. Returns others unchanged. */
export function explain(
  who: string,
  path: string,
  what: 'read' | 'written' | 'made' | 'removed',
  error: unknown,
): unknown {
  const code = codeOf(error);
  if (!(error instanceof Error) || code === null || !/^(E[A-Z0-9]+|ERR_FS_EISDIR)$/.test(code)) return error;
  const [must, advice] = reason(code, what, error.message);
  return new ValueError(`[${who}] ${must}. Received: path=${show(path)}. ${advice}`, { cause: error });
}

function reason(code: string, what: string, message: string): readonly [string, string] {
  if (code === 'ENOENT' && what === 'read') return ['the file at path must exist', 'Check the spelling.'];
  if (code === 'ENOENT') return ['the folder of path must exist', 'Create it first, or check the spelling.'];
  if (code === 'ENOTDIR') return ['every parent of path must be a folder', 'One of them is a file.'];
  if (code === 'EEXIST') return ['path must be a folder, or must not exist', 'Choose another name.'];
  if (code === 'EISDIR' || code === 'ERR_FS_EISDIR') return ['path must be a file', 'It is a folder.'];
  if (code === 'EINVAL' && what === 'read') return ['path must be a regular file', 'Devices and pipes are not read.'];
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const must = what === 'read' ? 'the file must be readable' : `the file must be permitted to be ${what}`;
    return [must, `System error: ${message}.`];
  }
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return ['the disk must have enough free space', 'The existing file is unchanged.'];
  return [`the file cannot be ${what}`, `System error: ${message}.`];
}
