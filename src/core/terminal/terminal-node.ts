import { env, stdout } from 'node:process';
import type { Bar, BarState, Terminal } from './terminal.ts';

/** The terminal of Node's standard output. */
export const terminal: Terminal = {
  get interactive() {
    // Undefined, contrary to its type, if the output is not a terminal.
    const { isTTY }: { readonly isTTY?: boolean } = stdout;
    return isTTY;
  },
  get columns() {
    const given = Number(env['COLUMNS']);
    if (Number.isInteger(given) && given > 0) return given;
    return stdout.isTTY && stdout.columns > 0 ? stdout.columns : 80;
  },
  openBar,
};

async function openBar(total: number | null, render: (state: BarState) => string): Promise<Bar> {
  // Loaded with the first bar: most programs never draw one.
  const { Format, SingleBar } = (await import('cli-progress')).default;
  const single = new SingleBar({
    stream: stdout,
    fps: 20,
    hideCursor: true,
    linewrap: false,
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
  return { update: (done) => single.update(done), close: () => single.stop() };
}
