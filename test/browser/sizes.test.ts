import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { buildPage } from '../support/browser/build.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-sizes-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The compressed size of the code that a program loads with the page, in bytes, and the names of all files. */
async function sizesOf(program: string): Promise<{ readonly initial: number; readonly names: readonly string[] }> {
  const input = join(folder, 'program.js');
  writeFileSync(input, program);
  const { output } = await buildPage(folder, input, null);
  const chunks = new Map(output.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set([...chunks.values()].filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  // A set visits what is added during the loop.
  for (const name of loaded) for (const each of chunks.get(name)?.imports ?? []) loaded.add(each);
  const code = [...loaded].map((name) => chunks.get(name)?.code ?? '').join('\n');
  return { initial: gzipSync(code).length, names: output.map(({ fileName }) => fileName) };
}

test('a page with Sequential and Dense loads at most 295 kB of code, compressed', { timeout: 60_000 }, async () => {
  const { initial } = await sizesOf(`
    import { Sequential } from 'evenkeel';
    import { Dense } from 'evenkeel/layers';
    globalThis.model = new Sequential([new Dense(1)]);
  `);
  expect(initial).toBeGreaterThan(50e3);
  expect(initial).toBeLessThanOrEqual(295e3);
});

test('everything is at most 380 kB of code, compressed, without the engine', { timeout: 60_000 }, async () => {
  const { initial, names } = await sizesOf(`
    import * as evenkeel from 'evenkeel';
    globalThis.evenkeel = evenkeel;
  `);
  expect(initial).toBeLessThanOrEqual(380e3);
  // The engine's files are written beside the code.
  for (const file of [/ort-wasm-simd-threaded-[^.]+\.wasm$/, /ort-wasm-simd-threaded-[^.]+\.mjs$/]) {
    expect(names.some((name) => file.test(name))).toBe(true);
  }
});
