import type { Terminal } from './terminal.ts';

/** A console that only prints line after line: a browser's, a worker's. */
export const terminal: Terminal = {
  interactive: false,
  columns: 80,
  openBar: () => Promise.resolve({ update: () => undefined, close: () => undefined }),
};
