import { afterEach, expect, test, vi } from 'vitest';
import { engineFiles } from '../../../../src/compiler/runtime/ort/engine-files.ts';
import { planThreads } from '../../../../src/compiler/runtime/ort/wasm-threads.ts';
import { setEngineFiles, setThreads } from '../../../../src/compiler/runtime/settings.ts';

const isolated = { crossOriginIsolated: true, navigator: { hardwareConcurrency: 16 } };

afterEach(() => {
  setEngineFiles(null);
  vi.unstubAllGlobals();
});

test('the wasm engine takes half of the cores, at most four, in an isolated page', () => {
  expect(planThreads(true, isolated)).toEqual({ count: 4, reason: 'half of the 16 cores, at most 4' });
  const small = { ...isolated, navigator: { hardwareConcurrency: 3 } };
  expect(planThreads(true, small)).toEqual({ count: 2, reason: 'half of the 3 cores, at most 4' });
});

test('the wasm engine has one thread, and says why, where threads are not possible', () => {
  expect(planThreads(true, {})).toEqual({ count: 1, reason: 'the wasm engine has threads only in browsers' });
  expect(planThreads(true, { crossOriginIsolated: false }).reason).toBe(
    'the page is not cross-origin isolated: its server must send the headers COOP and COEP',
  );
  expect(planThreads(false, isolated)).toEqual({
    count: 1,
    reason: 'the bundler did not write the files of the engine: say where they are with setEngineFiles',
  });
});

test('setThreads chooses the threads of the wasm engine where threads are possible', () => {
  setThreads(3);
  expect(planThreads(true, isolated)).toEqual({ count: 3, reason: 'setThreads(3)' });
  expect(planThreads(true, { crossOriginIsolated: false }).count).toBe(1);
  setThreads(1);
  expect(planThreads(true, isolated)).toEqual({ count: 1, reason: 'setThreads(1)' });
});

test('the files of the engine are unknown where no bundler has written them', () => {
  expect(engineFiles('wasm')).toBeNull();
  expect(engineFiles('webgpu')).toBeNull();
});

test('setEngineFiles sets the folder of the files of the engine', () => {
  setEngineFiles('https://example.org/engine');
  expect(engineFiles('wasm')).toEqual({
    mjs: 'https://example.org/engine/ort-wasm-simd-threaded.mjs',
    wasm: 'https://example.org/engine/ort-wasm-simd-threaded.wasm',
  });
  vi.stubGlobal('location', { href: 'https://example.org/app/index.html' });
  setEngineFiles('./files/');
  expect(engineFiles('webgpu')?.wasm).toBe('https://example.org/app/files/ort-wasm-simd-threaded.asyncify.wasm');
});

test('setEngineFiles accepts a function from the name of a file to its address', () => {
  setEngineFiles((file) => new URL(`https://example.org/${file}?v=7`));
  expect(engineFiles('wasm')?.mjs).toBe('https://example.org/ort-wasm-simd-threaded.mjs?v=7');
});

test('setEngineFiles refuses what is no address, and keeps the setting', () => {
  setEngineFiles('https://example.org/');
  expect(() => setEngineFiles(7 as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: [setEngineFiles] location must be a folder or a function from a file's name to its address. Received: location=7.]`,
  );
  expect(() => setEngineFiles('engine')).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [setEngineFiles] location must be an address, absolute or relative to the page. Received: location="engine/".]`,
  );
  expect(engineFiles('wasm')?.mjs).toBe('https://example.org/ort-wasm-simd-threaded.mjs');
});
