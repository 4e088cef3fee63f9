import { escapeLine } from '../../core/escape.ts';
import type { Logs } from './callback.ts';
import { meanOf } from './log-value.ts';

/** `3s`, `2:05`, `1:02:05` */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole > 3600) return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  if (whole > 60) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  return `${whole}s`;
}

/** `2s/step`, `12ms/step`, `340us/step` */
export function formatStepTime(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${seconds.toFixed(0)}s/step`;
  if (seconds >= 1e-3) return `${(seconds * 1e3).toFixed(0)}ms/step`;
  return `${(seconds * 1e6).toFixed(0)}us/step`;
}

/** `loss: 0.1234`, `accuracy: 0.5000`; small numbers have an exponent, and of several numbers the mean is shown. */
export function formatLogs(logs: Logs): readonly string[] {
  return Object.entries(logs).map(([name, value]) => `${escapeLine(name)}: ${formatNumber(meanOf(value))}`);
}

/** The parts of a progress line. */
export interface ProgressParts {
  /** The completed steps. */
  readonly count: string;
  /** The bar; empty without a total. */
  readonly bar: string;
  readonly time: string;
  readonly stepTime: string;
  /** The losses and metrics, each as `name: number`. */
  readonly logs: readonly string[];
  /** The curve of the loss, which is shown behind it; empty for none. */
  readonly curve: string;
}

/**
 * A progress line of at most `columns` characters. A line that is too long loses its curve, then its bar, then its times, then its
 * last metrics; numbers are never cut.
 */
export function fitLine(parts: ProgressParts, columns: number): string {
  const { count, bar, time, stepTime, logs } = parts;
  const withCurve = wholeLine(parts, true);
  if (withCurve.length <= columns) return withCurve;
  const heads = [
    `${count} ${bar === '' ? '-' : bar} ${time} ${stepTime}`,
    `${count} - ${time} ${stepTime}`,
    `${count} - ${time}`,
    count,
  ];
  const whole = heads.map((head) => [head, ...logs].join(' - ')).find((line) => line.length <= columns);
  if (whole !== undefined) return whole;
  let line = count;
  for (const part of logs) {
    if (line.length + 3 + part.length > columns) break;
    line += ` - ${part}`;
  }
  return line;
}

/** A finished progress line with everything in it: in several lines of at most `columns` characters if it is too long. */
export function wrapLine(parts: ProgressParts, columns: number): string {
  const { count, time, stepTime, logs } = parts;
  const whole = [wholeLine(parts, true), wholeLine(parts, false)].find((line) => line.length <= columns);
  if (whole !== undefined) return whole;
  const lines: string[] = [];
  for (const part of [`${count} - ${time} ${stepTime}`, ...logs]) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + part.length <= columns) lines[lines.length - 1] = `${last} - ${part}`;
    else lines.push(part);
  }
  return lines.join('\n');
}

/** The line with everything in it. */
function wholeLine({ count, bar, time, stepTime, logs, curve }: ProgressParts, showsCurve: boolean): string {
  const values =
    showsCurve && curve !== '' ? logs.map((log) => (log.startsWith('loss: ') ? `${log} ${curve}` : log)) : logs;
  return [`${count} ${bar === '' ? '-' : bar} ${time} ${stepTime}`, ...values].join(' - ');
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  // 1.0000e-04: the exponent has at least two digits.
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `  3/100`: the completed steps, padded to the width of the total. */
export function formatCount(done: number, total: number | null): string {
  return total === null ? `${done}/Unknown` : `${String(done).padStart(String(total).length)}/${total}`;
}
