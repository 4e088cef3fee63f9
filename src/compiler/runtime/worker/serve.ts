import type { DeviceTensor } from '../../../core/device-tensor.ts';
import { allocate } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Engine, MixedTensors, Runtime, Session } from '../runtime.ts';
import { setEngineFiles, setThreads } from '../settings.ts';
import {
  type AnswerMessage,
  type CallMessage,
  type CallName,
  type Calls,
  type HeldTensor,
  type SentTarget,
  type SentTensor,
  bufferOf,
  buffersOf,
  isMessage,
  received,
} from './calls.ts';
import { packError } from './errors.ts';
import { KeepingRuntime, KeptTensor } from './kept-memory.ts';

/** The worker's side of the messages. */
export interface WorkerPort {
  readonly post: (message: AnswerMessage, moved: readonly ArrayBuffer[]) => void;
  readonly listen: (receive: (message: unknown) => void) => void;
}

/** An answer, with the buffers that move with it. */
interface Answer<Name extends CallName> {
  readonly answer: Calls[Name]['answer'];
  readonly moved?: readonly ArrayBuffer[];
}

type Functions = {
  readonly [Name in CallName]: (request: Calls[Name]['request']) => Answer<Name> | Promise<Answer<Name>>;
};

/** Runs an engine for the page or process that started this worker. */
export function serve(port: WorkerPort, open: (engine: Engine) => Promise<Runtime>): void {
  const engine = new ServedEngine(open);
  const answer = async ({ evenkeel, id, request }: CallMessage): Promise<void> => {
    // The request of a message is that of the function that it names.
    const call = engine.functions[evenkeel] as (request: unknown) => Promise<Answer<CallName>>;
    try {
      const { answer, moved = [] } = await call(request);
      port.post({ evenkeel: 'answer', id, isLost: engine.isLost, answer }, moved);
    } catch (error) {
      port.post({ evenkeel: 'answer', id, isLost: engine.isLost, error: packError(error) }, []);
    }
  };
  port.listen((message) => {
    if (isMessage(message) && message.evenkeel !== 'answer') void answer(message);
  });
}

/** The engine of a worker, with its sessions and the tensors of its device, by their numbers. */
class ServedEngine {
  readonly functions: Functions;
  readonly #sessions = new Map<number, Session>();
  readonly #tensors = new Map<number, DeviceTensor>();
  #runtime: Runtime | null = null;
  #count = 0;

  constructor(open: (engine: Engine) => Promise<Runtime>) {
    this.functions = {
      greet: () => ({ answer: null }),
      open: async ({ engine, settings: { threads, files } }) => {
        if (threads !== null) setThreads(threads);
        if (files !== null) setEngineFiles((name) => files[name] ?? name);
        const opened = await open(engine);
        this.#runtime = opened.device === null ? new KeepingRuntime(opened) : opened;
        const { name, threads: all, device } = this.#runtime;
        return { answer: { name, threads: all, copiesResults: device?.copiesResults ?? false } };
      },
      createSession: async ({ model, options, threads }) => {
        if (threads !== null) setThreads(threads);
        const made = await this.#engine.createSession(model, options);
        const session = this.#count++;
        this.#sessions.set(session, made);
        return { answer: { session, inputNames: made.inputNames, outputNames: made.outputNames } };
      },
      run: (request) => this.#run(request),
      release: async ({ session }) => {
        const released = this.#session(session);
        this.#sessions.delete(session);
        await released.release();
        return { answer: null };
      },
      optimizedModel: async ({ model }) => ({ answer: await this.#engine.optimizedModel(model) }),
      upload: async (sent) => {
        const { device } = this.#engine;
        if (device === null) throw new InternalError('an engine without a device has no memory there.');
        return { answer: this.#hold(await device.upload(received(sent)), null) };
      },
      read: async ({ held }) => {
        const tensor = this.#tensor(held);
        const answer = this.#movable(await tensor.read(), tensor instanceof KeptTensor);
        return { answer, moved: [bufferOf(answer.data)] };
      },
      dispose: ({ held, copies }) => {
        const { device } = this.#engine;
        for (const copy of copies) device?.reuse?.(copy);
        for (const each of held) {
          this.#tensor(each).dispose();
          this.#tensors.delete(each);
        }
        return { answer: null };
      },
    };
  }

  get isLost(): boolean {
    return this.#runtime?.device?.isLost ?? false;
  }

  get #engine(): Runtime {
    if (this.#runtime === null) throw new InternalError('the engine of a worker was used before it was opened.');
    return this.#runtime;
  }

  #session(number: number): Session {
    const found = this.#sessions.get(number);
    if (found === undefined) throw new InternalError(`a worker has no session ${number}.`);
    return found;
  }

  #tensor(held: number): DeviceTensor {
    const found = this.#tensors.get(held);
    if (found === undefined) throw new InternalError(`a worker has no tensor ${held}.`);
    return found;
  }

  #hold(tensor: DeviceTensor, copy: Tensor | null): HeldTensor {
    const held = this.#count++;
    this.#tensors.set(held, tensor);
    return { held, copy: copy?.data ?? null, shape: tensor.shape, dtype: tensor.dtype };
  }

  async #run({ session: number, feeds, targets, onDevice }: Calls['run']['request']): Promise<Answer<'run'>> {
    const session = this.#session(number);
    const inputs: Record<string, MixedTensors[string]> = {};
    for (const [name, sent] of Object.entries(feeds)) {
      inputs[name] = 'held' in sent ? this.#tensor(sent.held) : received(sent);
    }
    const outputs = onDevice ? await session.runOnDevice(inputs) : await session.run(inputs, buffersFor(targets));
    const answer: Record<string, SentTensor | HeldTensor> = {};
    for (const [name, output] of Object.entries(outputs)) {
      answer[name] =
        output instanceof Tensor ? this.#movable(output, name in targets) : this.#hold(output, output.copy);
    }
    return { answer, moved: buffersOf(answer) };
  }

  /** A tensor whose memory can move: that of the native engine's own outputs cannot. */
  #movable({ data, shape, dtype }: Tensor, isOurs: boolean): SentTensor {
    const canMove = isOurs || this.#engine.name === 'wasm';
    const whole = canMove && data.byteLength === data.buffer.byteLength;
    return { data: whole ? data : data.slice(), shape, dtype };
  }
}

function buffersFor(targets: Readonly<Record<string, SentTarget>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(
    Object.entries(targets).map(([name, { shape, dtype }]) => [
      name,
      new Tensor(allocate(dtype, sizeOf(shape)), shape, dtype),
    ]),
  );
}
