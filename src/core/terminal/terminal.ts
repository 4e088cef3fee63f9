/** The state of a progress bar. */
export interface BarState {
  /** The bar as characters; empty if the total is not known. */
  readonly bar: string;
  /** The estimated seconds to completion; null while unknown. */
  readonly secondsLeft: number | null;
}

/** A progress line that is redrawn in place. */
export interface Bar {
  /** Sets the amount of completed work; the line is redrawn at the terminal's frame rate. */
  update(done: number): void;
  /** Replaces the bar by its last line, or lines. */
  close(line: string): void;
}

/** The output device for progress. */
export interface Terminal {
  /** Prepares the output before a line is printed to it. */
  prepare(): void;
  /** Whether a line can be redrawn: false in a pipe and in a browser's console. */
  readonly interactive: boolean;
  /** The number of characters per line. */
  readonly columns: number;
  /** Starts a bar; `render` returns the line. `total` is null if it is not known. */
  openBar(total: number | null, render: (state: BarState) => string): Promise<Bar>;
}
