/** What a bar shows at a moment. */
export interface BarState {
  /** The drawn bar itself, empty where the total is not known. */
  readonly bar: string;
  /** Seconds to go, `null` while nobody knows. */
  readonly secondsLeft: number | null;
}

/** A line that is drawn again and again. */
export interface Bar {
  /** Says how far the work is; the line is drawn when the terminal has time for it. */
  update(done: number): void;
  /** Draws the line for the last time and goes to the next one. */
  close(): void;
}

/** Where progress is shown. */
export interface Terminal {
  /** Whether a line can be drawn again: false in a pipe and in a browser's console. */
  readonly interactive: boolean;
  /** How many characters fit in a line. */
  readonly columns: number;
  /** Starts a bar; `render` gives the line. `total` is `null` where it is not known. */
  openBar(total: number | null, render: (state: BarState) => string): Promise<Bar>;
}
