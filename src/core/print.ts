import { terminal } from '#terminal';
import { escapeControls } from './errors.ts';

/** Prints a line of requested output: a summary, the results of an epoch. */
export function print(text: string): void {
  terminal.prepare();
  // eslint-disable-next-line no-console -- the output of fit and summary
  console.log(escapeControls(text));
}

/** Warns of a situation that is valid but probably not intended. */
export function warn(text: string): void {
  // eslint-disable-next-line no-console -- the one place that prints warnings
  console.warn(escapeControls(text));
}
