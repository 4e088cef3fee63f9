import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Input, Sequential, layers, loadModel } from 'evenkeel';
import { afterAll, beforeAll, expect, test } from 'vitest';

const original = new Sequential([Input({ shape: [2] }), new layers.Dense(1, { kernelInitializer: 'ones' })]);
let bytes: Uint8Array<ArrayBuffer>;
let address: string;

const server = createServer((request, response) => {
  if (request.url === '/waits.keras') {
    response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 10));
  } else if (request.url === '/m.keras') {
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  } else {
    response.writeHead(404).end('<!doctype html>');
  }
});

beforeAll(async () => {
  bytes = Uint8Array.from(await original.toBytes('keras'));
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const sum = async (source: Parameters<typeof loadModel>[0]): Promise<unknown> => {
  const model = await loadModel(source);
  return (await model.predict([[1, 2]], { verbose: 0 })).toArray();
};

test('loadModel accepts an address of the web as a string and as a URL', async () => {
  expect(await sum(`${address}/m.keras`)).toEqual([[3]]);
  expect(await sum(new URL(`${address}/m.keras`))).toEqual([[3]]);
});

test('loadModel accepts a File, a Blob and a Response', async () => {
  expect(await sum(new File([bytes], 'm.keras'))).toEqual([[3]]);
  expect(await sum(new Blob([bytes]))).toEqual([[3]]);
  expect(await sum(await fetch(`${address}/m.keras`))).toEqual([[3]]);
  expect(await sum(new Response(bytes))).toEqual([[3]]);
});

test('loadWeights accepts an address and a File', async () => {
  for (const source of [`${address}/m.keras`, new File([bytes], 'm.keras')]) {
    const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
    await model.loadWeights(source);
    expect((await model.predict([[1, 2]], { verbose: 0 })).toArray()).toEqual([[3]]);
  }
});

test('loadModel reports the progress of a download and of a file', async () => {
  for (const source of [`${address}/m.keras`, new File([bytes], 'm.keras')]) {
    const loaded: number[] = [];
    await loadModel(source, {
      onProgress: (progress) => {
        expect(progress.total).toBe(bytes.length);
        loaded.push(progress.loaded);
      },
    });
    expect(loaded[0]).toBe(0);
    expect(loaded.at(-1)).toBe(bytes.length);
  }
});

test('loadModel reports an unknown size where the server compresses the file', async () => {
  const compressed = new Response(bytes, { headers: { 'content-encoding': 'gzip', 'content-length': '7' } });
  const totals = new Set<number | null>();
  await loadModel(compressed, { onProgress: ({ total }) => void totals.add(total) });
  expect([...totals]).toEqual([null]);
});

test('a signal aborts a download that waits for the server', async () => {
  const stop = new AbortController();
  const loading = loadModel(`${address}/waits.keras`, {
    signal: stop.signal,
    onProgress: ({ loaded }) => {
      if (loaded > 0) stop.abort(new Error('enough'));
    },
  });
  await expect(loading).rejects.toThrow('enough');
});

test('loadModel names the address and the status that the server reports', async () => {
  await expect(loadModel(`${address}/no.keras`)).rejects.toThrow(
    `[loadModel] the server must return the file. Received: path="${address}/no.keras", status=404 Not Found. Check the address.`,
  );
});

test('loadModel names the address of a server that does not answer', async () => {
  await expect(loadModel('http://127.0.0.1:9/m.keras')).rejects.toThrow(
    '[loadModel] the server must answer, and allow this page to read. Received: path="http://127.0.0.1:9/m.keras".',
  );
});

test('loadModel refuses a response that has been read, and names a damaged file', async () => {
  const response = new Response(bytes);
  await response.arrayBuffer();
  await expect(loadModel(response)).rejects.toThrow(
    '[loadModel] a response can be read once. Received: one that has been read.',
  );
  await expect(loadModel(new File(['no model'], 'bad.keras'))).rejects.toThrow(
    /^\[loadModel bad\.keras\] a model must be/,
  );
});

test('loadModel refuses other sources and options', async () => {
  await expect(loadModel(7 as never)).rejects.toThrow(
    '[loadModel] a file must be a path, a URL, bytes, a Blob or a Response. Received: 7.',
  );
  await expect(loadModel(bytes, { onProgress: true as never })).rejects.toThrow(
    '[loadModel] onProgress must be a function. Received: onProgress=true.',
  );
  await expect(loadModel(bytes, { signal: {} as never })).rejects.toThrow('[loadModel] signal must be an AbortSignal.');
});
