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
  if (code === 'ENOENT' && what === 'read') return ['there must be a file at path', 'Look for a mistake in its name.'];
  if (code === 'ENOENT') return ['the folder of path must exist', 'Make it first, or look for a mistake in its name.'];
  if (code === 'ENOTDIR') return ['path must lead through folders', 'A part of it is a file.'];
  if (code === 'EEXIST') return ['there must be nothing but a folder at path', 'Choose another name.'];
  if (code === 'EISDIR' || code === 'ERR_FS_EISDIR') return ['path must be that of a file', 'It is a folder.'];
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const must = what === 'read' ? 'the file must be readable' : `the file must be one that may be ${what}`;
    return [must, `The system says: ${message}.`];
  }
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return ['there must be room on the disk', 'What was there before is there still.'];
  return [`the file cannot be ${what}`, `The system says: ${message}.`];
}
