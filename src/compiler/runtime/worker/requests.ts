import type { EngineWorker } from '../settings.ts';
import { type CallName, type Calls, isMessage } from './calls.ts';
import { unpackError } from './errors.ts';

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Listen = (event: string, listener: (received: unknown) => void) => unknown;

/** A worker of the web, or of Node's `worker_threads`, with the methods of both. */
type AnyWorker = EngineWorker & {
  readonly addEventListener?: Listen;
  readonly on?: Listen;
  readonly ref?: () => void;
  readonly unref?: () => void;
};

/** The events by which a worker tells that it ends. */
export interface WorkerEvents {
  readonly onEnd: () => void;
  readonly onLost: () => void;
}

/** The calls of a worker's functions, with those that wait for their answers. */
export class Requests {
  readonly #worker: AnyWorker;
  readonly #events: WorkerEvents;
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  #end: string | null = null;

  constructor(worker: EngineWorker, events: WorkerEvents) {
    this.#worker = worker;
    this.#events = events;
    const on: Listen = (event, listener) =>
      (this.#worker.addEventListener ?? this.#worker.on)?.call(worker, event, listener);
    on('message', (event) => {
      this.#receive(event);
    });
    on('messageerror', () => {
      this.#close('a message could not be read');
    });
    on('error', (event) => {
      this.#close(reasonOf(event));
    });
    on('exit', (code) => {
      this.#close(`it ended with code ${String(code)}`);
    });
    // Node ends although the worker waits, as it does without one.
    this.#worker.unref?.();
  }

  /** Calls a function of the worker. The buffers of `moved` are not here afterwards. */
  call<Name extends CallName>(
    evenkeel: Name,
    request: Calls[Name]['request'],
    moved: readonly ArrayBuffer[] = [],
  ): Promise<Calls[Name]['answer']> {
    if (this.#end !== null) return Promise.reject(endedError(this.#end));
    const id = this.#count++;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    if (this.#pending.size === 1) this.#worker.ref?.();
    try {
      this.#worker.postMessage({ evenkeel, id, request }, [...moved]);
    } catch (cause) {
      this.#take(id)?.reject(cause instanceof Error ? cause : new Error(String(cause)));
    }
    // The worker answers with what its function of this name returns.
    return answered as Promise<Calls[Name]['answer']>;
  }

  /** Ends all calls: the worker does not answer any more. */
  close(reason: string): void {
    this.#close(reason);
  }

  #take(id: number): Pending | undefined {
    const found = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref?.();
    return found;
  }

  #receive(event: unknown): void {
    // Node passes on the message itself.
    const message: unknown = isMessage(event) ? event : (event as { readonly data?: unknown }).data;
    if (!isMessage(message) || message.evenkeel !== 'answer') return;
    const { id, answer, error, isLost } = message;
    if (isLost) this.#events.onLost();
    const waiting = this.#take(id);
    if (error !== undefined) waiting?.reject(unpackError(error));
    else waiting?.resolve(answer);
  }

  #close(reason: string): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#events.onEnd();
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(endedError(reason));
  }
}

function reasonOf(event: unknown): string {
  const { message } = event as { readonly message?: unknown };
  // Browsers tell nothing of a script that they could not load.
  return typeof message === 'string' && message !== ''
    ? message
    : 'its script could not be loaded. The bundler must have written it, and worker-src of the Content-Security-Policy must allow it; docs/browsers.md has the settings';
}

function endedError(reason: string): Error {
  return new Error(
    `[runtime] the engine's worker does not run: ${reason}. A new worker is started at the next run; weights and state have the values that were last returned from it.`,
  );
}
