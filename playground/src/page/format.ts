/** `97.3 %`; `–` for what is not a number. */
export function percent(fraction: number): string {
  return Number.isFinite(fraction) ? `${(100 * fraction).toFixed(1)} %` : '–';
}

/** `0.123`; `diverged` for NaN and infinities. */
export function lossText(loss: number): string {
  return Number.isFinite(loss) ? loss.toFixed(3) : 'diverged';
}

/** `1,234` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `1.2 kB` */
export function fileSize(bytes: number): string {
  const [value, unit] = bytes < 1000 ? [bytes, 'B'] : bytes < 1e6 ? [bytes / 1000, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value < 10 && unit !== 'B' ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}

/** A number with three significant digits; `–` for null. */
export function brief(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(3)));
}
