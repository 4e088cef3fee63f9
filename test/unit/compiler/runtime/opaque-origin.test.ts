import { afterEach, expect, test, vi } from 'vitest';
import { importWithoutOrigin } from '../../../../src/compiler/runtime/ort/opaque-origin.ts';

const seen = (): Promise<unknown> => Promise.resolve((globalThis as { location?: unknown }).location);

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the engine is imported without the location of a file, as Deno's workers have it, which is there again afterwards", async () => {
  const location = { origin: 'null', href: 'file:///worker.js' };
  vi.stubGlobal('location', location);
  expect(await importWithoutOrigin(seen)).toBeUndefined();
  expect(await seen()).toBe(location);
  await expect(importWithoutOrigin(() => Promise.reject(new Error('no file')))).rejects.toThrow('no file');
  expect(await seen()).toBe(location);
});

test('the engine is imported with the location of a page, and where there is none', async () => {
  const page = { origin: 'http://localhost' };
  vi.stubGlobal('location', page);
  expect(await importWithoutOrigin(seen)).toBe(page);
  vi.stubGlobal('location', undefined);
  expect(await importWithoutOrigin(seen)).toBeUndefined();
});
