import { checkChoice, checkInteger } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';
import { ENGINES, type Engine } from './runtime.ts';

/** The settings of the process, like those of the engine itself. */
let engine: Engine = 'auto';
let threads: number | undefined;

/** The maximum number of threads: the engine starts them all at once, and memory for their stacks is limited. */
const MAX_THREADS = 1024;

/**
 * Sets the engine for models that run from now on; in Node the environment variable `EVENKEEL_ENGINE` does the same for a
 * whole process. `node` is native, `wasm` runs everywhere, `webgpu` runs on the GPU; `auto` is native if it can be loaded, and
 * otherwise `wasm`: it never chooses the GPU, which is slower than the processor for small networks.
 *
 * @throws TypeError if the engine is unknown.
 * @example
 * setEngine('wasm');
 * setEngine('auto');    // the default
 * @see https://onnxruntime.ai/docs/get-started/with-javascript/
 */
export function setEngine(choice: Engine): void {
  engine = checkChoice('setEngine', 'engine', choice, ENGINES);
}

/**
 * Sets the number of threads per operator, for sessions that are created from now on. The wasm engine fixes the number when
 * it starts, and has one thread if the page is not cross-origin isolated.
 *
 * @throws TypeError if the number is not an integer ≥ 1; ValueError if it is greater than 1024.
 * @example
 * setThreads(1);
 * @see https://onnxruntime.ai/docs/performance/tune-performance/threading.html
 */
export function setThreads(count: number): void {
  const checked = checkInteger('setThreads', 'count', count, 1);
  if (checked > MAX_THREADS) {
    throw new ValueError(
      `[setThreads] count must be at most ${MAX_THREADS}. Received: count=${checked}. More threads than cores are slower.`,
    );
  }
  threads = checked;
}

/** The engine set by {@link setEngine}. */
export function chosenEngine(): Engine {
  return engine;
}

/** The number set by {@link setThreads}; undefined if it was not called. */
export function chosenThreads(): number | undefined {
  return threads;
}
