import { files } from '#files';
import type { FilePath } from '../files/files.ts';
import { pathIn } from '../files/path-in.ts';
import { type Event, encodeEvent, encodeFileVersion, eventFileName } from './events.ts';

/** The number of files that this process has begun. */
let begun = 0;

/** An event file for TensorBoard, to which events are appended. */
export class EventFile {
  readonly #who: string;
  readonly #path: FilePath;

  private constructor(who: string, path: FilePath) {
    this.#who = who;
    this.#path = path;
  }

  /**
   * Begins a file in a folder, which is made if it does not exist. TensorBoard reads the files of a folder in the order of their
   * names, which is that in which they were begun.
   *
   * @throws ValueError if it cannot be written; NotImplementedError for a place without files to append to.
   */
  static async begin(who: string, folder: FilePath): Promise<EventFile> {
    const seconds = Date.now() / 1000;
    const id = `${String(begun++).padStart(6, '0')}.${crypto.randomUUID().slice(0, 8)}`;
    const path = pathIn(folder, eventFileName(seconds, id));
    await files.makeFolder(who, folder);
    await files.append(who, path, encodeFileVersion(seconds));
    return new EventFile(who, path);
  }

  /** Appends events. */
  async append(events: readonly Event[]): Promise<void> {
    const records = events.map(encodeEvent);
    const size = records.reduce((sum, { length }) => sum + length, 0);
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const record of records) {
      bytes.set(record, at);
      at += record.length;
    }
    await files.append(this.#who, this.#path, bytes);
  }
}
