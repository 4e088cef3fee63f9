import { type Place, nameIn, piecesOf, refusal } from './place.ts';

/** The part of a page that a download needs. */
interface PageDocument {
  createElement(name: 'a'): { href: string; download: string; click(): void };
}

/** The time for which a browser may need the bytes after the click, in milliseconds. */
const KEPT = 60_000;

const refuse = (who: string, path: string | URL): Promise<never> =>
  Promise.reject(refusal(who, path, 'a download can only be written, as a whole'));

/** Downloads of the page: `download://name.keras`. The browser saves the file where its user wants it. */
export const downloads: Place = {
  readFile: refuse,
  fileSize: refuse,
  writeFileAtomic: (who, path, content, { signal } = {}) => {
    const { document } = globalThis as { readonly document?: PageDocument };
    if (document === undefined) return Promise.reject(refusal(who, path, 'only a page can download, not a worker'));
    const name = nameIn(who, path);
    const blob = new Blob([...piecesOf(content)], { type: 'application/octet-stream' });
    signal?.throwIfAborted();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => {
      URL.revokeObjectURL(link.href);
    }, KEPT);
    return Promise.resolve();
  },
  append: refuse,
  makeFolder: () => Promise.resolve(),
  removeEmptyFolder: () => Promise.resolve(),
  exists: () => Promise.resolve(false),
  removeFile: refuse,
};
