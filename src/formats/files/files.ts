/**
 * The path of a file, or its URL, as an object or a string (`file:///…`). Addresses of the web can be read; browsers also have
 * `indexeddb://name`, `opfs://folder/name` and, for writing, `download://name`.
 */
export type FilePath = string | URL;

/** The content of a file: bytes, or consecutive pieces of bytes. */
export type FileContent = Uint8Array | Iterable<Uint8Array>;

/** The part of a file that has been read. */
export interface ReadProgress {
  /** The number of bytes read. */
  readonly loaded: number;
  /** The size of the file, in bytes; null if it is unknown. */
  readonly total: number | null;
}

/** A file or a folder in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /** Whether it is a symbolic link. */
  readonly isLink: boolean;
}

/** Options of {@link Files.readFile}. */
export interface ReadOptions {
  /** Called as the bytes of the file arrive. @default none */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Aborts the reading. @default null */
  readonly signal?: AbortSignal | null | undefined;
}

/** Options of {@link Files.writeFileAtomic}. */
export interface WriteOptions {
  /** Aborts the write and leaves the existing file unchanged. @default null */
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * Access to the file system. `who` is the function named in errors.
 *
 * @throws ValueError, from every call, if the file does not exist or the operation fails.
 * @throws TypeError if the path is neither a string nor a URL.
 */
export interface Files {
  /** Reads a whole file. */
  readFile(who: string, path: FilePath, options?: ReadOptions): Promise<Uint8Array>;
  /** Reads a whole file at once, for constructors. @throws NotImplementedError in browsers, where all reading takes time */
  readFileSync(who: string, path: FilePath): Uint8Array;
  /** Reads a file piece by piece. It is closed when the consumer stops. */
  readPieces(who: string, path: FilePath): AsyncIterable<Uint8Array>;
  /** The files and folders in a folder, in no order. @throws NotImplementedError in browsers */
  readFolder(who: string, path: FilePath): Promise<readonly FolderEntry[]>;
  /** The size of a file, in bytes. */
  fileSize(who: string, path: FilePath): Promise<number>;
  /**
   * Creates a file or replaces its content atomically: a reader of the path finds either the old content or all of the
   * new content, even after a crash of the process or the machine.
   *
   * Keeps the permissions of an existing file. If the path is a symbolic link, replaces its target. Removes temporary
   * files that crashed processes have left next to the file.
   */
  writeFileAtomic(who: string, path: FilePath, content: FileContent, options?: WriteOptions): Promise<void>;
  /** Appends bytes or a string to a file, and creates the file if it does not exist. */
  append(who: string, path: FilePath, content: Uint8Array | string): Promise<void>;
  /** Creates a folder and its parents. Does nothing if it exists. */
  makeFolder(who: string, path: FilePath): Promise<void>;
  /** Removes an empty folder. Does nothing if it does not exist or is not empty. */
  removeEmptyFolder(who: string, path: FilePath): Promise<void>;
  /** The folder of a file. */
  folderOf(who: string, path: FilePath): string;
  /**
   * The folder of files that are downloaded once: a given one, in which `~` is the home folder, else Keras's, `$KERAS_HOME` or
   * `~/.keras`; one for temporary files where that cannot be written, and the private file system in browsers.
   */
  cacheFolder(who: string, given: string | null): Promise<string>;
  /** The path of a file in the folder of another; where an address has a query, such as a token, the result has the same one. */
  neighborOf(who: string, path: FilePath, name: string): string;
  /** Whether a path is an address of the web, where there are no folders. */
  isAddress(who: string, path: FilePath): boolean;
  /** Whether a file or folder exists at a path. */
  exists(who: string, path: FilePath): Promise<boolean>;
  /** Removes a file. Does nothing if it does not exist. */
  removeFile(who: string, path: FilePath): Promise<void>;
}
