import { createStore, del, get, keys, set, update } from 'idb-keyval';
import { type Place, missing, nameIn, piecesOf, stored } from './place.ts';
import { concatenate } from './streams.ts';

type Bytes = Uint8Array<ArrayBuffer>;

let opened: ReturnType<typeof createStore> | null = null;

/** The database of this origin, which is created when it is used for the first time. */
function store(): ReturnType<typeof createStore> {
  return (opened ??= createStore('evenkeel', 'files'));
}

/** Files in the browser's database: `indexeddb://name.keras`. A name may contain slashes; there are no folders. */
export const indexedDb: Place = {
  readFile: async (who, path, { onProgress } = {}) => {
    const bytes = await stored(who, path, () => get<Bytes>(nameIn(who, path), store()));
    if (bytes === undefined) throw missing(who, path);
    onProgress?.({ loaded: bytes.length, total: bytes.length });
    return bytes;
  },
  fileSize: async (who, path) => (await indexedDb.readFile(who, path)).length,
  writeFileAtomic: async (who, path, content, { signal } = {}) => {
    const whole = join(piecesOf(content));
    signal?.throwIfAborted();
    await stored(who, path, () => set(nameIn(who, path), whole, store()));
  },
  append: (who, path, content) =>
    stored(who, path, () =>
      update<Bytes>(
        nameIn(who, path),
        (old) => join([...(old === undefined ? [] : [old]), ...piecesOf(content)]),
        store(),
      ),
    ),
  makeFolder: () => Promise.resolve(),
  removeEmptyFolder: () => Promise.resolve(),
  exists: (who, path) => stored(who, path, async () => (await keys(store())).includes(nameIn(who, path))),
  removeFile: (who, path) => stored(who, path, () => del(nameIn(who, path), store())),
};

function join(pieces: Iterable<Uint8Array>): Bytes {
  const all = [...pieces];
  return concatenate(
    all,
    all.reduce((sum, { length }) => sum + length, 0),
  );
}
