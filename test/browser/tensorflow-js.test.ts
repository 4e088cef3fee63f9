import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage, servePage } from '../support/browser/build.ts';
import { chromiumTitle, launchChromium, withoutChromium } from '../support/browser/chromium.ts';
import { openPage } from '../support/browser/open-page.ts';
import type { TestPage } from '../support/browser/page/main.ts';
import type { SavedModel } from '../support/browser/page/tensorflow-js.ts';
import { expectClose } from '../support/close.ts';
import { type TensorFlowJsCase, convertedCase, tensorFlowJsCases } from '../support/tensorflow-js-cases.ts';

declare const page: TestPage;

const root = fileURLToPath(new URL('../support/browser/page', import.meta.url));
const saved = tensorFlowJsCases().find(({ name }) => name === 'training adam') as TensorFlowJsCase;
const model = {
  ...saved.artifacts,
  weightData: Buffer.from(saved.artifacts.weightData).toString('base64'),
} as unknown as SavedModel;
const x = [...saved.inputs[0]!.data];

/** A folder with the package @tensorflow/tfjs, which is too large to be installed for all tests. */
const script = process.env['EVENKEEL_TENSORFLOW_JS'];

describe.skipIf(withoutChromium)(`models of TensorFlow.js in Chromium${chromiumTitle}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-tensorflow-js-'));
  const messages: string[] = [];
  let server: PreviewServer;
  let url: string;
  let browser: Browser;

  const open = (context: BrowserContext): Promise<Page> => openPage(url, context, messages);

  beforeAll(async () => {
    await buildPage(root, join(root, 'index.html'), folder);
    ({ server, url } = await servePage(folder));
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
    expect(messages).toEqual([]);
  });

  test.each(['indexeddb', 'localstorage'])(
    'loadModel reads a model that a page saved with TensorFlow.js in %s',
    { timeout: 60_000 },
    async (scheme) => {
      const context = await browser.newContext();
      const opened = await open(context);
      const found = await opened.evaluate(
        async ([where, artifacts, rows]) => {
          const { loadModel, tensor } = page.evenkeel;
          const path = `${where}://my/model`;
          const before = await loadModel(path).catch((error: unknown) => (error as Error).message);
          const isMade = (await indexedDB.databases()).some(({ name }) => name === 'tensorflowjs');
          if (where === 'indexeddb') await page.saveToIndexedDb('my/model', artifacts);
          else page.saveToLocalStorage('my/model', artifacts);
          const read = await loadModel(path);
          const { data } = await read.predict(tensor(Float32Array.from(rows), [6, 3]), { verbose: 0 });
          const missing = await loadModel(`${path}s`).catch((error: unknown) => (error as Error).message);
          const refused = await read.save(path).catch((error: unknown) => (error as Error).message);
          return {
            before,
            isMade,
            missing,
            refused,
            outputs: [...data],
            steps: read.optimizer.iterations.value.data[0],
          };
        },
        [scheme, model, x] as const,
      );
      const missing = (path: string): string =>
        `[loadModel] the file at path must exist. Received: path="${path}". Check the spelling.`;
      expect(found.before).toBe(missing(`${scheme}://my/model`));
      expect(found.isMade).toBe(false);
      expect(found.missing).toBe(missing(`${scheme}://my/models`));
      expect(found.refused).toContain('the name must end in .keras, .h5 or .hdf5');
      expect(found.steps).toBe(3);
      expectClose(found.outputs, saved.outputs[0]!.data, { rtol: 1e-5 });
      await context.close();
    },
  );

  test('a file of evenkeel in IndexedDB comes before a model of TensorFlow.js', { timeout: 60_000 }, async () => {
    const context = await browser.newContext();
    const opened = await open(context);
    const [first, second] = await opened.evaluate(async (artifacts) => {
      const { Input, Sequential, layers, loadModel } = page.evenkeel;
      await page.saveToIndexedDb('m.keras', artifacts);
      const theirs = (await loadModel('indexeddb://m.keras')).countParams();
      await new Sequential([Input({ shape: [2] }), new layers.Dense(1)]).save('indexeddb://m.keras');
      return [theirs, (await loadModel('indexeddb://m.keras')).countParams()];
    }, model);
    expect([first, second]).toEqual([26, 3]);
    await context.close();
  });

  test('damaged entries of localStorage are named', { timeout: 60_000 }, async () => {
    const context = await browser.newContext();
    const opened = await open(context);
    const errors = await opened.evaluate(async (artifacts) => {
      const { localStorage } = globalThis as unknown as {
        localStorage: { setItem(key: string, value: string): void; removeItem(key: string): void };
      };
      const found: string[] = [];
      for (const [part, value] of [
        ['weight_data', null],
        ['weight_data', '%'],
        ['weight_specs', '{'],
        ['model_topology', '3'],
      ] as const) {
        page.saveToLocalStorage('m', artifacts);
        if (value === null) localStorage.removeItem(`tensorflowjs_models/m/${part}`);
        else localStorage.setItem(`tensorflowjs_models/m/${part}`, value);
        await page.evenkeel
          .loadModel('localstorage://m')
          .catch((error: unknown) => found.push((error as Error).message));
      }
      return found;
    }, model);
    expect(errors).toEqual([
      '[loadModel] the storage must contain all parts of a model. Received: no tensorflowjs_models/m/weight_data.',
      '[loadModel] tensorflowjs_models/m/weight_data must be base64. Received: "%".',
      '[loadModel] tensorflowjs_models/m/weight_specs must be JSON. Received: "{".',
      '[loadModel] tensorflowjs_models/m/model_topology must be JSON. Received: "3".',
    ]);
    await context.close();
  });

  test('loadModel reads the files that a user chose, and those beside an address', { timeout: 60_000 }, async () => {
    const context = await browser.newContext();
    const opened = await open(context);
    const { files } = convertedCase('small shards');
    const contents = Object.entries(files).map(([name, bytes]) => ({
      ...{ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) },
    }));
    await opened.setContent('<input type="file" multiple>', { waitUntil: 'commit' });
    const input = opened.locator('input');
    await input.setInputFiles(contents);
    const chosen = await input.evaluate(async (element) => {
      const list = (element as unknown as { readonly files: ArrayLike<File> }).files;
      return (await page.evenkeel.loadModel(list)).countParams();
    });
    await context.route('**/models/*', (route) => {
      const { pathname, search } = new URL(route.request().url());
      const bytes = files[pathname.slice('/models/'.length)];
      return bytes === undefined || search !== '?v=1'
        ? route.fulfill({ status: 404 })
        : route.fulfill({ body: Buffer.from(bytes) });
    });
    const fetched = await opened.evaluate(async () =>
      (await page.evenkeel.loadModel('models/model.json?v=1')).countParams(),
    );
    expect([chosen, fetched]).toEqual([51, 51]);
    await context.close();
  });

  test.skipIf(script === undefined)(
    'TensorFlow.js itself saves models that loadModel reads',
    { timeout: 120_000 },
    async () => {
      const context = await browser.newContext();
      const opened = await open(context);
      const path = createRequire(join(script ?? '.', 'package.json')).resolve('@tensorflow/tfjs/dist/tf.min.js');
      await opened.addScriptTag({ content: readFileSync(path, 'utf8') });
      const pairs = await opened.evaluate(async () => {
        interface Tf {
          sequential(): {
            add(layer: unknown): void;
            save(path: string): Promise<unknown>;
            predict(x: unknown): Output;
          };
          readonly layers: { dense(options: object): unknown; lstm(options: object): unknown };
          ones(shape: number[]): unknown;
          setBackend(name: string): Promise<boolean>;
        }
        interface Output {
          data(): Promise<Float32Array>;
        }
        const { tf } = globalThis as unknown as { readonly tf: Tf };
        await tf.setBackend('cpu');
        const made = tf.sequential();
        made.add(tf.layers.lstm({ units: 3, inputShape: [4, 2] }));
        made.add(tf.layers.dense({ units: 2 }));
        const theirs = [...(await made.predict(tf.ones([1, 4, 2])).data())];
        const found: (readonly [number[], number[]])[] = [];
        for (const where of ['indexeddb://real', 'localstorage://real']) {
          await made.save(where);
          const read = await page.evenkeel.loadModel(where);
          const { data } = await read.predict(page.evenkeel.tensor(new Float32Array(8).fill(1), [1, 4, 2]), {
            verbose: 0,
          });
          found.push([[...data], theirs]);
        }
        return found;
      });
      for (const [own, theirs] of pairs) expectClose(own, theirs, { rtol: 1e-5 });
      expect(pairs).toHaveLength(2);
      messages.length = 0;
      await context.close();
    },
  );
});
