import { ValueError, show } from '../../core/errors.ts';
import type { FilePath } from './files.ts';
import { type Place, refusal } from './place.ts';
import { checkResponse, piecesOfStream, readResponse } from './streams.ts';

const refuse = (who: string, path: string | URL): Promise<never> =>
  Promise.reject(
    refusal(
      who,
      path,
      'a file at an address of the web can only be read. Write to indexeddb://, opfs:// or download://, or use toBytes',
    ),
  );

/** Files at addresses of the web, absolute or relative to the page. They can only be read. */
export const webFiles: Place = {
  readFile: async (who, path, options = {}) =>
    readResponse(who, await request(who, path, { signal: options.signal ?? null }), options),
  fileSize: async (who, path) => {
    const length = (await request(who, path, { method: 'HEAD' })).headers.get('content-length');
    return length === null ? (await webFiles.readFile(who, path)).length : Number(length);
  },
  exists: async (who, path) => (await request(who, path, { method: 'HEAD' })).ok,
  writeFileAtomic: refuse,
  append: refuse,
  makeFolder: refuse,
  removeEmptyFolder: refuse,
  removeFile: refuse,
};

/** The address of another file in the folder of one, with the same query. */
export function neighborAddress(path: FilePath, name: string): string {
  const [, address = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(String(path)) ?? [];
  return `${address.slice(0, address.lastIndexOf('/') + 1)}${name}${query}`;
}

/** The pieces of a file at an address, as they arrive. */
export async function* webPieces(who: string, path: string | URL): AsyncGenerator<Uint8Array, void, undefined> {
  const response = await request(who, path, {});
  checkResponse(who, response);
  if (response.body !== null) yield* piecesOfStream(response.body);
}

async function request(who: string, path: string | URL, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, options);
  } catch (cause) {
    // What fetch throws does not name the address.
    if (!(cause instanceof TypeError)) throw cause;
    const received = `path=${show(String(path))}`;
    throw new ValueError(`[${who}] the server must answer, and allow this page to read. Received: ${received}.`, {
      cause,
    });
  }
}
