import { isRecord } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import { missing, nameIn, stored } from '../../../formats/files/place.ts';
import type { ModelArtifacts } from './artifacts.ts';

/** The database of TensorFlow.js, and the store of its models by name. */
const DATABASE = 'tensorflowjs';
const STORE = 'models_store';

/** Reads the model that `model.save('indexeddb://…')` of TensorFlow.js wrote. @throws ValueError if there is none */
export async function fromIndexedDb(who: string, path: FilePath): Promise<ModelArtifacts> {
  const record: unknown = await stored(who, path, () => readRecord(nameIn(who, path)));
  const artifacts = isRecord(record) ? record['modelArtifacts'] : null;
  if (isRecord(artifacts)) return artifacts;
  throw missing(who, path);
}

/** The record of a model; undefined if there is none, or no database of TensorFlow.js. */
async function readRecord(name: string): Promise<unknown> {
  const database = await openDatabase();
  if (database === null) return undefined;
  try {
    if (!database.objectStoreNames.contains(STORE)) return undefined;
    return await new Promise((resolve, reject) => {
      const request = database.transaction(STORE, 'readonly').objectStore(STORE).get(name);
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        reject(request.error ?? new DOMException('the request failed', 'UnknownError'));
      };
    });
  } finally {
    database.close();
  }
}

/** The database of TensorFlow.js; null if there is none, which is not created. */
function openDatabase(): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE);
    let isNew = false;
    request.onupgradeneeded = () => {
      isNew = true;
      request.transaction?.abort();
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      if (isNew) resolve(null);
      else reject(request.error ?? new DOMException('the request failed', 'UnknownError'));
    };
  });
}

/** The part of a page's storage that reading needs. */
interface PageStorage {
  getItem(key: string): string | null;
}

/** Reads the model that `model.save('localstorage://…')` of TensorFlow.js wrote. @throws ValueError if there is none, or parts of it */
export function fromLocalStorage(who: string, path: FilePath): ModelArtifacts {
  const { localStorage = null } = globalThis as { readonly localStorage?: PageStorage | null };
  if (localStorage === null) {
    throw new NotImplementedError(
      `[${who}] localstorage:// exists only in pages, not in workers or servers. Received: path=${show(String(path))}.`,
    );
  }
  const name = nameIn(who, path);
  const keyOf = (part: string): string => `tensorflowjs_models/${name}/${part}`;
  if (localStorage.getItem(keyOf('info')) === null) throw missing(who, path);
  const read = (part: string): string => {
    const text = localStorage.getItem(keyOf(part));
    if (text !== null) return text;
    throw new ValueError(`[${who}] the storage must contain all parts of a model. Received: no ${keyOf(part)}.`);
  };
  const parsed = (part: string, text: string): object => {
    const place = keyOf(part);
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // The error below is that of all malformed parts.
    }
    throw new ValueError(`[${who}] ${place} must be JSON. Received: ${show(text.slice(0, 40))}.`);
  };
  const metadata = localStorage.getItem(keyOf('model_metadata'));
  return {
    ...(metadata === null ? {} : parsed('model_metadata', metadata)),
    modelTopology: parsed('model_topology', read('model_topology')),
    weightSpecs: parsed('weight_specs', read('weight_specs')) as readonly object[],
    weightData: fromBase64(read('weight_data'), keyOf('weight_data'), who),
  };
}

function fromBase64(text: string, place: string, who: string): ArrayBuffer {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
  } catch (cause) {
    throw new ValueError(`[${who}] ${place} must be base64. Received: ${show(text.slice(0, 40))}.`, { cause });
  }
}
