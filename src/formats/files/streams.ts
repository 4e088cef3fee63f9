import { ValueError, show } from '../../core/errors.ts';
import type { ReadOptions } from './files.ts';

/** Reads a blob; a file that a user has chosen is one. */
export function readBlob(blob: Blob, options: ReadOptions = {}): Promise<Uint8Array> {
  return readStream(blob.stream(), blob.size, options);
}

/** The pieces of a stream, which is cancelled when the consumer stops. */
export async function* piecesOfStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

/** A file that is read as a whole, as one piece. */
export async function* wholeFile(bytes: Promise<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield await bytes;
}

/** @throws ValueError if the server reports an error, or there is no body left. */
export function checkResponse(who: string, response: Response): void {
  if (!response.ok) {
    const status = `status=${[response.status, response.statusText].filter(Boolean).join(' ')}`;
    const received = [...(response.url === '' ? [] : [`path=${show(response.url)}`]), status].join(', ');
    throw new ValueError(`[${who}] the server must return the file. Received: ${received}. Check the address.`);
  }
  if (response.bodyUsed)
    throw new ValueError(`[${who}] a response can be read once. Received: one that has been read.`);
}

/** Reads the body of a response of a server. @throws ValueError if the server reports an error, or there is no body left. */
export async function readResponse(who: string, response: Response, options: ReadOptions = {}): Promise<Uint8Array> {
  checkResponse(who, response);
  if (response.body === null) return new Uint8Array();
  // The length is that of the compressed bytes.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  return readStream(response.body, length === null ? null : Number(length), options);
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  total: number | null,
  { onProgress, signal }: ReadOptions,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let loaded = 0;
  const reader = stream.getReader();
  const abort = (): void => {
    reader.cancel(signal?.reason).catch(() => undefined);
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', abort);
  try {
    onProgress?.({ loaded, total });
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      signal?.throwIfAborted();
      pieces.push(next.value);
      loaded += next.value.length;
      onProgress?.({ loaded, total: total === null || loaded > total ? null : total });
    }
    // A cancelled stream ends as if it were complete.
    signal?.throwIfAborted();
  } catch (error) {
    abort();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return concatenate(pieces, loaded);
}

/** One array of consecutive pieces. */
export function concatenate(pieces: Iterable<Uint8Array>, length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
