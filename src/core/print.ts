import { terminal } from '#terminal';
import { escapeControls, escapeLine } from './escape.ts';
import { writesFiles } from './world.ts';

/** Prints a line of requested output: the results of an epoch. */
export function print(text: string): void {
  write(escapeLine(text));
}

/** Prints requested output of several lines, such as a summary. */
export function printLines(text: string): void {
  write(escapeControls(text));
}

/** Of several processes that train one model, the first prints. */
function write(text: string): void {
  if (!writesFiles()) return;
  terminal.prepare();
  // eslint-disable-next-line no-console -- the output of fit and summary
  console.log(text);
}

/** Warns of a situation that is valid but probably not intended. */
export function warn(text: string): void {
  if (!writesFiles()) return;
  // eslint-disable-next-line no-console -- the one place that prints warnings
  console.warn(escapeLine(text));
}
