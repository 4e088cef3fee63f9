import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { loadModel } from '../../../../src/index.ts';
import { lcg } from '../../../support/lcg.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-killed-save-'));
afterAll(() => rmSync(root, { recursive: true }));

const src = (path: string): string => fileURLToPath(new URL(`../../../../src/${path}`, import.meta.url));

/** Saves a model repeatedly, with different weights each time, until the process is killed. */
const program = `
  import { Input, Sequential, layers, tensor } from ${JSON.stringify(src('index.ts'))};
  const model = new Sequential([Input({ shape: [256] }), new layers.Dense(256), new layers.BatchNormalization()]);
  model.compile({ optimizer: 'adam', loss: 'mse' });
  for (let i = 1; ; i++) {
    for (const weight of model.weights) weight.assign(tensor(weight.value.data.fill(i), weight.shape));
    await model.save(process.argv[2]);
    if (i === 1) process.stdout.write('begun');
  }`;

/** Writes the program and its imports as JavaScript, since compiling them would delay the start of each process. */
async function bundle(): Promise<string> {
  const entry = join(root, 'save.ts');
  writeFileSync(entry, program);
  const own = {
    files: 'formats/files/files-node.ts',
    terminal: 'core/terminal/terminal-node.ts',
    ort: 'compiler/runtime/ort/ort-node.ts',
    graphics: 'formats/graphics/renderer-plain.ts',
  };
  await build({
    ...{ root, configFile: false, logLevel: 'silent' },
    resolve: { alias: Object.entries(own).map(([name, path]) => ({ find: `#${name}`, replacement: src(path) })) },
    build: {
      ...{ ssr: entry, outDir: join(root, 'js'), minify: false },
      rolldownOptions: { output: { entryFileNames: 'save.mjs' } },
    },
    // The engine is not needed to write a file.
    ssr: { noExternal: true, external: ['onnxruntime-node', 'onnxruntime-web'] },
  });
  return join(root, 'js', 'save.mjs');
}

async function saveUntilKilled(script: string, path: string, delay: number): Promise<void> {
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  await new Promise((resolve) => setTimeout(resolve, delay));
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
}

test(
  'a process that is killed at 50 random moments while saving a model leaves a complete file',
  { timeout: 120_000 },
  async () => {
    const script = await bundle();
    const delays = lcg([50], 11, 0, 60);
    let next = 0;
    let leftovers = 0;
    const worker = async (): Promise<void> => {
      while (next < delays.length) {
        const i = next++;
        const folder = join(root, String(i));
        mkdirSync(folder);
        const path = join(folder, 'model.keras');
        await saveUntilKilled(script, path, delays[i] ?? 0);
        const model = await loadModel(path);
        const [first = 0] = model.getWeights()[0]?.data ?? [];
        expect(first).toBeGreaterThan(0);
        // All weights are from the same save.
        for (const { data } of model.getWeights()) expect(data.every((value) => value === first)).toBe(true);
        expect(model.optimizer.name).toBe('adam');
        leftovers += readdirSync(folder).length - 1;
        await model.save(path);
        expect(readdirSync(folder)).toEqual(['model.keras']);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    // Some were killed during a save; otherwise the test would be vacuous.
    expect(leftovers).toBeGreaterThan(0);
  },
);
