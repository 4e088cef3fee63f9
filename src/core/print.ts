/** Prints a line that the user asked for: a summary, an epoch's results. */
export function print(text: string): void {
  // eslint-disable-next-line no-console -- what fit and summary are asked to print
  console.log(text);
}

/** Warns of something that goes on and is probably not meant. */
export function warn(text: string): void {
  // eslint-disable-next-line no-console -- the place that warnings of models go through
  console.warn(text);
}
