import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { loadModel } from 'evenkeel';
import type { PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trainArticle } from '../support/browser/article.ts';
import { ISOLATED, buildPage, servePage } from '../support/browser/build.ts';
import { chromiumTitle, launchChromium, withoutChromium } from '../support/browser/chromium.ts';
import { openPage } from '../support/browser/open-page.ts';
import type { TestPage } from '../support/browser/page/main.ts';
import { expectClose } from '../support/close.ts';

declare const page: TestPage;

const root = fileURLToPath(new URL('../support/browser/page', import.meta.url));

describe.skipIf(withoutChromium)(`evenkeel in Chromium${chromiumTitle}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-page-'));
  const servers: PreviewServer[] = [];
  const messages: string[] = [];
  let browser: Browser;
  let plain: string;
  let isolated: string;

  /** Opens the page. What it prints is a failure, unless a test takes it. */
  const open = (url: string, where: Browser | BrowserContext = browser): Promise<Page> =>
    openPage(url, where, messages);

  beforeAll(async () => {
    await buildPage(root, join(root, 'index.html'), folder);
    for (const headers of [{}, ISOLATED]) servers.push((await servePage(folder, headers)).server);
    [plain, isolated] = servers.map(({ resolvedUrls }) => resolvedUrls!.local[0]!) as [string, string];
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    for (const server of servers) await server.close();
    rmSync(folder, { recursive: true, force: true });
    expect(messages).toEqual([]);
  });

  test('every primitive is what the reference computes on wasm in a page', { timeout: 60_000 }, async () => {
    const opened = await open(plain);
    const { count, failures } = await opened.evaluate(() => page.conformance());
    expect(count).toBeGreaterThan(100);
    // A power beyond int32 saturates in wasm, where native code wraps around.
    expect(Object.keys(failures)).toEqual(['power of int32']);
    await opened.close();
  });

  let reference: Promise<readonly number[]> | undefined;
  /** The losses in float64, which are computed once. */
  const referenceLosses = (): Promise<readonly number[]> => (reference ??= trainArticle('float64'));

  test.each([
    ['one thread', 1],
    ['two threads', 2],
  ])('ten steps of the article’s network on %s follow those in float64', { timeout: 60_000 }, async (_, threads) => {
    const expected = await referenceLosses();
    const opened = await open(isolated);
    const actual = await opened.evaluate(async (count) => {
      page.evenkeel.setThreads(count);
      return { info: await page.evenkeel.engineInfo(), losses: await page.trainArticle('float32') };
    }, threads);
    expect(actual.info).toEqual({ engine: 'wasm', worker: false, threads, reason: `setThreads(${threads})` });
    expectClose(actual.losses, expected, { rtol: 1e-4 });
    await opened.close();
  });

  test.each([
    ['one thread', false, 1],
    ['two threads', true, 2],
  ])(
    'a page trains in a worker on %s, and handles its timers meanwhile',
    { timeout: 60_000 },
    async (_, isIsolated, threads) => {
      const expected = await referenceLosses();
      const opened = await open(isIsolated ? isolated : plain);
      const { info, losses, gap, time } = await opened.evaluate((count) => {
        page.evenkeel.setThreads(count);
        return page.trainInWorker('auto');
      }, threads);
      expect(info).toMatchObject({ engine: 'wasm', worker: true, threads });
      expectClose(losses, expected, { rtol: 1e-4 });
      expect(gap).toBeLessThan(time / 4);
      await opened.close();
    },
  );

  test(
    'ten steps of the article’s network on WebGPU, in a worker, follow those in float64',
    { timeout: 240_000 },
    async () => {
      const software = await launchChromium({ webgpu: true });
      const opened = await open(plain, software);
      const { info, losses } = await opened.evaluate(async () => {
        page.evenkeel.setEngine('webgpu', { worker: true });
        return { info: await page.evenkeel.engineInfo(), losses: await page.trainArticle('float32') };
      });
      expect(info).toMatchObject({ engine: 'webgpu', worker: true });
      expectClose(losses, await referenceLosses(), { rtol: 1e-4 });
      await software.close();
    },
  );

  test(
    'a page whose GPU is lost says so, and continues with the state that was fetched last',
    { timeout: 60_000 },
    async () => {
      const software = await launchChromium({ webgpu: true });
      const opened = await open(plain, software);
      const { errors, weights, loss } = await opened.evaluate(() => page.loseDevice());
      const lost =
        "Error: [runtime] the GPU's device is lost: destroyed, Device was destroyed. Weights and state have the values that were last fetched from it, by fit at the end of an epoch or by syncState. Continue on another engine, setEngine('auto'), or in a new process or page.";
      // Nothing is fetched from a device that is lost.
      expect(errors).toEqual([lost, 'no error', lost]);
      // 0 + ½ · 8, after fit; the step after it is lost. Then (4 + 4 − 4)².
      expect({ weights, loss }).toEqual({ weights: [4, 4], loss: 16 });
      await software.close();
    },
  );

  /** The answer of a page whose server sends a Content-Security-Policy, and the messages that it prints. */
  async function underPolicy(
    policy: string,
    worker: boolean,
  ): Promise<{ readonly answer: object | string; readonly printed: readonly string[] }> {
    const { server, url } = await servePage(folder, { ...ISOLATED, 'Content-Security-Policy': policy });
    servers.push(server);
    const opened = await open(url);
    const answer = await opened.evaluate(async (isInWorker) => {
      const { engineInfo, jit, ops, setEngine, setThreads } = page.evenkeel;
      setThreads(2);
      setEngine('auto', { worker: isInWorker });
      try {
        const squares = await jit((x) => ops.square(x))([3]);
        return { ...(await engineInfo()), squares: [...squares.data] };
      } catch (error) {
        return String(error);
      }
    }, worker);
    await opened.close();
    return { answer, printed: messages.splice(0) };
  }

  const strict = "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'";

  test('a page under a strict Content-Security-Policy computes on two threads, and in a worker', async () => {
    for (const worker of [false, true]) {
      expect(await underPolicy(strict, worker)).toEqual({
        answer: { engine: 'wasm', worker, threads: 2, reason: 'setThreads(2)', squares: [9] },
        printed: [],
      });
    }
  });

  test('a page that may not start workers computes on one thread, and says why', async () => {
    const { answer, printed } = await underPolicy(`${strict}; worker-src 'none'`, false);
    const reason = expect.stringMatching(
      /^the Content-Security-Policy of the page forbids the worker http.*\/ort-wasm-.*\.mjs: its worker-src must allow it$/,
    ) as string;
    expect(answer).toEqual({ engine: 'wasm', worker: false, threads: 1, reason, squares: [9] });
    expect(printed.filter((text) => text.startsWith('[evenkeel]'))).toEqual([
      expect.stringMatching(
        /^\[evenkeel\] the wasm engine runs on one thread, which is slower: the Content-Security-Policy/,
      ),
    ]);
  });

  test('a page that may not start workers refuses the engine in one', async () => {
    const { answer } = await underPolicy(`${strict}; worker-src 'none'`, true);
    expect(answer).toMatch(/^Error: \[runtime\] the engine's worker does not run: its script could not be loaded\./);
  });

  test('a page whose threads have no script computes on one thread, and says why', async () => {
    const opened = await open(isolated);
    const info = await opened.evaluate(() => {
      const { engineInfo, setEngineFiles, setThreads } = page.evenkeel;
      setThreads(2);
      setEngineFiles('/missing/');
      return engineInfo();
    });
    expect(info).toMatchObject({
      engine: 'wasm',
      threads: 1,
      reason: expect.stringContaining('/missing/ort-wasm-simd-threaded.mjs') as string,
    });
    expect(messages.splice(0).some((text) => text.startsWith('[evenkeel] the wasm engine runs on one thread'))).toBe(
      true,
    );
    await opened.close();
  });

  test.each([false, true])(
    'a page that forbids WebAssembly says so, with the engine in a worker: %s',
    async (worker) => {
      const { answer, printed } = await underPolicy("default-src 'self'; img-src data:; script-src 'self'", worker);
      expect(answer).toBe(
        "NotImplementedError: [runtime] the wasm engine requires WebAssembly, which the Content-Security-Policy of the page forbids. Add 'wasm-unsafe-eval' to its script-src.",
      );
      expect(printed).toEqual([]);
    },
  );

  test.each(['indexeddb://models/m.keras', 'opfs://models/m.keras'])(
    'a page saves a model to %s and loads it after it was opened again',
    { timeout: 60_000 },
    async (path) => {
      const context = await browser.newContext();
      const first = await open(plain, context);
      await first.evaluate(async (where) => {
        const { Input, Sequential, layers } = page.evenkeel;
        const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1, { kernelInitializer: 'ones' })]);
        await model.save(where);
        await model.saveWeights(`${where}.safetensors`);
      }, path);
      await first.close();
      const again = await open(plain, context);
      const found = await again.evaluate(async (where) => {
        const { loadModel } = page.evenkeel;
        const sizes: (number | null)[] = [];
        const model = await loadModel(where, { onProgress: ({ total }) => void sizes.push(total) });
        await model.loadWeights(`${where}.safetensors`);
        const missing = await loadModel(`${where}s`).catch((error: unknown) => (error as Error).message);
        const kept = await model.save(where, { overwrite: false }).catch((error: unknown) => (error as Error).message);
        const sum = (await model.predict([[1, 2]], { verbose: 0 })).toArray();
        return { sum, missing, kept, hasSize: (sizes.at(-1) ?? 0) > 1000 };
      }, path);
      expect(found).toEqual({
        sum: [[3]],
        missing: `[loadModel] the file at path must exist. Received: path="${path}s". Check the spelling.`,
        kept: expect.stringContaining(
          `with overwrite=false, the file must not exist. Received: path="${path}".`,
        ) as string,
        hasSize: true,
      });
      await context.close();
    },
  );

  test.each(['indexeddb://log.csv', 'opfs://logs/log.csv'])(
    'a callback appends to %s',
    { timeout: 60_000 },
    async (path) => {
      const opened = await open(plain);
      const lines = await opened.evaluate((where) => page.logOf(where), path);
      expect(lines).toEqual(['epoch,loss,val_loss', '0,10.0,NA', '1,10.0,NA']);
      await opened.close();
    },
  );

  test(
    'a page downloads published weights once, and keeps them in its private files',
    { timeout: 60_000 },
    async () => {
      const opened = await open(plain);
      expect(await opened.evaluate(() => page.loadPublished())).toEqual({
        asked: ['https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/mobilenet_2_5_128_tf.h5'],
        equal: true,
      });
      await opened.close();
    },
  );

  test.each(['md5', 'sha256'])('a page checks the %s hash of a download', { timeout: 60_000 }, async (algorithm) => {
    const opened = await open(plain);
    const hash = createHash(algorithm).update('three words here').digest('hex');
    const texts = ['three other words', 'three words here', 'unread, since the cache has it'];
    const found: string[] = [];
    for (const text of texts) {
      found.push(await opened.evaluate(([content, digits]) => page.getText(content, digits), [text, hash] as const));
    }
    expect(found).toEqual([
      expect.stringContaining(`the file must have the ${algorithm} hash ${hash}. Received: 17 bytes`),
      ...['opfs://.keras/datasets/text', 'opfs://.keras/datasets/text'],
    ]);
    await opened.close();
  });

  test('a page offers a model as a download', { timeout: 60_000 }, async () => {
    const opened = await open(plain);
    const waiting = opened.waitForEvent('download');
    await opened.evaluate(async () => {
      const { Input, Sequential, layers } = page.evenkeel;
      await new Sequential([Input({ shape: [2] }), new layers.Dense(1)]).save('download://line.keras');
    });
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('line.keras');
    const model = await loadModel(await download.path());
    expect(model.countParams()).toBe(3);
    await opened.close();
  });

  test('a page handles its timers while a model trains', { timeout: 60_000 }, async () => {
    const opened = await open(plain);
    const [gap, steps] = await opened.evaluate(() => page.longestGapOfTraining());
    // Without turns between the batches, the gap is the whole training.
    expect(gap).toBeLessThan(steps / 4);
    await opened.close();
  });
});
