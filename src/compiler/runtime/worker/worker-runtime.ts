import { InternalError } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import {
  type MixedTensors,
  type Runtime,
  type Session,
  type SessionOptions,
  type Threads,
  releasedError,
} from '../runtime.ts';
import { chosenThreads } from '../settings.ts';
import {
  type Calls,
  type HeldTensor,
  type SentTarget,
  type SentTensor,
  buffersOf,
  copyToSend,
  received,
} from './calls.ts';
import type { Requests } from './requests.ts';
import { WorkerMemory, WorkerTensor } from './worker-memory.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * An engine that runs in a worker: the sessions are there, and each run moves its feeds there and its results back. Large state
 * stays there, as on a device, and comes back as a copy that the worker makes.
 */
export class WorkerRuntime implements Runtime {
  readonly name: Runtime['name'];
  readonly features = { preallocatedOutputs: false };
  readonly device: WorkerMemory;
  readonly #requests: Requests;
  readonly #threads: Threads;

  constructor(requests: Requests, { name, threads, copiesResults }: Calls['open']['answer']) {
    this.name = name;
    this.#requests = requests;
    this.#threads = threads;
    this.device = new WorkerMemory(requests, copiesResults);
  }

  /** The native engine has the number that is chosen when a session is created; the others keep theirs. */
  get threads(): Threads {
    const chosen = chosenThreads();
    if (this.name !== 'node' || chosen === undefined) return this.#threads;
    return { count: chosen, reason: `setThreads(${chosen})` };
  }

  async createSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const copy = model.slice();
    const request = { model: copy, options, threads: chosenThreads() ?? null };
    const opened = await this.#requests.call('createSession', request, [copy.buffer]);
    return new WorkerSession(this.#requests, this.device, opened);
  }

  async optimizedModel(model: Uint8Array): Promise<Uint8Array | null> {
    const copy = model.slice();
    return this.#requests.call('optimizedModel', { model: copy }, [copy.buffer]);
  }
}

class WorkerSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #requests: Requests;
  readonly #device: WorkerMemory;
  readonly #session: number;
  #isReleased = false;

  constructor(requests: Requests, device: WorkerMemory, opened: Calls['createSession']['answer']) {
    this.inputNames = opened.inputNames;
    this.outputNames = opened.outputNames;
    this.#session = opened.session;
    this.#requests = requests;
    this.#device = device;
  }

  async run(feeds: MixedTensors, targets: Tensors = {}): Promise<Tensors> {
    const results = await this.#run(feeds, targets, false);
    return Object.fromEntries(
      Object.entries(results).map(([name, sent]) => {
        if ('held' in sent) throw new InternalError('a result is in the memory of a device.');
        return [name, received(sent)];
      }),
    );
  }

  async runOnDevice(feeds: MixedTensors): Promise<MixedTensors> {
    const results = await this.#run(feeds, {}, true);
    return Object.fromEntries(
      Object.entries(results).map(([name, sent]) => [name, 'held' in sent ? this.#device.adopt(sent) : received(sent)]),
    );
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    await this.#requests.call('release', { session: this.#session });
  }

  async #run(feeds: MixedTensors, targets: Tensors, onDevice: boolean): Promise<Calls['run']['answer']> {
    if (this.#isReleased) throw releasedError();
    const sent: Record<string, SentTensor | HeldTensor> = {};
    for (const [name, feed] of Object.entries(feeds)) sent[name] = toSend(feed);
    const shapes: Record<string, SentTarget> = {};
    for (const [name, { shape, dtype }] of Object.entries(targets)) shapes[name] = { shape, dtype };
    const request = { session: this.#session, feeds: sent, targets: shapes, onDevice };
    return this.#requests.call('run', request, buffersOf(sent));
  }
}

function toSend(feed: MixedTensors[string]): SentTensor | HeldTensor {
  if (feed instanceof Tensor) return copyToSend(feed);
  if (feed instanceof WorkerTensor) return feed.sent;
  throw new InternalError('a tensor of another engine was fed.');
}
