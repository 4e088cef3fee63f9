import { checkChoice, checkInteger, checkOptions } from '../../core/checks.ts';
import { ValueError, show } from '../../core/errors.ts';
import { ENGINES, type Engine } from './runtime.ts';

/** The settings of the process, like those of the engine itself. */
let engine: Engine = 'auto';
let worker: WorkerChoice = false;
let threads: number | undefined;
let locate: ((file: string) => string) | null = null;

/** The maximum number of threads: the engine starts them all at once, and memory for their stacks is limited. */
const MAX_THREADS = 1024;

/** A worker of the web, or of Node's module `worker_threads`. */
export interface EngineWorker {
  /** Sends a message; the listed memory moves with it. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

/** Whether the engine runs in a worker: one that is started by itself, or by a function. */
export type WorkerChoice = boolean | (() => EngineWorker);

/** Options of {@link setEngine}. */
export interface EngineOptions {
  /**
   * Whether the engine runs in a worker, so that the event loop of the page or process goes on during a step. A function starts
   * the worker itself, which is needed where a bundler does not find the worker's script; that must import
   * `evenkeel/engine-worker`.
   * @default false
   */
  readonly worker?: WorkerChoice;
}

/**
 * Sets the engine for models that run from now on; in Node the environment variable `EVENKEEL_ENGINE` does the same for a
 * whole process. `node` is native, `wasm` runs everywhere, `webgpu` runs on the GPU; `auto` is native if it can be loaded, and
 * otherwise `wasm`: it never chooses the GPU, which is slower than the processor for small networks.
 *
 * @throws TypeError if the engine or an option is unknown.
 * @example
 * setEngine('wasm');
 * setEngine('auto', { worker: true });    // in a worker: no step blocks the page or the process
 * setEngine('auto');                      // the default
 * @see https://onnxruntime.ai/docs/get-started/with-javascript/
 */
export function setEngine(choice: Engine, options: EngineOptions = {}): void {
  const checked = checkChoice('setEngine', 'engine', choice, ENGINES);
  checkOptions('setEngine', options, ['worker']);
  const where: unknown = options.worker ?? false;
  if (typeof where !== 'boolean' && typeof where !== 'function') {
    throw new TypeError(
      `[setEngine] worker must be true, false, or a function that starts a worker. Received: worker=${show(where)}.`,
    );
  }
  engine = checked;
  worker = options.worker ?? false;
}

/**
 * Sets the number of threads per operator, for sessions that are created from now on. The wasm engine fixes the number when
 * it starts, and has one thread if the page is not cross-origin isolated; see `engineInfo`.
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

/**
 * The place of the engine's files in browsers: the folder, or a function from a file's name to its address. It takes effect
 * when the engine is loaded. Without it, they are where the bundler wrote them.
 */
export type EngineFilesLocation = string | URL | ((file: string) => string | URL);

/**
 * Sets where a browser finds the files of the engine: for bundlers that do not copy them, for a CDN, or for a server of your
 * own. They are the files `ort-wasm-simd-threaded*` in the folder `dist` of onnxruntime-web, of the version that the package
 * depends on. `null` restores the default. Node finds them by itself.
 *
 *     setEngineFiles('/engine/');
 *     setEngineFiles('https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/dist/');
 *     setEngineFiles((file) => `/assets/${file}?v=7`);
 *
 * @throws TypeError if the location is neither a string, a URL nor a function; ValueError if it is not a valid address.
 */
export function setEngineFiles(location: EngineFilesLocation | null): void {
  if (location === null) {
    locate = null;
  } else if (typeof location === 'function') {
    locate = (file) => address(location(file));
  } else {
    const given: unknown = location;
    if (typeof given !== 'string' && !(given instanceof URL)) {
      throw new TypeError(
        `[setEngineFiles] location must be a folder or a function from a file's name to its address. Received: location=${show(given)}.`,
      );
    }
    const text = String(given);
    const folder = address(text.endsWith('/') ? text : `${text}/`);
    locate = (file) => new URL(file, folder).href;
  }
}

/** The absolute form of an address, which may be relative to the page. */
function address(given: string | URL): string {
  const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  try {
    return new URL(given, base).href;
  } catch (cause) {
    throw new ValueError(
      `[setEngineFiles] location must be an address, absolute or relative to the page. Received: location=${show(String(given))}.`,
      { cause },
    );
  }
}

/** The function from a file's name to its address that {@link setEngineFiles} has set; null if it was not called. */
export function chosenFiles(): ((file: string) => string) | null {
  return locate;
}

/** The place of the engine set by {@link setEngine}. */
export function chosenWorker(): WorkerChoice {
  return worker;
}

/** The engine set by {@link setEngine}. */
export function chosenEngine(): Engine {
  return engine;
}

/** The number set by {@link setThreads}; undefined if it was not called. */
export function chosenThreads(): number | undefined {
  return threads;
}
