import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { NotImplementedError, ValueError } from '../../../src/core/errors.ts';
import { files } from '../../../src/formats/files/files-node.ts';
import { files as plainFiles } from '../../../src/formats/files/files-plain.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-files-'));
let folder = root;
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const at = (name: string): string => join(folder, name);
const isWindows = process.platform === 'win32';
const isRoot = process.getuid?.() === 0;

describe('writeFileAtomic', () => {
  test('writeFileAtomic writes bytes or consecutive pieces to a file, and leaves no other files', async () => {
    await files.writeFileAtomic('save', at('a'), bytes('one'));
    await files.writeFileAtomic('save', at('b'), [bytes('one'), new Uint8Array(), bytes('two')]);
    expect(readFileSync(at('a'), 'utf8')).toBe('one');
    expect(readFileSync(at('b'), 'utf8')).toBe('onetwo');
    expect(readdirSync(folder)).toEqual(['a', 'b']);
  });

  test('writeFileAtomic writes subarrays of larger arrays', async () => {
    await files.writeFileAtomic('save', at('a'), bytes('0123456789').subarray(2, 5));
    expect(readFileSync(at('a'), 'utf8')).toBe('234');
  });

  test('writeFileAtomic replaces a file with a shorter one', async () => {
    await files.writeFileAtomic('save', at('a'), bytes('a long text'));
    await files.writeFileAtomic('save', at('a'), bytes('short'));
    expect(readFileSync(at('a'), 'utf8')).toBe('short');
  });

  test('writeFileAtomic accepts file URLs as objects and as strings', async () => {
    const url = pathToFileURL(at('with space'));
    await files.writeFileAtomic('save', url, bytes('x'));
    expect(new TextDecoder().decode(await files.readFile('load', url.href))).toBe('x');
  });

  test.skipIf(isWindows)('writeFileAtomic keeps the permissions of a file that is there', async () => {
    writeFileSync(at('a'), 'old');
    chmodSync(at('a'), 0o4641);
    await files.writeFileAtomic('save', at('a'), bytes('new'));
    expect(statSync(at('a')).mode & 0o7777).toBe(0o4641);
    expect(readFileSync(at('a'), 'utf8')).toBe('new');
  });

  test.skipIf(isWindows)('writeFileAtomic follows symbolic links, also to a file that is not there yet', async () => {
    mkdirSync(at('elsewhere'));
    symlinkSync('middle', at('link'));
    symlinkSync(join('elsewhere', 'file'), at('middle'));
    for (const text of ['first', 'second']) {
      await files.writeFileAtomic('save', at('link'), bytes(text));
      expect(readFileSync(at('elsewhere/file'), 'utf8')).toBe(text);
    }
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(at('elsewhere'))).toEqual(['file']);
  });

  test.skipIf(isWindows)('writeFileAtomic refuses links that go in a circle, and what is no regular file', async () => {
    symlinkSync('b', at('a'));
    symlinkSync('a', at('b'));
    await expect(files.writeFileAtomic('save', at('a'), bytes('x'))).rejects.toThrow(
      `[save] the file cannot be written. Received: path=${JSON.stringify(at('a'))}. System error: too many symbolic links.`,
    );
    await expect(files.writeFileAtomic('save', '/dev/null', bytes('x'))).rejects.toThrow(
      '[save] the file cannot be written. Received: path="/dev/null". System error: it is not a regular file.',
    );
  });

  test('writeFileAtomic leaves the file unchanged, and no temporary file, when an iterable of pieces throws', async () => {
    writeFileSync(at('a'), 'old');
    function* pieces(): Iterable<Uint8Array> {
      yield bytes('new');
      throw new Error('no more');
    }
    await expect(files.writeFileAtomic('save', at('a'), pieces())).rejects.toThrow('no more');
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('writeFileAtomic leaves the file unchanged, and no temporary file, when aborted before, during or after writing', async () => {
    writeFileSync(at('a'), 'old');
    const reason = new Error('stop');
    for (const moment of ['before', 'while', 'after']) {
      const controller = new AbortController();
      function* pieces(): Iterable<Uint8Array> {
        yield bytes('new');
        if (moment === 'while') controller.abort(reason);
        yield bytes('more');
        if (moment === 'after') controller.abort(reason);
      }
      if (moment === 'before') controller.abort(reason);
      const { signal } = controller;
      await expect(files.writeFileAtomic('save', at('a'), pieces(), { signal })).rejects.toBe(reason);
      expect(readFileSync(at('a'), 'utf8'), moment).toBe('old');
      expect(readdirSync(folder), moment).toEqual(['a']);
    }
  });

  test('writeFileAtomic removes only the temporary files that crashed processes left for the same path', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const hash = (host: string, name: string): string =>
      createHash('sha256').update(`${host}\0${name}`).digest('hex').slice(0, 12);
    const leftover = (name: string, pid: number, host = hostname()): string =>
      `.${name}.evenkeel-${hash(host, name)}-${pid}-0123456789ab.tmp`;
    const stay = [
      leftover('b', dead),
      leftover('a', process.ppid),
      leftover('a', process.pid),
      leftover('a', dead, 'another-host'),
      `${leftover('a', dead)}.copy`,
    ];
    for (const name of [leftover('a', dead), ...stay]) writeFileSync(at(name), 'part');
    await files.writeFileAtomic('save', at('a'), bytes('x'));
    expect(readdirSync(folder).sort()).toEqual(['a', ...stay].sort());
  });

  test('writeFileAtomic respects the maximum length of file names', async () => {
    const names = ['x'.repeat(255), 'é'.repeat(120), '𝒳'.repeat(60)];
    for (const name of names) {
      await files.writeFileAtomic('save', at(name), bytes(name));
      expect(readFileSync(at(name), 'utf8')).toBe(name);
    }
  });

  test('writeFileAtomic writes a whole file from one of several concurrent writers', async () => {
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => files.writeFileAtomic('save', at('a'), bytes(text))));
    expect(texts).toContain(readFileSync(at('a'), 'utf8'));
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('other file operations', () => {
  test('files are read, measured, appended to, found and removed', async () => {
    expect(await files.exists('check', at('a'))).toBe(false);
    await files.append('log', at('a'), 'ä');
    await files.append('log', at('a'), new TextEncoder().encode('b'));
    expect(await files.exists('check', at('a'))).toBe(true);
    expect(await files.exists('check', join(at('a'), 'b'))).toBe(false);
    expect(await files.fileSize('load', at('a'))).toBe(3);
    const read = await files.readFile('load', at('a'));
    expect(read.constructor).toBe(Uint8Array);
    expect(new TextDecoder().decode(read)).toBe('äb');
    await files.removeFile('clean', at('a'));
    await files.removeFile('clean', at('a'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('removeEmptyFolder removes a folder only if it is empty', async () => {
    await files.makeFolder('clean', at('x/y'));
    await files.removeEmptyFolder('clean', at('x'));
    expect(readdirSync(folder)).toEqual(['x']);
    await files.removeEmptyFolder('clean', at('x/y'));
    await files.removeEmptyFolder('clean', at('x'));
    await files.removeEmptyFolder('clean', at('x'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('makeFolder creates folders, and folderOf returns the folder of a file', async () => {
    await files.makeFolder('save', at('x/y/z'));
    await files.makeFolder('save', at('x/y/z'));
    expect(await files.exists('check', at('x/y/z'))).toBe(true);
    expect(files.folderOf('save', at('x/y/z'))).toBe(at('x/y'));
    expect(files.folderOf('save', 'plain.h5')).toBe('.');
  });
});

describe('file errors', () => {
  const shown = (name: string): string => `Received: path=${JSON.stringify(at(name))}.`;

  test.each([
    [
      'reading a missing file',
      () => files.readFile('loadModel', at('no')),
      () => `[loadModel] the file at path must exist. ${shown('no')} Check the spelling.`,
    ],
    [
      'measuring a folder',
      () => files.fileSize('loadModel', folder),
      () => `[loadModel] path must be a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'reading a folder',
      () => files.readFile('loadModel', folder),
      () => `[loadModel] path must be a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'overwriting a folder',
      () => files.writeFileAtomic('save', folder, bytes('x')),
      () => `[save] path must be a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'removing a folder',
      () => files.removeFile('clean', folder),
      () => `[clean] path must be a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'writing into a missing folder',
      () => files.writeFileAtomic('save', at('no/a'), bytes('x')),
      () => `[save] the folder of path must exist. ${shown('no/a')} Create it first, or check the spelling.`,
    ],
    [
      'appending in a missing folder',
      () => files.append('CSVLogger', at('no/a'), 'x'),
      () => `[CSVLogger] the folder of path must exist. ${shown('no/a')} Create it first, or check the spelling.`,
    ],
    [
      'a URL of another kind',
      () => files.readFile('loadModel', new URL('ftp://example.com/a')),
      () => '[loadModel] path must be a file path or a file URL. Received: path="ftp://example.com/a".',
    ],
    [
      'an empty path',
      () => files.readFile('loadModel', ''),
      () => '[loadModel] path must be non-empty and without NUL characters. Received: path="".',
    ],
    [
      'a NUL character',
      () => files.readFile('loadModel', 'a\0b'),
      () => String.raw`[loadModel] path must be non-empty and without NUL characters. Received: path="a\u0000b".`,
    ],
  ])('a file error suggests a fix: %s', async (_, run, message) => {
    await expect(run()).rejects.toThrow(new ValueError(message()));
  });

  test.each([
    ['https', 'a file at an address of the web can only be read'],
    ['indexeddb', 'indexeddb:// exists only in browsers'],
  ])('a path that begins with %s:// cannot be written', async (scheme, reason) => {
    await expect(files.writeFileAtomic('save', `${scheme}://example.com/a`, bytes('x'))).rejects.toThrow(
      new NotImplementedError(`[save] ${reason}. Received: path="${scheme}://example.com/a".`),
    );
  });

  test('a path that is not a string or URL throws a TypeError', async () => {
    await expect(files.readFile('loadModel', 3 as never)).rejects.toThrow(
      new TypeError('[loadModel] path must be a file path or a file URL. Received: path=3.'),
    );
  });

  test('a file in place of a folder is an error', async () => {
    writeFileSync(at('a'), '');
    await expect(files.makeFolder('save', at('a'))).rejects.toThrow(
      `[save] path must be a folder, or must not exist. ${shown('a')} Choose another name.`,
    );
    await expect(files.readFile('load', at('a/b'))).rejects.toThrow(
      `[load] every parent of path must be a folder. ${shown('a/b')} One of them is a file.`,
    );
  });

  test.skipIf(isWindows || isRoot)('an unreadable file and an unwritable folder are errors', async () => {
    writeFileSync(at('a'), '');
    chmodSync(at('a'), 0);
    await expect(files.readFile('load', at('a'))).rejects.toThrow(
      `[load] the file must be readable. ${shown('a')} System error: `,
    );
    chmodSync(folder, 0o500);
    await expect(files.writeFileAtomic('save', at('b'), bytes('x'))).rejects.toThrow(
      `[save] the file must be permitted to be written. ${shown('b')} System error: `,
    );
    chmodSync(folder, 0o700);
  });

  test('a file error has the system error as its cause', async () => {
    await expect(files.readFile('load', at('no'))).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
  });
});

test('without a file system, a name without a place can only be read, from the web', async () => {
  const message =
    '[saveWeights] a file at an address of the web can only be read. Write to indexeddb://, opfs:// or download://, or use toBytes. Received: path="m.weights.h5".';
  expect(Object.keys(plainFiles).sort()).toEqual(Object.keys(files).sort());
  const refused = await Promise.allSettled([
    plainFiles.writeFileAtomic('saveWeights', 'm.weights.h5', new Uint8Array()),
    plainFiles.append('saveWeights', 'm.weights.h5', ''),
    plainFiles.makeFolder('saveWeights', 'm.weights.h5'),
    plainFiles.removeEmptyFolder('saveWeights', 'm.weights.h5'),
    plainFiles.removeFile('saveWeights', 'm.weights.h5'),
  ]);
  for (const call of refused) expect(call).toMatchObject({ reason: new NotImplementedError(message) });
  await expect(plainFiles.readFile('loadWeights', 3 as never)).rejects.toThrow(
    new TypeError('[loadWeights] path must be a non-empty string or a URL. Received: path=3.'),
  );
});

test('without a file system, the folder of a file is the part of its path before the last slash', () => {
  expect(plainFiles.folderOf('save', 'indexeddb://models/m.keras')).toBe('indexeddb://models');
  expect(plainFiles.folderOf('save', new URL('https://example.org/a/m.keras?v=1/2'))).toBe('https://example.org/a');
});

test('a download can only be written, and only by a page', async () => {
  const message = (reason: string): NotImplementedError =>
    new NotImplementedError(`[who] ${reason}. Received: path="download://m.keras".`);
  await expect(plainFiles.readFile('who', 'download://m.keras')).rejects.toThrow(
    message('a download can only be written, as a whole'),
  );
  await expect(plainFiles.writeFileAtomic('who', 'download://m.keras', [])).rejects.toThrow(
    message('only a page can download, not a worker'),
  );
});

test.skipIf(!existsSync('/dev/zero'))('a device is refused before it is read', async () => {
  await expect(files.readFile('who', '/dev/zero')).rejects.toThrow(
    '[who] path must be a regular file. Received: path="/dev/zero". Devices and pipes are not read.',
  );
});
