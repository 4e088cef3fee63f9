import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import type { EngineWorker } from 'evenkeel';

const script = fileURLToPath(new URL('../../src/compiler/runtime/ort/engine-worker-node.ts', import.meta.url));

/** The message on which a worker ends with code 1. */
export const END = 'end';

/**
 * Ends the worker between two runs: onnxruntime-node throws a C++ exception that nothing catches, and so ends the process, when its
 * thread is terminated during a run.
 */
const ending = `require('node:worker_threads').parentPort.on('message', (message) => {
  if (message === '${END}') process.exit(1);
});
`;

/** The workers that have been started, so that a test can end them. */
export const startedWorkers: Worker[] = [];

/** Bundles the engine's worker from its sources, which Node's workers do not read. Returns a function that starts one. */
export async function bundleEngineWorker(): Promise<() => EngineWorker> {
  const { outputFiles } = await build({
    ...{ entryPoints: [script], bundle: true, write: false, packages: 'external', platform: 'node', format: 'cjs' },
    // Without an address of the script, the engine looks for its files itself.
    logOverride: { 'empty-import-meta': 'silent' },
  });
  const text = ending + outputFiles[0]!.text;
  return () => {
    const worker = new Worker(text, { eval: true });
    startedWorkers.push(worker);
    return worker;
  };
}
