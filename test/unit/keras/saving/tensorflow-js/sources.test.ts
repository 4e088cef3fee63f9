import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FileSource, type LoadModelOptions, NotImplementedError, ValueError, loadModel } from 'evenkeel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convertedCase } from '../../../../support/tensorflow-js-cases.ts';

const { files } = convertedCase('small shards');
const shards = Object.keys(files).filter((name) => name !== 'model.json');
const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly object[] }[];
};

/** The same model, with the weights in a folder below it. */
const below: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'model.json': new TextEncoder().encode(
    JSON.stringify({
      ...json,
      weightsManifest: json.weightsManifest.map((group) => ({
        ...group,
        paths: group.paths.map((path) => `./weights/${path}`),
      })),
    }),
  ),
  ...Object.fromEntries(shards.map((name) => [`weights/${name}`, files[name]!])),
};

let folder = '';
let address = '';
const requested: string[] = [];
const server = createServer((request, response) => {
  const url = request.url ?? '';
  requested.push(url);
  const content = (url.startsWith('/nested/') ? below : files)[
    url.replace(/^\/(?:old|far|nested)\//, '').replace(/\?.*$/, '')
  ];
  if (content === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-length': content.length }).end(content);
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-tfjs-'));
  for (const [name, bytes] of [
    ...Object.entries(files).map(([name, bytes]) => [`flat/${name}`, bytes] as const),
    ...Object.entries(below).map(([name, bytes]) => [`nested/${name}`, bytes] as const),
    ...shards.map((name) => [`weights alone/${name}`, files[name]!] as const),
  ]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function expectModel(source: FileSource, options: LoadModelOptions = {}): Promise<void> {
  const model = await loadModel(source, options);
  expect(model.countParams()).toBe(51);
  expect(model.getWeights()).toEqual((await loadModel(files)).getWeights());
}

const asFiles = (contents: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): File[] =>
  Object.entries(contents).map(([name, bytes]) => new File([bytes], name));

test('loadModel reads a model.json and its weights from a folder, by its path or its URL', async () => {
  await expectModel(join(folder, 'flat/model.json'));
  await expectModel(pathToFileURL(join(folder, 'flat/model.json')));
  await expectModel(join(folder, 'nested/model.json'));
});

test('loadModel reads a model.json and its weights from an address, with the query of the address', async () => {
  await expectModel(`${address}/old/model.json`);
  await expectModel(new URL(`${address}/old/model.json`));
  await expectModel(`${address}/nested/model.json`);
  requested.length = 0;
  await expectModel(`${address}/old/model.json?alt=media&token=a/b`);
  expect([...requested].sort()).toEqual(
    [...shards, 'model.json'].map((name) => `/old/${name}?alt=media&token=a/b`).sort(),
  );
  await expectModel(await fetch(`${address}/old/model.json`));
});

test('loadModel reads a record, a map and a list of files', async () => {
  await expectModel(files);
  await expectModel(below);
  await expectModel(new Map(Object.entries(files)));
  await expectModel(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.buffer])));
  await expectModel(Object.fromEntries(asFiles(files).map((file) => [file.name, file])));
  await expectModel(asFiles(files));
  await expectModel(asFiles(below).map((file) => new File([file], file.name.replace('weights/', ''))));
  const { 'model.json': model, ...rest } = files;
  await expectModel({ ...rest, 'my-model.json': model! });
  await expectModel(Object.fromEntries(Object.entries(below).map(([name, bytes]) => [`./m/${name}`, bytes])));
});

test('loadModel reads one file that a user chose, whatever its format', async () => {
  const bytes = Uint8Array.from(await (await loadModel(files)).toBytes('keras'));
  await expectModel([new File([bytes], 'm.keras')]);
  await expectModel({ 'm.keras': bytes });
});

test('loadModel reads the artifacts that model.save of TensorFlow.js passes to a handler', async () => {
  const { weightsManifest, ...rest } = json;
  const pieces = shards.map((name) => files[name]!);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  await expectModel({ ...rest, weightSpecs, weightData: await new Blob(pieces).arrayBuffer() });
  await expectModel({ ...rest, weightSpecs, weightData: pieces.map((piece) => piece.buffer) });
});

test('weightPathPrefix is the folder or the address of the weights', async () => {
  const model = files['model.json']!;
  await expectModel(model, { weightPathPrefix: join(folder, 'weights alone') });
  await expectModel(model, { weightPathPrefix: `${address}/far/` });
  await expectModel(`${address}/old/model.json`, { weightPathPrefix: new URL(`${address}/far`) });
  await expect(loadModel(model, { weightPathPrefix: 3 as never })).rejects.toThrow(
    new TypeError('[loadModel] weightPathPrefix must be a path or an address. Received: weightPathPrefix=3.'),
  );
});

test('weightUrlConverter returns a path, an address or the content of a file of weights', async () => {
  const model = files['model.json']!;
  await expectModel(model, { weightUrlConverter: (name) => join(folder, 'weights alone', name) });
  await expectModel(model, { weightUrlConverter: (name) => Promise.resolve(`${address}/far/${name}?v=1`) });
  await expectModel(model, { weightUrlConverter: (name) => files[name]! });
  await expect(loadModel(model, { weightUrlConverter: 'x' as never })).rejects.toThrow(
    new TypeError('[loadModel] weightUrlConverter must be a function. Received: weightUrlConverter="x".'),
  );
  await expect(loadModel(model, { weightUrlConverter: () => 7 as never })).rejects.toThrow(
    `[loadModel: ${shards[0]!}] a file must be a path, a URL, bytes, a Blob or a Response. Received: 7.`,
  );
});

test('the places of weights are refused for files that contain them', async () => {
  const bytes = await (await loadModel(files)).toBytes('keras');
  await expect(loadModel(bytes, { weightPathPrefix: folder })).rejects.toThrow(
    new ValueError(
      '[loadModel] weightPathPrefix is for files that name others, such as model.json. Received: a file of the format keras. Omit weightPathPrefix.',
    ),
  );
});

test('the bytes of a model.json alone are refused with the names of the other files', async () => {
  await expect(loadModel(files['model.json']!)).rejects.toThrow(
    new ValueError(
      '[loadModel] a model.json must be given with the files that it names. Received: the bytes of one of group1-shard1of4.bin, group1-shard2of4.bin, group1-shard3of4.bin and 1 more. Pass its path or address, a record of the bytes of all files by name, or { weightPathPrefix }.',
    ),
  );
});

test('a missing file of weights is named', async () => {
  const { 'group1-shard2of4.bin': _, ...rest } = files;
  await expect(loadModel(rest)).rejects.toThrow(
    '[loadModel model.json] the files must contain "group1-shard2of4.bin", which model.json names, once. Received: group1-shard1of4.bin, group1-shard3of4.bin, group1-shard4of4.bin, model.json.',
  );
  await rm(join(folder, 'weights alone/group1-shard2of4.bin'));
  await expect(loadModel(files['model.json']!, { weightPathPrefix: join(folder, 'weights alone') })).rejects.toThrow(
    /must exist\. Received: path="[^"]*group1-shard2of4\.bin"/,
  );
  await expect(loadModel(`${address}/none/model.json`)).rejects.toThrow('status=404 Not Found');
});

test('files without a model.json, and files of one name, are refused', async () => {
  const { 'model.json': _, ...rest } = files;
  await expect(loadModel(rest)).rejects.toThrow(
    '[loadModel] of several files, one must be the model.json that names the others. Received: group1-shard1of4.bin, group1-shard2of4.bin, group1-shard3of4.bin, group1-shard4of4.bin.',
  );
  await expect(loadModel([])).rejects.toThrow('Received: no files.');
  const [file] = asFiles(files);
  await expect(loadModel([file!, file!])).rejects.toThrow(
    '[loadModel] files must have different names. Received: "group1-shard1of4.bin" twice.',
  );
  await expect(loadModel({ a: 3 } as never)).rejects.toThrow('[loadModel] a file must be a path');
});

test('loadModel reports the progress of all files', async () => {
  const size = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  const loaded: number[] = [];
  let last: number | null = null;
  await loadModel(`${address}/old/model.json`, {
    onProgress: ({ loaded: bytes, total }) => {
      loaded.push(bytes);
      last = total;
    },
  });
  expect(loaded.at(-1)).toBe(size);
  expect(last).toBe(size);
  expect([...loaded].sort((a, b) => a - b)).toEqual(loaded);
});

test('the storage of a page is refused where there is no page', async () => {
  await expect(loadModel('localstorage://m')).rejects.toThrow(
    new NotImplementedError(
      '[loadModel] localstorage:// exists only in pages, not in workers or servers. Received: path="localstorage://m".',
    ),
  );
  await expect(loadModel('indexeddb://m')).rejects.toThrow(
    '[loadModel] indexeddb:// exists only in browsers. Received: path="indexeddb://m".',
  );
});
