import type { Terminal } from './terminal.ts';

/** A console that can only append lines, such as that of a browser or a worker. */
export const terminal: Terminal = {
  prepare: () => undefined,
  interactive: false,
  columns: 80,
  openBar: () => Promise.resolve({ update: () => undefined, close: () => undefined }),
};
