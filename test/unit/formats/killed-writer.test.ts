import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { files } from '../../../src/formats/files/files-node.ts';
import { lcg } from '../../support/lcg.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-killed-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Compiles a source file and its imports to JavaScript. */
function compile(source: string, seen = new Set<string>()): string {
  const path = fileURLToPath(new URL(`../../../src/${source}`, import.meta.url));
  const target = join(root, 'js', source.replace(/\.ts$/, '.mjs'));
  if (seen.has(source)) return target;
  seen.add(source);
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, verbatimModuleSyntax: true };
  const { outputText } = transpileModule(readFileSync(path, 'utf8'), { compilerOptions });
  const rewritten = outputText.replaceAll(/(from |import\()'(\.[^']*)\.ts'/g, (_, before: string, other: string) => {
    compile(join(dirname(source), `${other}.ts`), seen);
    return `${before}'${other}.mjs'`;
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, rewritten);
  return target;
}

/** Replaces one file repeatedly, with versions of one letter each, large enough to be killed during a write. */
const script = (module: string, path: string): string => `
  import { files } from ${JSON.stringify(pathToFileURL(module).href)};
  for (let i = 0; ; i++) {
    const piece = new Uint8Array(1 << 16).fill(97 + (i % 26));
    await files.writeFileAtomic('save', ${JSON.stringify(path)}, Array.from({ length: 8 }, () => piece));
    if (i === 0) process.stdout.write('begun');
  }`;

async function writeUntilKilled(module: string, path: string, delay: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(module, path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, delay));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
}

test(
  'a process killed at 50 random moments while writing leaves either the old or the new file intact',
  { timeout: 60_000 },
  async () => {
    const module = compile('formats/files/files-node.ts');
    const delays = lcg([50], 7, 0, 20);
    let next = 0;
    let leftovers = 0;
    const worker = async (): Promise<void> => {
      while (next < delays.length) {
        const i = next++;
        const folder = join(root, String(i));
        mkdirSync(folder);
        const path = join(folder, 'model.weights.h5');
        await writeUntilKilled(module, path, delays[i] ?? 0);
        const found = readFileSync(path);
        expect(found.length).toBe(1 << 19);
        expect(found.every((byte) => byte === found[0])).toBe(true);
        leftovers += readdirSync(folder).length - 1;
        await files.writeFileAtomic('save', path, new Uint8Array(1));
        expect(readdirSync(folder)).toEqual(['model.weights.h5']);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    // Some processes must have been killed during a write for the test to be meaningful.
    expect(leftovers).toBeGreaterThan(0);
  },
);
