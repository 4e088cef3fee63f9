import { checkChoice, checkInteger } from '../../core/checks.ts';
import type { Engine } from './runtime.ts';

let engine: Engine = 'auto';
let threads: number | undefined;

/**
 * Chooses the engine for the models that are run from now on; in Node the environment variable `EVENKEEL_ENGINE`
 * does the same for a whole process. `node` is native, `wasm` runs everywhere, `auto` is native where it can be loaded.
 *
 * @throws TypeError if there is no such engine.
 * @example
 * setEngine('wasm');
 * setEngine('auto');    // what it was
 * @see https://onnxruntime.ai/docs/get-started/with-javascript/
 */
export function setEngine(choice: Engine): void {
  engine = checkChoice('setEngine', 'engine', choice, ['auto', 'node', 'wasm']);
}

/**
 * How many threads share the work of one operator, in sessions that are made from now on. The wasm engine fixes its
 * number when it starts, and has one thread where the page is not cross-origin isolated.
 *
 * @throws TypeError if it is not a positive integer.
 * @example
 * setThreads(1);
 * @see https://onnxruntime.ai/docs/performance/tune-performance/threading.html
 */
export function setThreads(count: number): void {
  threads = checkInteger('setThreads', 'count', count, 1);
}

/** What {@link setEngine} chose. */
export function chosenEngine(): Engine {
  return engine;
}

/** What {@link setThreads} set, or `undefined`. */
export function chosenThreads(): number | undefined {
  return threads;
}
