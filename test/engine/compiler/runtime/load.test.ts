import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { importKoffi } from '../../../../src/core/koffi-node.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { decodeModel } from '../../../../src/compiler/onnx/codec.ts';
import { type Runtime, loadRuntime, setEngine, setThreads } from '../../../../src/compiler/runtime/index.ts';
import { type Loaders, openRuntime } from '../../../../src/compiler/runtime/ort/ort-node.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { onnxBytes } from '../../../support/onnx-model.ts';

const double = onnxBytes({
  nodes: [{ opType: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
  inputs: { x: [1] },
  outputs: { y: [1] },
});

async function runsOn(runtime: Runtime): Promise<string> {
  const session = await runtime.createSession(double);
  const { y } = await session.run({ x: tensor([21]) });
  await session.release();
  expect(y!.toArray()).toEqual([42]);
  return runtime.name;
}

/** The loaders of a machine without onnxruntime-node. */
const withoutNative: Loaders = {
  native: () => Promise.reject(new Error("Cannot find package 'onnxruntime-node'\nRequire stack:\n- a.js")),
  wasm: () => openRuntime('wasm'),
  koffi: importKoffi,
};

afterEach(() => {
  setEngine('auto');
  vi.unstubAllEnvs();
});

describe('the chosen engine', () => {
  test('is the native one in Node and is loaded once', async () => {
    expect(await runsOn(await loadRuntime())).toBe('node');
    expect(await loadRuntime()).toBe(await loadRuntime());
  });

  test('setEngine changes what is loaded next', async () => {
    setEngine('wasm');
    expect(await runsOn(await loadRuntime())).toBe('wasm');
    setEngine('node');
    expect(await runsOn(await loadRuntime())).toBe('node');
  });

  test('EVENKEEL_ENGINE applies if setEngine was not called', async () => {
    vi.stubEnv('EVENKEEL_ENGINE', 'wasm');
    expect((await openRuntime('auto')).name).toBe('wasm');
    expect((await openRuntime('node')).name).toBe('node');
    vi.stubEnv('EVENKEEL_ENGINE', '');
    expect((await openRuntime('auto')).name).toBe('node');
    vi.stubEnv('EVENKEEL_ENGINE', 'gpu');
    await expect(openRuntime('auto')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: [runtime] EVENKEEL_ENGINE must be one of "auto", "node", "wasm", "webgpu". Received: EVENKEEL_ENGINE="gpu".]`,
    );
  });

  test('setEngine and setThreads throw for invalid arguments', () => {
    expect(() => setEngine('gpu' as 'auto')).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: [setEngine] engine must be one of "auto", "node", "wasm", "webgpu". Received: engine="gpu".]`,
    );
    expect(() => setThreads(0)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: [setThreads] count must be an integer ≥ 1. Received: count=0.]`,
    );
    expect(() => setThreads(1.5)).toThrow(TypeError);
    expect(() => setThreads(1e9)).toThrow('[setThreads] count must be at most 1024. Received: count=1000000000.');
  });
});

describe('without onnxruntime-node', () => {
  test('the wasm engine runs, with one warning per process', async () => {
    expect(await runsOn(await openRuntime('auto', withoutNative))).toBe('wasm');
    expect(await runsOn(await openRuntime('auto', withoutNative))).toBe('wasm');
    expect(expectWarning('onnxruntime-node')).toMatchInlineSnapshot(
      `"[evenkeel] onnxruntime-node cannot be loaded, using the slower wasm engine: Cannot find package 'onnxruntime-node' (To install the native engine: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0. To use the wasm engine without this warning: EVENKEEL_ENGINE=wasm.)"`,
    );
  });

  test('nothing is printed if the wasm engine was chosen', async () => {
    vi.stubEnv('EVENKEEL_ENGINE', 'wasm');
    expect((await openRuntime('auto', withoutNative)).name).toBe('wasm');
  });

  test('choosing the native engine by name throws', async () => {
    await expect(openRuntime('node', withoutNative)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: [runtime] onnxruntime-node cannot be loaded: Cannot find package 'onnxruntime-node']`,
    );
  });
});

describe('the native engine', () => {
  test('writes a profile that names the nodes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evenkeel-test-'));
    const runtime = await loadRuntime();
    const session = await runtime.createSession(double, {
      profile: join(folder, 'profile'),
      optimize: 'disabled',
      threads: 1,
    });
    await session.run({ x: tensor([1]) });
    await session.release();
    const [file] = readdirSync(folder);
    expect(readFileSync(join(folder, file!), 'utf8')).toContain('Add');
    rmSync(folder, { recursive: true });
  });

  test('returns the model that it optimized', async () => {
    const runtime = await loadRuntime();
    const identities = onnxBytes({
      nodes: [
        { opType: 'Identity', inputs: ['x'], outputs: ['a'] },
        { opType: 'Neg', inputs: ['a'], outputs: ['y'] },
      ],
      inputs: { x: [1] },
      outputs: { y: [1] },
    });
    const optimized = await runtime.optimizedModel(identities);
    expect(decodeModel(optimized!).graph.nodes.map((node) => node.opType)).toEqual(['Neg']);
  });
});
