/** The time between two turns, in milliseconds: a quarter of a frame of a page, and a thousand times a turn's cost. */
const INTERVAL = 4;

/** Node's own turn; read once, as tests replace timers. */
const immediate = (globalThis as { readonly setImmediate?: (then: () => void) => void }).setImmediate;

/** Waits until the event loop has handled what is due: timers, input, and in a page a frame. */
async function turn(): Promise<void> {
  await new Promise<void>((resolve) => {
    if (immediate !== undefined) {
      immediate(resolve);
      return;
    }
    // Nested timers of browsers wait for 4 ms; a message does not.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Gives the event loop a turn between the steps of long work. Promises alone do not: they resolve before anything else is
 * handled, so that a page would be frozen. Steps that follow each other at once share a turn.
 */
export class Turns {
  #last = performance.now();

  /** Waits for a turn of the event loop if the last one is long enough ago. */
  async next(): Promise<void> {
    if (performance.now() - this.#last < INTERVAL) return;
    await turn();
    this.#last = performance.now();
  }
}
