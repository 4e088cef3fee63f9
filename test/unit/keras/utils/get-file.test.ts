import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NotImplementedError, ValueError } from '../../../../src/core/errors.ts';
import { files as nodeFiles } from '../../../../src/formats/files/files-node.ts';
import { files as plainFiles } from '../../../../src/formats/files/files-plain.ts';
import { writeZip } from '../../../../src/formats/zip/zip.ts';
import { getFile } from '../../../../src/keras/utils/index.ts';
import { takeOutput } from '../../../support/fail-on-console.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hash = (algorithm: string, content: Uint8Array): string => createHash(algorithm).update(content).digest('hex');

/** The files of the server; requests for them are counted. */
const served = new Map<string, Uint8Array>();
let requests = 0;
const server = createServer((request, response) => {
  requests++;
  const content = served.get(new URL(request.url ?? '', 'http://host').pathname);
  if (content === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-length': content.length }).end(content);
});

const root = mkdtempSync(join(tmpdir(), 'evenkeel-get-file-'));
let address = '';
let cacheDir = root;
let count = 0;

beforeAll(async () => {
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  cacheDir = join(root, String(count++));
  requests = 0;
  served.clear();
  served.set('/data/words.txt', bytes('three words here'));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

const quiet = { onProgress: (): void => undefined };
/** Whatever is in a folder, as text. */
const textsIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [
        join(entry.parentPath, entry.name).slice(folder.length + 1),
        readFileSync(join(entry.parentPath, entry.name), 'utf8'),
      ]),
  );

describe('utils.getFile', () => {
  test('getFile downloads a file once, and returns its path in the cache', async () => {
    const origin = `${address}/data/words.txt?version=1`;
    const path = await getFile({ origin, cacheDir, ...quiet });
    expect(path).toBe(join(cacheDir, 'datasets', 'words.txt'));
    expect(readFileSync(path, 'utf8')).toBe('three words here');
    expect(await getFile({ origin, cacheDir, ...quiet })).toBe(path);
    expect(requests).toBe(1);
    await getFile({ origin, cacheDir, forceDownload: true, ...quiet });
    expect(requests).toBe(2);
  });

  test('getFile accepts a name, a folder within the cache, an absolute folder, and a URL object', async () => {
    const origin = new URL(`${address}/data/words.txt`);
    const options = { origin, fname: 'w', ...quiet };
    expect(await getFile({ ...options, cacheDir, cacheSubdir: 'a/b' })).toBe(join(cacheDir, 'a', 'b', 'w'));
    const elsewhere = join(cacheDir, 'elsewhere');
    expect(await getFile({ ...options, cacheSubdir: elsewhere })).toBe(join(elsewhere, 'w'));
  });

  test('getFile prints what it downloads unless the caller follows the progress', async () => {
    const origin = `${address}/data/words.txt`;
    await getFile({ origin, cacheDir });
    expect(takeOutput().map(({ text }) => text)).toEqual([`Downloading data from ${origin}`]);
    const loaded: number[] = [];
    const onProgress = (progress: { readonly loaded: number }): number => loaded.push(progress.loaded);
    await getFile({ origin, cacheDir, forceDownload: true, onProgress });
    expect(loaded.at(-1)).toBe(16);
  });

  test.each(['md5', 'sha256'] as const)(
    'getFile checks the %s hash of a download and of the cache',
    async (algorithm) => {
      const origin = `${address}/data/words.txt`;
      const good = hash(algorithm, bytes('three words here'));
      const path = await getFile({ origin, cacheDir, fileHash: good.toUpperCase(), ...quiet });
      await getFile({ origin, cacheDir, fileHash: good, hashAlgorithm: algorithm, ...quiet });
      expect(requests).toBe(1);
      writeFileSync(path, 'three wor');
      await getFile({ origin, cacheDir, fileHash: good, ...quiet });
      expect(readFileSync(path, 'utf8')).toBe('three words here');
      expect(takeOutput().map(({ text }) => text)).toEqual([
        `The file ${path} is incomplete or outdated: it does not have the ${algorithm} hash ${good}.`,
      ]);
    },
  );

  test('getFile keeps nothing of a download with another hash', async () => {
    const origin = `${address}/data/words.txt`;
    const fileHash = hash('md5', bytes('other'));
    const found = hash('md5', bytes('three words here'));
    await expect(getFile({ origin, cacheDir, md5Hash: fileHash, ...quiet })).rejects.toThrow(
      new ValueError(
        `[utils.getFile] the file must have the md5 hash ${fileHash}. Received: 16 bytes with ${found} from ${origin}. It is incomplete, or another file.`,
      ),
    );
    expect(existsSync(cacheDir)).toBe(false);
  });

  test('getFile reports a server that does not have the file, and an abort', async () => {
    await expect(getFile({ origin: `${address}/none`, cacheDir, ...quiet })).rejects.toThrow(
      `[utils.getFile] the server must return the file. Received: path="${address}/none", status=404 Not Found. Check the address.`,
    );
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(getFile({ origin: `${address}/data/words.txt`, cacheDir, signal, ...quiet })).rejects.toThrow('stop');
    expect(existsSync(cacheDir)).toBe(false);
  });

  test('getFile refuses arguments that it cannot use', async () => {
    const origin = 'https://host/';
    const refused = (options: object): Promise<unknown> =>
      getFile({ origin: 'https://host/a', ...options }).then(
        () => 'accepted',
        (error: unknown) => error,
      );
    expect(await refused({ origin: undefined })).toEqual(
      new TypeError('[utils.getFile] origin must be the address of a file. Received: origin=undefined.'),
    );
    expect(await refused({ origin })).toEqual(
      new ValueError(
        '[utils.getFile] origin must end in the name of a file. Received: origin="https://host/". Give the name in fname.',
      ),
    );
    expect(await refused({ fname: 'a/b' })).toEqual(
      new ValueError(
        '[utils.getFile] fname must be a name, not a path. Received: fname="a/b". Give the folder in cacheDir and cacheSubdir.',
      ),
    );
    expect(await refused({ fileHash: 'xyz' })).toEqual(
      new ValueError('[utils.getFile] a hash of md5 must have 32 hexadecimal digits. Received: fileHash="xyz".'),
    );
    expect(await refused({ cacheSubDir: 'models' })).toEqual(
      new TypeError('[utils.getFile] unknown option "cacheSubDir". Did you mean "cacheSubdir"?'),
    );
    expect(await refused({ archiveFormat: 'rar' })).toBeInstanceOf(TypeError);
  });
});

const MEMBERS = { 'train/a/1.txt': 'one', 'train/b/2.txt': 'two', 'empty.txt': '' };
const zip = (): Uint8Array => writeZip(Object.entries(MEMBERS).map(([name, text]) => [name, bytes(text)] as const));
const tar = (): Promise<Uint8Array> =>
  packTar([
    { header: { name: './train/', size: 0, type: 'directory' } },
    ...Object.entries(MEMBERS).map(([name, body]) => ({
      header: { name: `./${name}`, size: body.length, type: 'file' as const },
      body,
    })),
  ]);

/** An archive with the name `../x` in place of `aaax`. */
const renamed = (archive: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(archive).toString('latin1').replaceAll('aaax', '../x'), 'latin1');

describe('utils.getFile with extract', () => {
  const archives = { zip, tar, 'tar.gz': async () => gzipSync(await tar()) };

  test.each(Object.entries(archives))(
    'getFile extracts the files of a %s, and returns their folder',
    async (_, make) => {
      served.set('/flowers.tgz', await make());
      const options = { origin: `${address}/flowers.tgz`, cacheDir, extract: true, ...quiet };
      const folder = await getFile(options);
      expect(folder).toBe(join(cacheDir, 'datasets', 'flowers.tgz'));
      expect(textsIn(folder)).toEqual(MEMBERS);
      expect(await getFile(options)).toBe(folder);
      expect(requests).toBe(1);
      expect(await getFile({ ...options, fname: 'f' })).toBe(join(cacheDir, 'datasets', 'f'));
      expect(existsSync(join(cacheDir, 'datasets', 'f_archive'))).toBe(true);
      expect(await getFile({ ...options, fname: 'f.zip' })).toBe(join(cacheDir, 'datasets', 'f_extracted'));
      expect(existsSync(join(cacheDir, 'datasets', 'f.zip'))).toBe(true);
    },
  );

  test('getFile with untar expects a tar file, and with archiveFormat one of its formats', async () => {
    served.set('/a', zip());
    const options = { origin: `${address}/a`, cacheDir, ...quiet };
    const path = join(cacheDir, 'datasets', 'a_archive');
    await expect(getFile({ ...options, untar: true })).rejects.toThrow(
      `[utils.getFile ${path}] the file must be an archive of the formats tar. Received: ${zip().length} bytes of another format.`,
    );
    await expect(getFile({ ...options, extract: true, archiveFormat: ['tar'] })).rejects.toThrow(ValueError);
    expect(textsIn(await getFile({ ...options, extract: true, archiveFormat: 'zip' }))).toEqual(MEMBERS);
  });

  test('getFile refuses names that lead out of the folder, links, other compressions, and damaged archives', async () => {
    const header = { size: 1, type: 'file' } as const;
    const outside = await packTar([{ header: { ...header, name: '../x' }, body: 'x' }]);
    const link = await packTar([{ header: { name: 'l', size: 0, type: 'symlink', linkname: '/etc/passwd' } }]);
    const bad: readonly (readonly [Uint8Array, new (message: string) => Error, string])[] = [
      [outside, ValueError, 'the names in an archive must stay inside its folder. Received: "../x"'],
      [renamed(writeZip([['aaax', bytes('x')]])), ValueError, 'must be relative and stay inside it'],
      [link, NotImplementedError, 'an archive must consist of files and folders. Received: "l", of the type symlink'],
      [bytes('BZh91AY&SY'), NotImplementedError, 'Received: one compressed by bzip2'],
      [Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), NotImplementedError, 'Received: one compressed by xz'],
      [gzipSync(bytes('text')), ValueError, 'the file must be an archive of the formats tar, zip'],
      [gzipSync(await tar()).subarray(0, 60), ValueError, 'a gzip file must be whole'],
      [(await tar()).subarray(0, 1100), ValueError, 'a tar file must be whole'],
    ];
    for (const [i, [content, kind, message]] of bad.entries()) {
      served.set('/bad', content);
      const found = await getFile({
        origin: `${address}/bad`,
        cacheDir,
        fname: `bad${i}`,
        extract: true,
        ...quiet,
      }).then(
        () => 'accepted',
        (error: unknown) => error,
      );
      expect(found, message).toBeInstanceOf(kind);
      expect((found as Error).message).toContain(message);
      expect(existsSync(join(cacheDir, 'datasets', `bad${i}`))).toBe(false);
    }
  });

  test('getFile refuses an archive that expands to hundreds of times its size', async () => {
    served.set('/bomb', gzipSync(new Uint8Array(2 ** 26 + 1)));
    await expect(getFile({ origin: `${address}/bomb`, cacheDir, extract: true, ...quiet })).rejects.toThrow(
      'a compressed archive must expand to at most 100 times its size',
    );
  });
});

