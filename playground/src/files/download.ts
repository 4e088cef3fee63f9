import { create } from '../page/dom.ts';

/** Offers bytes as a download. */
export function download(bytes: Uint8Array, name: string): void {
  // A Blob copies the bytes; its type makes browsers save it, and not open it.
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }));
  create('a', { href: url, download: name }).click();
  // The download has begun in the next task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
