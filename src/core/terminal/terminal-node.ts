import type { Bar, BarState, Terminal } from './terminal.ts';

/** The terminal of Node's standard output. */
export const terminal: Terminal = {
  prepare: surviveErrors,
  get interactive() {
    // Undefined, contrary to its type, if the output is not a terminal.
    const { isTTY }: { readonly isTTY?: boolean } = process.stdout;
    return isTTY;
  },
  get columns() {
    const given = Number(process.env['COLUMNS']);
    if (Number.isInteger(given) && given > 0) return given;
    return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : 80;
  },
  openBar,
};

type Stream = NodeJS.WriteStream;
type Write = Stream['write'];

const CLEAR_LINE = '\r\u001b[2K';
/** Shows the cursor, and wraps long lines again. */
const RESTORE = '\u001b[?25h\u001b[?7h';

let isPrepared = false;

/**
 * Keeps a failed write from ending the program: a training is worth more than its log. Nothing is said of a reader that closed
 * the pipe, such as `head`; of other failures, such as a full disk, once. A program's own listeners take precedence.
 */
function surviveErrors(): void {
  if (isPrepared) return;
  isPrepared = true;
  let hasWarned = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (hasWarned || error.code === 'EPIPE' || process.stdout.listenerCount('error') > 1) return;
    hasWarned = true;
    process.stderr.write(
      `[evenkeel] the output cannot be written: ${error.message}. The program continues without it.\n`,
    );
  });
  process.stderr.on('error', () => undefined);
}

/** Where the bar saves and restores the cursor, which would return to the line in which the bar began. */
const CURSOR_POSITION = ['\u001b7', '\u001b8'];

async function openBar(total: number | null, render: (state: BarState) => string): Promise<Bar> {
  // Loaded with the first bar: most programs never draw one.
  const { Format, SingleBar } = (await import('cli-progress')).default;
  const write: Write = process.stdout.write.bind(process.stdout);
  const writeBar: Write = (chunk: string | Uint8Array) => CURSOR_POSITION.includes(String(chunk)) || write(chunk);
  const single = new SingleBar({
    // The bar writes past the interception of everybody else's output.
    stream: Object.create(process.stdout, { write: { value: writeBar } }) as Stream,
    fps: 20,
    hideCursor: true,
    linewrap: false,
    clearOnComplete: true,
    gracefulExit: false,
    barsize: 20,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    format: (options, params) =>
      render({
        bar: total === null ? '' : Format.BarFormat(params.progress, options),
        secondsLeft: total !== null && Number.isFinite(params.eta) ? params.eta : null,
      }),
  });
  single.start(total ?? 0, 0);
  const releases = [
    ...[process.stdout, process.stderr]
      .filter(({ isTTY }) => isTTY)
      .map((stream) => printAbove(stream, write, () => single.render())),
    onExit(() => write(`${RESTORE}\n`)),
  ];
  return {
    update: (done) => single.update(done),
    close: (line) => {
      for (const release of releases) release();
      single.stop();
      write(`${line}\n`);
    },
  };
}

/** Prints what others write in lines above the bar: clears the bar's line first, and draws it again afterwards. */
function printAbove(stream: Stream, clear: Write, redraw: () => void): () => void {
  const original: Write = stream.write.bind(stream);
  const above = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    clear(CLEAR_LINE);
    const result = original(chunk, ...(rest as never[]));
    const last = typeof chunk === 'string' ? chunk.at(-1) : String.fromCharCode(chunk.at(-1) ?? 10);
    if (last !== '\n') original('\n');
    redraw();
    return result;
  };
  const own = Object.getOwnPropertyDescriptor(stream, 'write');
  Object.defineProperty(stream, 'write', { value: above, configurable: true, writable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(stream, 'write');
    else Object.defineProperty(stream, 'write', own);
  };
}

/** Restores the cursor when the process ends before the bar is closed: by `process.exit`, or by a signal that nobody handles. */
function onExit(restore: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const release = (): void => {
    process.removeListener('exit', restore);
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // Another listener decides what the signal means, such as an AbortController of the program.
    if (process.listenerCount(signal) > 1) return;
    release();
    restore();
    // Without a listener, the signal ends the process as it would have without a bar.
    process.kill(process.pid, signal);
  };
  process.once('exit', restore);
  for (const signal of signals) process.on(signal, onSignal);
  return release;
}
