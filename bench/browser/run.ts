/**
 * npm run bench:browser: evenkeel and TensorFlow.js in the same Chromium, each engine in a page of its own, one after another.
 *
 * EVENKEEL_BENCH_TFJS names the folder in which TensorFlow.js is installed; without it, evenkeel is measured alone.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { ISOLATED, buildPage, servePage } from '../../test/support/browser/build.ts';
import { findChromium, launchChromium } from '../../test/support/browser/chromium.ts';
import { markdownTable } from '../markdown.ts';
import { median, show } from '../numbers.ts';
import { findWorkload } from '../workloads.mjs';
import type { PageBench, PageTimes } from './page/timing.ts';

declare const bench: PageBench;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'W1.step,W2.batch,W3.step' },
    rounds: { type: 'string', default: '1' },
    engines: { type: 'string', default: '' },
  },
});

const names = values.only.split(',');
const rounds = Number(values.rounds);
const tfjs = process.env['EVENKEEL_BENCH_TFJS'] ?? '';
const page = (file: string): string => fileURLToPath(new URL(`page/${file}`, import.meta.url));

/** Milliseconds in which a page must have its result. */
const LIMIT = 90_000;

/** One engine of one library. */
interface Engine {
  readonly title: string;
  readonly address: string;
  readonly folder: string;
}

interface Visit extends PageTimes {
  readonly bytes: number;
}

/** The pages of both libraries as static files. */
async function buildPages(): Promise<readonly Engine[]> {
  const engines: Engine[] = [];
  const own = mkdtempSync(join(tmpdir(), 'evenkeel-bench-'));
  await buildPage(page(''), page('evenkeel.html'), own);
  for (const [title, query] of [
    ['wasm, 1 thread', 'engine=wasm&threads=1'],
    ['wasm, 2 threads', 'engine=wasm&threads=2'],
    ['WebGPU', 'engine=webgpu'],
  ] as const) {
    engines.push({ title: `evenkeel ${title}`, address: `evenkeel.html?${query}`, folder: own });
  }
  if (!existsSync(join(tfjs, 'node_modules/@tensorflow/tfjs'))) {
    console.error('TensorFlow.js is not installed: EVENKEEL_BENCH_TFJS names no folder with it (bench/README.md).');
    return engines;
  }
  const other = mkdtempSync(join(tmpdir(), 'tfjs-bench-'));
  const modules = join(tfjs, 'node_modules/@tensorflow');
  await build({
    configFile: false,
    root: page(''),
    logLevel: 'error',
    resolve: { alias: [{ find: /^@tensorflow\/(.*)$/, replacement: `${modules}/$1` }] },
    build: {
      // Its threads run the source text of a function, whose names minification changes.
      minify: false,
      outDir: other,
      emptyOutDir: true,
      chunkSizeWarningLimit: 1e6,
      rolldownOptions: { input: page('tfjs.html') },
    },
  });
  const wasm = join(modules, 'tfjs-backend-wasm/dist');
  for (const file of readdirSync(wasm).filter((name) => name.endsWith('.wasm'))) {
    copyFileSync(join(wasm, file), join(other, file));
  }
  for (const [title, query] of [
    ['wasm, 1 thread', 'engine=wasm&threads=1'],
    ['wasm, 2 threads', 'engine=wasm&threads=2'],
    ['cpu', 'engine=cpu'],
    ['WebGL', 'engine=webgl'],
    ['WebGPU', 'engine=webgpu'],
  ] as const) {
    engines.push({ title: `TensorFlow.js ${title}`, address: `tfjs.html?${query}`, folder: other });
  }
  return engines;
}

/** Opens an engine's page in a new browser context, which has nothing cached, and runs a workload there. */
async function visit(url: string, name: string): Promise<Visit> {
  const browser = await launchChromium({ webgpu: url.includes('webgpu') });
  try {
    const opened = await browser.newPage();
    const sizes: Promise<number>[] = [];
    opened.on('requestfinished', (request) => {
      sizes.push(
        request.sizes().then(
          ({ responseBodySize }) => responseBodySize,
          () => 0,
        ),
      );
    });
    await opened.goto(url);
    const failed = new Promise<never>((_, reject) => {
      opened.once('pageerror', reject);
      setTimeout(() => reject(new Error(`no result after ${LIMIT / 1000} s`)), LIMIT).unref();
    });
    await Promise.race([opened.waitForFunction(() => 'bench' in globalThis), failed]);
    const run = opened.evaluate((workload) => bench(workload), findWorkload(name, true));
    const times = await Promise.race([run, failed]);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    return { ...times, bytes };
  } finally {
    await browser.close();
  }
}

if (findChromium() === null) throw new Error('There is no Chromium. Set CHROMIUM_PATH.');
const engines = (await buildPages()).filter(({ title }) => title.includes(values.engines));
const results = new Map<string, (Visit | string)[]>();
const load = loadavg()[0]!;
for (let round = 0; round < rounds; round++) {
  for (const { title, address, folder } of engines) {
    const { url, server } = await servePage(folder, ISOLATED);
    for (const name of names) {
      const key = `${name} ${title}`;
      let result: Visit | string;
      try {
        result = await visit(`${url}${address}`, name);
      } catch (error) {
        result = (error as Error).message.split('\n')[0]!;
      }
      results.set(key, [...(results.get(key) ?? []), result]);
      console.error(key, typeof result === 'string' ? result : `${show(median(result.times))} ms, loss ${result.loss}`);
    }
    await server.close();
  }
}
for (const folder of new Set(engines.map((engine) => engine.folder))) rmSync(folder, { recursive: true });

const visits = (name: string, title: string): readonly Visit[] =>
  (results.get(`${name} ${title}`) ?? []).filter((result) => typeof result !== 'string');

const best = (name: string): number =>
  Math.min(
    ...engines
      .filter(({ title }) => title.startsWith('evenkeel'))
      .map(({ title }) => median(visits(name, title).flatMap(({ times }) => times)))
      .filter((time) => time > 0),
  );

function cell(name: string, title: string): string {
  const times = visits(name, title).flatMap((each) => each.times);
  if (times.length === 0) return 'failed';
  const ratio = title.startsWith('evenkeel') ? '' : ` ×${(median(times) / best(name)).toFixed(2)}`;
  return `${show(median(times))} (${show(Math.min(...times))})${ratio}`;
}

console.log(
  `\n${cpus()[0]!.model}, ${cpus().length} cores, Chromium without a window; load before: ${load.toFixed(1)}.\n`,
);
console.log(
  markdownTable(
    ['ms a call', ...names.map((name) => findWorkload(name, true).title)],
    engines.map(({ title }) => [title, ...names.map((name) => cell(name, title))]),
  ),
);
const [first] = names;
console.log(`\nFrom the address to the end of the first call of ${first}, and what was fetched:\n`);
console.log(
  markdownTable(
    ['', 'ms', 'MB'],
    engines.map(({ title }) => {
      const seen = visits(first!, title);
      if (seen.length === 0) return [title, 'failed', ''];
      return [title, show(median(seen.map((each) => each.first))), (seen[0]!.bytes / 1e6).toFixed(1)];
    }),
  ),
);
for (const [key, all] of results) {
  const failure = all.find((result) => typeof result === 'string');
  if (failure !== undefined) console.log(`\n${key} failed: ${failure}`);
}
