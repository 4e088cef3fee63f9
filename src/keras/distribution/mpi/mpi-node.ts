import { writeSync } from 'node:fs';
import process from 'node:process';
import { InternalError, ValueError } from '../../../core/errors.ts';
import { type Communicator, type Summable, alone } from '../../../core/world.ts';
import type { Handles } from './handles.ts';
import { findLauncher } from './launcher.ts';
import { type MpiLibrary, loadLibrary } from './library-node.ts';

/** The most bytes of one message. */
const MAX_BYTES = 2 ** 30;
/** While a message is awaited, MPI is asked in turns of the event loop; after this time, in milliseconds, once in a millisecond. */
const PATIENCE = 5;
/** The time, in milliseconds, after which a process that waits looks for others that have ended, and looks again. */
const LOOK_INTERVAL = 200;
/** The tag of the message of a process that ends. */
const DEPARTURE = 1;

/**
 * The time, in milliseconds, by which a process aborts after the one before, and the longest: mpirun of Open MPI 4.1 can hang, with all of
 * its processes ended, when several abort at the same time.
 */
const ABORT_INTERVAL = 300;
const MAX_ABORT_DELAY = 3000;

type Call = (...args: readonly unknown[]) => number;

/** The functions of MPI that are used here. */
type Functions = Readonly<Record<keyof ReturnType<typeof signatures>, Call>>;

function signatures(handle: string) {
  const address = 'void *';
  return {
    MPI_Init_thread: [address, address, 'int', address],
    MPI_Comm_rank: [handle, address],
    MPI_Comm_size: [handle, address],
    MPI_Comm_set_errhandler: [handle, handle],
    MPI_Error_string: ['int', address, address],
    MPI_Iallreduce: [address, address, 'int', handle, handle, handle, address],
    MPI_Ibcast: [address, 'int', handle, 'int', handle, address],
    MPI_Iallgather: [address, 'int', handle, address, 'int', handle, handle, address],
    MPI_Iallgatherv: [address, 'int', handle, address, address, address, handle, handle, address],
    MPI_Test: [address, address, address],
    MPI_Isend: [address, 'int', handle, 'int', 'int', handle, address],
    MPI_Iprobe: ['int', 'int', handle, address, address],
    MPI_Recv: [address, 'int', handle, 'int', 'int', handle, address],
    MPI_Finalize: [],
    MPI_Abort: [handle, 'int'],
  };
}

/** The processes that `mpirun` or `srun` started, which wait for each other for `timeout` seconds; a world of one without them. */
export async function joinWorld(who: string, timeout: number): Promise<Communicator> {
  const launcher = findLauncher(process.env);
  if (launcher === null) return alone;
  const found = await loadLibrary(who, launcher);
  // Open MPI ends the process by itself.
  if (found.implementation === 'Open MPI' && !launcher.connects && !found.isNamed) {
    throw new ValueError(
      `[${who}] ${launcher.name} must start the processes with PMIx, which ${found.version} (${found.file}) needs. Received: no PMIX_RANK. Start them otherwise: ${launcher.remedy}.`,
    );
  }
  const communicator = new MpiCommunicator(who, found, timeout);
  if (communicator.size !== launcher.size) {
    throw new ValueError(
      `[${who}] ${launcher.name} started ${launcher.size} processes, but ${found.version} (${found.file}) sees ${communicator.size}. They do not belong together: ${launcher.remedy}.`,
    );
  }
  return communicator;
}

class MpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly #call: Functions;
  readonly #handles: Handles;
  /** The buffers of the present exchanges, which must not be collected before they end. */
  readonly #held = new Set<readonly unknown[]>();
  readonly #timeout: number;
  /** The number of exchanges that this process has begun. */
  #begun = 0;
  /** The number of exchanges in which this process took part to their end. */
  #ended = 0;
  /** That number of each process that has ended. */
  readonly #departed = new Map<number, number>();

  constructor(who: string, { library, handles }: MpiLibrary, timeout: number) {
    this.#timeout = timeout;
    const entries = Object.entries(signatures(handles.type)).map(([name, types]) => {
      return [name, library.func(name, 'int', types) as Call] as const;
    });
    this.#call = Object.fromEntries(entries) as Functions;
    this.#handles = handles;
    const { world, errorsReturn } = handles.values;
    const provided = new Int32Array(1);
    const status = this.#call.MPI_Init_thread(null, null, handles.threadFunneled, provided);
    if (status !== 0) throw new ValueError(`[${who}] MPI_Init_thread failed with the code ${status}.`);
    this.#call.MPI_Comm_set_errhandler(world, errorsReturn);
    this.rank = this.#number((target) => this.#call.MPI_Comm_rank(world, target));
    this.size = this.#number((target) => this.#call.MPI_Comm_size(world, target));
    this.#endWithProcess();
  }

  /** An uncaught error ends the processes of the whole world, which would wait for this one forever. */
  #endWithProcess(): void {
    const { world } = this.#handles.values;
    process.on('uncaughtExceptionMonitor', (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
      writeSync(2, `process ${this.rank} of ${this.size} ends all of them: ${text}\n`);
      // Processes that fail together, as those do that wait for one that has ended, would abort at once: the first one ends the rest.
      sleep(Math.min(this.rank * ABORT_INTERVAL, MAX_ABORT_DELAY));
      this.#call.MPI_Abort(world, 1);
    });
    process.on('exit', (code) => {
      if (code !== 0) {
        this.#call.MPI_Abort(world, code);
        return;
      }
      this.#depart();
      this.#call.MPI_Finalize();
    });
  }

  /** Tells the others how many exchanges this process took part in: those that wait for another one would wait forever. */
  #depart(): void {
    const { int, world } = this.#handles.values;
    const count = Int32Array.of(this.#ended);
    for (const other of this.#others()) {
      const request = new BigInt64Array(1);
      this.#held.add([count, request]);
      this.#call.MPI_Isend(count, 1, int, other, DEPARTURE, world, request);
    }
  }

  /** @throws ValueError if a process has ended without an exchange, given by its number. */
  #lookForDepartures(exchange: number): void {
    const { int, world } = this.#handles.values;
    const { statusIgnore } = this.#handles;
    for (const other of this.#others()) {
      if (!this.#departed.has(other)) {
        const found = new Int32Array(1);
        this.#check(this.#call.MPI_Iprobe(other, DEPARTURE, world, found, statusIgnore));
        if (found[0] === 0) continue;
        const count = new Int32Array(1);
        this.#check(this.#call.MPI_Recv(count, 1, int, other, DEPARTURE, world, statusIgnore));
        this.#departed.set(other, count[0] ?? 0);
      }
      const count = this.#departed.get(other) ?? Infinity;
      if (count > exchange) continue;
      throw new ValueError(
        `[distribution] process ${other} of ${this.size} has ended, but process ${this.rank} waits for its part of a sum or a broadcast. All processes must make the same calls: look for an exit, or a call that depends on the rank.`,
      );
    }
  }

  #timeoutError(): ValueError {
    return new ValueError(
      `[distribution] process ${this.rank} of ${this.size} has waited for the others for ${this.#timeout} s. One of them makes other calls, computes for longer or cannot be reached: find it, or give initialize a longer timeout.`,
    );
  }

  #others(): readonly number[] {
    return Array.from({ length: this.size }, (_, i) => i).filter((i) => i !== this.rank);
  }

  async allReduce(values: Summable): Promise<void> {
    if (values.length === 0) return;
    const { values: handles, inPlace } = this.#handles;
    const type =
      values instanceof Float32Array ? handles.float : values instanceof Float64Array ? handles.double : handles.int;
    const { length } = values;
    const step = Math.floor(MAX_BYTES / values.BYTES_PER_ELEMENT);
    const parts = Array.from({ length: Math.ceil(length / step) }, (_, i) => values.subarray(i * step, (i + 1) * step));
    await Promise.all(
      parts.map((part) =>
        this.#exchange([part], (request) =>
          this.#call.MPI_Iallreduce(inPlace, part, part.length, type, handles.sum, handles.world, request),
        ),
      ),
    );
  }

  async broadcast(bytes: Uint8Array, root: number): Promise<void> {
    const { byte, world } = this.#handles.values;
    for (let start = 0; start < bytes.length; start += MAX_BYTES) {
      const part = bytes.subarray(start, start + MAX_BYTES);
      await this.#exchange([part], (request) => this.#call.MPI_Ibcast(part, part.length, byte, root, world, request));
    }
  }

  async allGather(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const { byte, int, world } = this.#handles.values;
    const own = Float64Array.of(bytes.length);
    const lengths = new Float64Array(this.size);
    await this.#exchange([own, lengths], (request) =>
      this.#call.MPI_Iallgather(own, 2, int, lengths, 2, int, world, request),
    );
    const gathered = Array.from(lengths, (length) => new Uint8Array(length));
    const step = Math.floor(MAX_BYTES / this.size);
    for (let start = 0; lengths.some((length) => start < length); start += step) {
      const counts = Int32Array.from(lengths, (length) => Math.max(0, Math.min(step, length - start)));
      const offsets = new Int32Array(this.size);
      for (let i = 1; i < this.size; i++) offsets[i] = (offsets[i - 1] ?? 0) + (counts[i - 1] ?? 0);
      const part = bytes.subarray(start, start + (counts[this.rank] ?? 0));
      const all = new Uint8Array(counts.reduce((sum, count) => sum + count, 0));
      await this.#exchange([part, all, counts, offsets], (request) =>
        this.#call.MPI_Iallgatherv(part, part.length, byte, all, counts, offsets, byte, world, request),
      );
      for (const [i, target] of gathered.entries()) {
        const offset = offsets[i] ?? 0;
        target.set(all.subarray(offset, offset + (counts[i] ?? 0)), start);
      }
    }
    return gathered;
  }

  /**
   * Begins an exchange, and waits for its end without occupying the event loop. Others may begin meanwhile, in the order that they have in
   * every process.
   */
  async #exchange(buffers: readonly unknown[], begin: (request: BigInt64Array) => number): Promise<void> {
    const request = new BigInt64Array(1);
    const held = [...buffers, request];
    this.#held.add(held);
    const number = this.#begun++;
    this.#check(begin(request));
    const started = performance.now();
    let look = started + LOOK_INTERVAL;
    const done = new Int32Array(1);
    for (;;) {
      this.#check(this.#call.MPI_Test(request, done, this.#handles.statusIgnore));
      if (done[0] !== 0) {
        this.#held.delete(held);
        this.#ended++;
        return;
      }
      const now = performance.now();
      if (now > look) {
        look = now + LOOK_INTERVAL;
        this.#lookForDepartures(number);
        if (now - started > this.#timeout * 1000) throw this.#timeoutError();
      }
      const isLong = now - started > PATIENCE;
      await new Promise<void>((resolve) => {
        if (isLong) setTimeout(resolve, 1);
        else setImmediate(resolve);
      });
    }
  }

  #number(call: (target: Int32Array) => number): number {
    const target = new Int32Array(1);
    this.#check(call(target));
    return target[0] ?? 0;
  }

  /** @throws InternalError with MPI's message if a call failed. */
  #check(status: number): void {
    if (status === 0) return;
    const [bytes, length] = [new Uint8Array(1024), new Int32Array(1)];
    this.#call.MPI_Error_string(status, bytes, length);
    throw new InternalError(`MPI failed: ${new TextDecoder().decode(bytes.subarray(0, length[0]))}.`);
  }
}

/** Waits without the event loop, which does not run any more when a process ends. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
