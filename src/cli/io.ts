/** Where text goes: a stream of Node, or a stand-in for one. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the command line needs of the world. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Raised when the user interrupts. */
  readonly signal: AbortSignal;
  /** Raised when nobody reads standard output any more. */
  readonly outputClosed: AbortSignal;
}
