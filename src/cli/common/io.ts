/** An output stream of Node, or a substitute in tests. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The process-level inputs and outputs of the command line. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Aborted when the reader of standard output has closed it. */
  readonly outputClosed: AbortSignal;
}
