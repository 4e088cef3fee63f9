import {
  chmodSync,
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
  test('writeFileAtomic makes a file of bytes, or of pieces behind each other, and leaves nothing else', async () => {
    await files.writeFileAtomic('save', at('a'), bytes('one'));
    await files.writeFileAtomic('save', at('b'), [bytes('one'), new Uint8Array(), bytes('two')]);
    expect(readFileSync(at('a'), 'utf8')).toBe('one');
    expect(readFileSync(at('b'), 'utf8')).toBe('onetwo');
    expect(readdirSync(folder)).toEqual(['a', 'b']);
  });

  test('writeFileAtomic takes parts of larger arrays for themselves', async () => {
    await files.writeFileAtomic('save', at('a'), bytes('0123456789').subarray(2, 5));
    expect(readFileSync(at('a'), 'utf8')).toBe('234');
  });

  test('writeFileAtomic replaces a file, and shortens it', async () => {
    await files.writeFileAtomic('save', at('a'), bytes('a long text'));
    await files.writeFileAtomic('save', at('a'), bytes('short'));
    expect(readFileSync(at('a'), 'utf8')).toBe('short');
  });

  test('writeFileAtomic goes by URLs of files, as objects and as texts', async () => {
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
      `[save] the file cannot be written. Received: path=${JSON.stringify(at('a'))}. The system says: too many symbolic links.`,
    );
    await expect(files.writeFileAtomic('save', '/dev/null', bytes('x'))).rejects.toThrow(
      '[save] the file cannot be written. Received: path="/dev/null". The system says: it is no regular file.',
    );
  });

  test('writeFileAtomic leaves the file, and nothing beside it, when the pieces fail on the way', async () => {
    writeFileSync(at('a'), 'old');
    function* pieces(): Iterable<Uint8Array> {
      yield bytes('new');
      throw new Error('no more');
    }
    await expect(files.writeFileAtomic('save', at('a'), pieces())).rejects.toThrow('no more');
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('writeFileAtomic leaves the file, and nothing beside it, when it is aborted before, while or after it writes', async () => {
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

  test('writeFileAtomic removes what dead processes left of the same file, and nothing else', async () => {
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

  test('writeFileAtomic keeps to the lengths of names that systems allow', async () => {
    const names = ['x'.repeat(255), 'é'.repeat(120), '𝒳'.repeat(60)];
    for (const name of names) {
      await files.writeFileAtomic('save', at(name), bytes(name));
      expect(readFileSync(at(name), 'utf8')).toBe(name);
    }
  });

  test('writeFileAtomic lets two writers of one path each write a whole', async () => {
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => files.writeFileAtomic('save', at('a'), bytes(text))));
    expect(texts).toContain(readFileSync(at('a'), 'utf8'));
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('the other calls', () => {
  test('the other calls read, measure, append, look for and remove', async () => {
    expect(await files.exists('check', at('a'))).toBe(false);
    await files.appendText('log', at('a'), 'ä');
    await files.appendText('log', at('a'), 'b');
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

  test('the other calls: remove a folder only if nothing is in it', async () => {
    await files.makeFolder('clean', at('x/y'));
    await files.removeEmptyFolder('clean', at('x'));
    expect(readdirSync(folder)).toEqual(['x']);
    await files.removeEmptyFolder('clean', at('x/y'));
    await files.removeEmptyFolder('clean', at('x'));
    await files.removeEmptyFolder('clean', at('x'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('the other calls: make folders, and tell the folder of a file', async () => {
    await files.makeFolder('save', at('x/y/z'));
    await files.makeFolder('save', at('x/y/z'));
    expect(await files.exists('check', at('x/y/z'))).toBe(true);
    expect(files.folderOf('save', at('x/y/z'))).toBe(at('x/y'));
    expect(files.folderOf('save', 'plain.h5')).toBe('.');
  });
});

describe('wrong use says how to mend it:', () => {
  const shown = (name: string): string => `Received: path=${JSON.stringify(at(name))}.`;

  test.each([
    [
      'read what is not there',
      () => files.readFile('loadModel', at('no')),
      () => `[loadModel] there must be a file at path. ${shown('no')} Look for a mistake in its name.`,
    ],
    [
      'measure a folder',
      () => files.fileSize('loadModel', folder),
      () => `[loadModel] path must be that of a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'read a folder',
      () => files.readFile('loadModel', folder),
      () => `[loadModel] path must be that of a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'write over a folder',
      () => files.writeFileAtomic('save', folder, bytes('x')),
      () => `[save] path must be that of a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'remove a folder',
      () => files.removeFile('clean', folder),
      () => `[clean] path must be that of a file. Received: path=${JSON.stringify(folder)}. It is a folder.`,
    ],
    [
      'write into no folder',
      () => files.writeFileAtomic('save', at('no/a'), bytes('x')),
      () => `[save] the folder of path must exist. ${shown('no/a')} Make it first, or look for a mistake in its name.`,
    ],
    [
      'append in no folder',
      () => files.appendText('CSVLogger', at('no/a'), 'x'),
      () =>
        `[CSVLogger] the folder of path must exist. ${shown('no/a')} Make it first, or look for a mistake in its name.`,
    ],
    [
      'use a URL of the web',
      () => files.readFile('loadModel', new URL('https://example.com/a')),
      () => '[loadModel] path must be a path, or a URL of a file. Received: path="https://example.com/a".',
    ],
    [
      'use an empty path',
      () => files.readFile('loadModel', ''),
      () => '[loadModel] path must not be empty, nor hold a NUL character. Received: path="".',
    ],
    [
      'use a NUL',
      () => files.readFile('loadModel', 'a\0b'),
      () => String.raw`[loadModel] path must not be empty, nor hold a NUL character. Received: path="a\u0000b".`,
    ],
  ])('wrong use says how to mend it:: %s', async (_, run, message) => {
    await expect(run()).rejects.toThrow(new ValueError(message()));
  });

  test('wrong use says how to mend it:: a path that is none', async () => {
    await expect(files.readFile('loadModel', 3 as never)).rejects.toThrow(
      new TypeError('[loadModel] path must be a path, or a URL of a file. Received: path=3.'),
    );
  });

  test('wrong use says how to mend it:: a file in the place of a folder', async () => {
    writeFileSync(at('a'), '');
    await expect(files.makeFolder('save', at('a'))).rejects.toThrow(
      `[save] there must be nothing but a folder at path. ${shown('a')} Choose another name.`,
    );
    await expect(files.readFile('load', at('a/b'))).rejects.toThrow(
      `[load] path must lead through folders. ${shown('a/b')} A part of it is a file.`,
    );
  });

  test.skipIf(isWindows || isRoot)(
    'wrong use says how to mend it:: a file that may not be read, and a folder that may not be changed',
    async () => {
      writeFileSync(at('a'), '');
      chmodSync(at('a'), 0);
      await expect(files.readFile('load', at('a'))).rejects.toThrow(
        `[load] the file must be readable. ${shown('a')} The system says: `,
      );
      chmodSync(folder, 0o500);
      await expect(files.writeFileAtomic('save', at('b'), bytes('x'))).rejects.toThrow(
        `[save] the file must be one that may be written. ${shown('b')} The system says: `,
      );
      chmodSync(folder, 0o700);
    },
  );

  test('wrong use says how to mend it:: the cause is kept', async () => {
    await expect(files.readFile('load', at('no'))).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
  });
});

test('where there are no files, every call says what to do', async () => {
  const message =
    '[saveWeights] there are no files here: this needs Node. Received: path="m.weights.h5". Use bytes where there are some to use: model.toBytes() gives them, and loadModel(bytes) takes them.';
  expect(Object.keys(plainFiles).sort()).toEqual(Object.keys(files).sort());
  const refused = await Promise.allSettled([
    plainFiles.readFile('saveWeights', 'm.weights.h5'),
    plainFiles.fileSize('saveWeights', 'm.weights.h5'),
    plainFiles.writeFileAtomic('saveWeights', 'm.weights.h5', new Uint8Array()),
    plainFiles.appendText('saveWeights', 'm.weights.h5', ''),
    plainFiles.makeFolder('saveWeights', 'm.weights.h5'),
    plainFiles.removeEmptyFolder('saveWeights', 'm.weights.h5'),
    plainFiles.exists('saveWeights', 'm.weights.h5'),
    plainFiles.removeFile('saveWeights', 'm.weights.h5'),
  ]);
  expect(refused).toHaveLength(Object.keys(plainFiles).length - 1);
  for (const call of refused) expect(call).toMatchObject({ reason: new NotImplementedError(message) });
  expect(() => plainFiles.folderOf('saveWeights', 'm.weights.h5')).toThrow(new NotImplementedError(message));
});
