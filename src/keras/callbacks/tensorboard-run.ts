import type { EventFile } from '../../formats/tensorboard/event-file.ts';
import type { Event, Summary } from '../../formats/tensorboard/events.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { pathIn } from '../../formats/files/path-in.ts';

/** The time for which events may wait in memory, in milliseconds. A file is opened for each write. */
const KEPT = 2000;

/** A run in TensorBoard: an event file in a folder of its own. */
export class TensorBoardRun {
  readonly #who: string;
  readonly #folder: FilePath;
  #file: EventFile | null = null;
  #waiting: Event[] = [];
  #written = 0;

  constructor(who: string, logDir: FilePath, name: 'train' | 'validation') {
    this.#who = who;
    this.#folder = pathIn(logDir, name);
  }

  /** Begins the file, unless it has been begun. @throws ValueError if it cannot be written */
  async open(): Promise<void> {
    if (this.#file !== null) return;
    // Imported on use, as it loads the library for protobuf.
    const { EventFile } = await import('../../formats/tensorboard/event-file.ts');
    this.#file = await EventFile.begin(this.#who, this.#folder);
    this.#written = performance.now();
  }

  /** Adds values at a step, and writes those that have waited for too long. */
  async add(step: number, summaries: readonly Summary[]): Promise<void> {
    if (summaries.length === 0) return;
    this.#waiting.push({ step, wallTime: Date.now() / 1000, summaries });
    if (performance.now() - this.#written > KEPT) await this.flush();
  }

  /** Writes the values that wait. */
  async flush(): Promise<void> {
    const events = this.#waiting;
    if (this.#file === null || events.length === 0) return;
    this.#waiting = [];
    this.#written = performance.now();
    await this.#file.append(events);
  }
}