describe('the folder of downloads', () => {
  test('the folder of downloads is that of Keras, or one for temporary files if that cannot be written', async () => {
    const before = process.env['KERAS_HOME'];
    try {
      process.env['KERAS_HOME'] = join(cacheDir, 'not', 'there');
      expect(await nodeFiles.cacheFolder('getFile', null)).toBe(join(cacheDir, 'not', 'there'));
      mkdirSync(cacheDir);
      writeFileSync(join(cacheDir, 'file'), '');
      process.env['KERAS_HOME'] = join(cacheDir, 'file', 'folder');
      expect(await nodeFiles.cacheFolder('getFile', null)).toBe(join(tmpdir(), '.keras'));
    } finally {
      if (before === undefined) delete process.env['KERAS_HOME'];
      else process.env['KERAS_HOME'] = before;
    }
    expect(await nodeFiles.cacheFolder('getFile', '~/cache')).toBe(`${homedir()}/cache`);
  });

  test('the folder of downloads in a page is that of its origin', async () => {
    expect(await plainFiles.cacheFolder('getFile', null)).toMatch(/^(opfs|indexeddb):\/\/\.keras$/);
    expect(await plainFiles.cacheFolder('getFile', 'indexeddb://mine')).toBe('indexeddb://mine');
  });
});
