import picocolors from 'picocolors';
import { escapeControls } from '../../core/escape.ts';
import type { Io, Output } from './io.ts';

/** Functions that color a string, or return it unchanged. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Returns the colors for an output: enabled on terminals, unless NO_COLOR is set (https://no-color.org). */
export function colorsFor(output: Output, env: Io['env']): Colors {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return picocolors.createColors(output.isTTY === true && !refused);
}

/** Escapes control characters, except for the sequences with which {@link colorsFor} colors a string. */
export function escapeAllButColors(text: string): string {
  // eslint-disable-next-line no-control-regex -- the sequences of colors begin with a control character
  const parts = text.split(/(\u001b\[\d{1,2}m)/u);
  return parts.map((part, i) => (i % 2 === 1 ? part : escapeControls(part))).join('');
}

/** Formats a number in few characters. */
export function brief(value: number | null): string {
  if (value === null) return '–';
  const magnitude = Math.abs(value);
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return magnitude >= 1e5 || magnitude < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}

/** `98.27 %` */
export function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}

/** `1,234 bytes`, `1.2 MB` */
export function fileSize(bytes: number): string {
  if (bytes < 10_000) return `${bytes.toLocaleString('en-US')} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let [scaled, unit] = [bytes / 1000, 0];
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${scaled.toFixed(1)} ${units[unit] ?? ''}`;
}
