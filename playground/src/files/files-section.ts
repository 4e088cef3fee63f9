import { type Remote, proxy, wrap } from 'comlink';
import { element } from '../page/dom.ts';
import { fileSize } from '../page/format.ts';
import { messageOf } from '../page/message.ts';
import type { TrainingSession } from '../page/training-session.ts';
import { download } from './download.ts';
import { downloadsView } from './downloads-view.ts';
import FilesWorker from './files.worker.ts?worker';
import type { ConvertOptions, ModelFile, Progress } from './model-file.ts';
import { reportView } from './report-view.ts';

/** A file to open: its name, and a function that returns the file or its bytes. */
interface Opening {
  readonly name: string;
  readonly read: () => File | Promise<Uint8Array>;
}

/** The part of the page that opens and converts model files. */
export class FilesSection {
  readonly #drop = element('drop', HTMLDivElement);
  readonly #input = element('file-input', HTMLInputElement);
  readonly #status = element('file-status', HTMLParagraphElement);
  readonly #report = element('file-report', HTMLDivElement);
  /** Loaded with the first file: most visitors train only. */
  #worker: Remote<ModelFile> | null = null;
  #openings = 0;

  constructor(session: TrainingSession) {
    this.#input.addEventListener('change', () => {
      void this.#openFile(this.#input.files?.[0]);
      // So that the same file can be chosen again.
      this.#input.value = '';
    });
    element('open-trained', HTMLButtonElement).addEventListener('click', () => {
      void this.#open({ name: 'digits.keras', read: () => session.kerasFile('normalized') });
    });
    this.#acceptDrops();
  }

  #acceptDrops(): void {
    const drop = this.#drop;
    const over = (isOver: boolean) => (event: DragEvent) => {
      event.preventDefault();
      drop.classList.toggle('over', isOver);
    };
    drop.addEventListener('dragover', over(true));
    drop.addEventListener('dragleave', over(false));
    drop.addEventListener('drop', (event) => {
      over(false)(event);
      void this.#openFile(event.dataTransfer?.files[0]);
    });
    // A file that misses the area would replace the page.
    for (const kind of ['dragover', 'drop'] as const) addEventListener(kind, (event) => event.preventDefault());
  }

  async #openFile(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    await this.#open({ name: file.name, read: () => file });
  }

  async #open({ name, read }: Opening): Promise<void> {
    const opening = ++this.#openings;
    this.#say(`Reading ${name} …`);
    this.#report.hidden = true;
    try {
      const source = await read();
      const worker = (this.#worker ??= wrap<ModelFile>(new FilesWorker()));
      const onProgress = ({ loaded, total }: Progress): void => {
        if (opening !== this.#openings || total === null || loaded >= total) return;
        this.#say(`Reading ${name}: ${fileSize(loaded)} of ${fileSize(total)} …`);
      };
      const report = await worker.open(source, proxy(onProgress));
      if (opening !== this.#openings) return;
      const stem = name.replace(/\.[^.]+$/, '');
      const save = (options: ConvertOptions): void => void this.#save(worker, stem, options);
      this.#report.replaceChildren(...reportView(report), downloadsView(report, save));
      this.#report.hidden = false;
      this.#say(`${name}, ${fileSize(source instanceof File ? source.size : source.length)}.`);
    } catch (error) {
      if (opening === this.#openings) this.#say(`${name} cannot be opened. ${messageOf(error)}`, true);
    }
  }

  async #save(worker: Remote<ModelFile>, stem: string, options: ConvertOptions): Promise<void> {
    const name = `${stem}${options.folded ? '-folded' : ''}.${options.format}`;
    this.#say(`Writing ${name} …`);
    try {
      const bytes = await worker.convert(options);
      download(bytes, name);
      this.#say(`${name}, ${fileSize(bytes.length)}, is in your downloads.`);
    } catch (error) {
      this.#say(`${name} cannot be written. ${messageOf(error)}`, true);
    }
  }

  #say(text: string, isBad = false): void {
    this.#status.textContent = text;
    this.#status.classList.toggle('bad', isBad);
  }
}
