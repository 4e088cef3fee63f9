import type { DType, TypedArray } from '../../../core/dtype.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Engine, Runtime, SessionOptions } from '../runtime.ts';
import type { SentError } from './errors.ts';

/** A tensor in a message. Its memory moves to the other side. */
export interface SentTensor {
  readonly data: TypedArray;
  readonly shape: KnownShape;
  readonly dtype: DType;
}

/** A tensor that stays with the worker, by its number. */
export interface HeldTensor {
  readonly held: number;
  /** A copy of the elements; null where they must be read. */
  readonly copy: TypedArray | null;
  readonly shape: KnownShape;
  readonly dtype: DType;
}

/** The shape of an output for which the caller has a buffer, so that the engine need not find it. */
export type SentTarget = Omit<SentTensor, 'data'>;

/** The settings of the process that the worker cannot see. */
export interface SentSettings {
  readonly threads: number | null;
  /** The addresses of the engine's files, by their names; null if `setEngineFiles` was not called. */
  readonly files: Readonly<Record<string, string>> | null;
}

/** The functions of the worker: what they receive and what they return. */
export interface Calls {
  /** Answered before the engine is loaded: the worker is there. */
  greet: { readonly request: null; readonly answer: null };
  open: {
    readonly request: { readonly engine: Engine; readonly settings: SentSettings };
    readonly answer: Pick<Runtime, 'name' | 'threads'> & { readonly copiesResults: boolean };
  };
  createSession: {
    readonly request: {
      readonly model: Uint8Array;
      readonly options: SessionOptions;
      readonly threads: number | null;
    };
    readonly answer: {
      readonly session: number;
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
    };
  };
  run: {
    readonly request: {
      readonly session: number;
      readonly feeds: Readonly<Record<string, SentTensor | HeldTensor>>;
      readonly targets: Readonly<Record<string, SentTarget>>;
      readonly onDevice: boolean;
    };
    readonly answer: Readonly<Record<string, SentTensor | HeldTensor>>;
  };
  release: { readonly request: { readonly session: number }; readonly answer: null };
  optimizedModel: { readonly request: { readonly model: Uint8Array }; readonly answer: Uint8Array | null };
  upload: { readonly request: SentTensor; readonly answer: HeldTensor };
  read: { readonly request: { readonly held: number }; readonly answer: SentTensor };
  dispose: {
    /** Tensors to be freed, and arrays whose memory is for later copies. */
    readonly request: { readonly held: readonly number[]; readonly copies: readonly TypedArray[] };
    readonly answer: null;
  };
}

export type CallName = keyof Calls;

/** A message to the worker. */
export interface CallMessage<Name extends CallName = CallName> {
  readonly evenkeel: Name;
  readonly id: number;
  readonly request: Calls[Name]['request'];
}

/** A message from the worker. */
export interface AnswerMessage {
  readonly evenkeel: 'answer';
  readonly id: number;
  /** Whether the worker's device is lost. */
  readonly isLost: boolean;
  readonly answer?: Calls[CallName]['answer'];
  readonly error?: SentError;
}

/** Whether a message is one of these: the worker of a user may have messages of its own. */
export function isMessage(message: unknown): message is CallMessage | AnswerMessage {
  return typeof message === 'object' && message !== null && 'evenkeel' in message && 'id' in message;
}

/** The buffers of the tensors in a record, which move with its message. */
export function buffersOf(record: Readonly<Record<string, SentTensor | HeldTensor>>): readonly ArrayBuffer[] {
  return Object.values(record).flatMap((sent) => {
    const moved = 'held' in sent ? sent.copy : sent.data;
    return moved === null ? [] : [bufferOf(moved)];
  });
}

/** A tensor as a message contains it, in memory of its own: the caller keeps the tensor. */
export function copyToSend({ data, shape, dtype }: Tensor): SentTensor {
  return { data: data.slice(), shape, dtype };
}

/** A tensor from a message. */
export function received({ data, shape, dtype }: SentTensor): Tensor {
  return new Tensor(data, shape, dtype);
}

/** The buffer of an array that was allocated here: no shared memory. */
export function bufferOf({ buffer }: TypedArray): ArrayBuffer {
  return buffer as ArrayBuffer;
}
