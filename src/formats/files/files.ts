/** Where a file lies: a path, or a file URL (an object, or its text: `file:///…`). */
export type FilePath = string | URL;

/** What a file is to hold: bytes, or several pieces of them one behind the other. */
export type FileContent = Uint8Array | Iterable<Uint8Array>;

/** How a file is written. */
export interface WriteOptions {
  /** Ends the writing; the file is as it was then. @default null */
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * The files of the machine. `who` is the function that errors name.
 *
 * @throws ValueError, of every call, if there is no such file or it cannot be used so; TypeError if the path is none.
 */
export interface Files {
  /** All of a file. */
  readFile(who: string, path: FilePath): Promise<Uint8Array>;
  /** How many bytes a file has. */
  fileSize(who: string, path: FilePath): Promise<number>;
  /**
   * Makes a file, or replaces what is in it, as a whole or not at all: whoever reads the path, also after the process
   * or the machine has died at any moment, finds what was there before or all that is there now.
   *
   * The permissions of a file that is there are kept, and where the path is a symbolic link, what it leads to is
   * replaced. What processes that died have left beside the file is removed.
   */
  writeFileAtomic(who: string, path: FilePath, content: FileContent, options?: WriteOptions): Promise<void>;
  /** Writes behind what is in a file, which is made if there is none. */
  appendText(who: string, path: FilePath, text: string): Promise<void>;
  /** Makes a folder, and those that it lies in. Nothing happens if there is one. */
  makeFolder(who: string, path: FilePath): Promise<void>;
  /** Removes a folder with nothing in it. Nothing happens if there is none, or there is something in it. */
  removeEmptyFolder(who: string, path: FilePath): Promise<void>;
  /** The folder that a file lies in. */
  folderOf(who: string, path: FilePath): string;
  /** Whether there is a file or a folder. */
  exists(who: string, path: FilePath): Promise<boolean>;
  /** Removes a file. Nothing happens if there is none. */
  removeFile(who: string, path: FilePath): Promise<void>;
}
