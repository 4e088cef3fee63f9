import { print } from '../../core/print.ts';
import type { Bar } from '../../core/terminal/terminal.ts';
import type { FilePath, ReadOptions, ReadProgress } from '../../formats/files/files.ts';
import { terminal } from '#terminal';
import { files } from '#files';

/** Reads a file from its address. Unless the caller follows the progress, it is printed, as a bar where there can be one. */
export async function download(who: string, origin: FilePath, options: ReadOptions): Promise<Uint8Array> {
  if (options.onProgress !== undefined) return files.readFile(who, origin, options);
  print(`Downloading data from ${String(origin)}`);
  if (!terminal.interactive) return files.readFile(who, origin, options);
  const progress = new DownloadBar();
  try {
    return await files.readFile(who, origin, { ...options, onProgress: (state) => progress.show(state) });
  } finally {
    await progress.close();
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** The bar of a download, which is opened when the size of the file is known. */
class DownloadBar {
  #state: ReadProgress = { loaded: 0, total: null };
  #bar: Promise<Bar> | null = null;
  #opened: Bar | null = null;

  show(state: ReadProgress): void {
    this.#state = state;
    this.#bar ??= terminal
      .openBar(state.total, ({ bar, secondsLeft }) => {
        const left = secondsLeft === null ? '' : ` ${Math.ceil(secondsLeft)}s`;
        return `${this.#amount()} ${bar}${left}`.trimEnd();
      })
      .then((opened) => (this.#opened = opened));
    this.#opened?.update(state.loaded);
  }

  async close(): Promise<void> {
    (await this.#bar)?.close(this.#amount());
  }

  #amount(): string {
    const { loaded, total } = this.#state;
    return total === null ? `${megabytes(loaded)} MB` : `${megabytes(loaded)}/${megabytes(total)} MB`;
  }
}
