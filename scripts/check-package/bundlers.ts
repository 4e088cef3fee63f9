/**
 * Bundles a page of a user, who has installed the package into a folder, with each bundler, and trains in Chromium on two
 * threads: in the page, in the page with the engine in a worker, and in a worker. Called with the folder; without Chromium it only bundles, and says so.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import * as vite7 from 'vite-7';
import webpack from 'webpack';
import { ISOLATED, servePage } from '../../test/support/browser/build.ts';
import { findChromium, launchChromium } from '../../test/support/browser/chromium.ts';

const user = argv[2] ?? exit(2);
const page = join(user, 'page');
rmSync(page, { recursive: true, force: true });
cpSync(fileURLToPath(new URL('page', import.meta.url)), page, { recursive: true });

/** Builds the page into a folder. */
type Bundler = (outDir: string) => Promise<unknown>;

const viteOptions = (outDir: string): vite.InlineConfig & vite7.InlineConfig => ({
  ...{ configFile: false, root: page, logLevel: 'error', build: { outDir, chunkSizeWarningLimit: 1e6 } },
});

const bundlers: Readonly<Record<string, Bundler>> = {
  'Vite 8': (outDir) => vite.build(viteOptions(outDir)),
  'Vite 8 with module workers': (outDir) => vite.build({ ...viteOptions(outDir), worker: { format: 'es' } }),
  // Its other format of workers has no dynamic imports.
  'Vite 7 with module workers': (outDir) => vite7.build({ ...viteOptions(outDir), worker: { format: 'es' } }),
  'webpack 5': async (outDir) => {
    const stats = await promisify((done: (error: Error | null, stats?: webpack.Stats) => void) => {
      webpack({
        ...{ mode: 'production', context: page, entry: './page.js', optimization: { minimize: false } },
        output: { path: outDir, filename: 'page.js' },
        performance: false,
      }).run(done);
    })();
    if (stats?.hasErrors() !== false) throw new Error(stats?.toString('errors-only'));
    cpSync(join(page, 'index.html'), join(outDir, 'index.html'));
  },
  'esbuild with setEngineFiles': async (outDir) => {
    await esbuild.build({
      ...{
        entryPoints: ['page.js', 'train.js', 'engine-worker.js'].map((file) => join(page, file)),
        bundle: true,
        format: 'esm',
        outdir: outDir,
      },
      ...{ splitting: true, minify: true, logLevel: 'error', define: { ENGINE_FILES: '"engine/"' } },
    });
    cpSync(join(page, 'index.html'), join(outDir, 'index.html'));
    const engine = dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')));
    mkdirSync(join(outDir, 'engine'), { recursive: true });
    for (const end of ['mjs', 'wasm']) {
      const file = `ort-wasm-simd-threaded.${end}`;
      cpSync(join(engine, file), join(outDir, 'engine', file));
    }
  },
};

const browser = findChromium() === null ? null : await launchChromium();
if (browser === null) console.log('There is no Chromium: the pages are bundled, but not opened.');
let failures = 0;

for (const [name, bundle] of Object.entries(bundlers)) {
  const outDir = join(user, 'out', name.replace(/\W+/g, '-'));
  const started = performance.now();
  try {
    await bundle(outDir);
    if (browser !== null) for (const query of ['', '?worker', '?engine']) await open(browser, outDir, query);
    console.log(`ok     ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures++;
    console.log(`FAILED ${name}`, error);
  }
}
await browser?.close();
exit(failures === 0 ? 0 : 1);

/** Opens a page, and checks that it trained on two threads. @throws Error if it did not */
async function open(browser: Awaited<ReturnType<typeof launchChromium>>, outDir: string, query: string): Promise<void> {
  const { url, server } = await servePage(outDir, ISOLATED);
  const opened = await browser.newPage();
  const messages: string[] = [];
  opened.on('console', (message) => messages.push(message.text()));
  opened.on('pageerror', ({ message }) => messages.push(message));
  try {
    await opened.goto(url + query);
    await opened.waitForFunction(() => 'result' in globalThis, undefined, { timeout: 60_000 });
    const result = await opened.evaluate(() => (globalThis as { result?: unknown }).result);
    const { engine, threads, falls } = result as Readonly<Record<string, unknown>>;
    if (engine !== 'wasm' || threads !== 2 || falls !== true || messages.length > 0) {
      throw new Error(`The page${query} answered ${JSON.stringify(result)}.`);
    }
  } catch (cause) {
    throw new Error(messages.join('\n'), { cause });
  } finally {
    await opened.close();
    await server.close();
  }
}
