import { show } from '../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { warn } from '../../core/print.ts';
import { Callback, type Logs } from './callback.ts';

/** Options of {@link RemoteMonitor}. */
export interface RemoteMonitorOptions {
  /** Where the server is. @default 'http://localhost:9000' */
  readonly root?: string | undefined;
  /** What follows it. @default '/publish/epoch/end/' */
  readonly path?: string | undefined;
  /** The field of the form that the values are sent in. @default 'data' */
  readonly field?: string | undefined;
  /** Further headers of the request. @default null */
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
  /** Send the values as JSON, not in a form. @default false */
  readonly sendAsJson?: boolean | undefined;
}

/**
 * Sends the values of every epoch to a server, by HTTP POST: `{"epoch": 0, "loss": 0.5}`, as the field of a form or as
 * JSON. Where there is no server, it warns, and training goes on.
 *
 * @throws TypeError if an option is of another kind.
 * @example
 * const monitor = new RemoteMonitor({ root: 'http://localhost:9000', sendAsJson: true });
 * monitor.path;    // '/publish/epoch/end/'
 * @see https://keras.io/api/callbacks/remote_monitor/
 */
export class RemoteMonitor extends Callback {
  /** Where the server is. */
  readonly root: string;
  /** What follows it. */
  readonly path: string;
  /** The field of the form that the values are sent in. */
  readonly field: string;
  /** Whether the values are sent as JSON. */
  readonly sendAsJson: boolean;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: RemoteMonitorOptions = {}) {
    super();
    const who = 'RemoteMonitor';
    checkOptions(who, options, ['root', 'path', 'field', 'headers', 'sendAsJson']);
    const text = (argument: 'root' | 'path' | 'field', standard: string): string => {
      const value: unknown = options[argument] ?? standard;
      if (typeof value === 'string') return value;
      throw new TypeError(`[${who}] ${argument} must be a string. Received: ${argument}=${show(value)}.`);
    };
    this.root = text('root', 'http://localhost:9000');
    this.path = text('path', '/publish/epoch/end/');
    this.field = text('field', 'data');
    this.sendAsJson = checkBoolean(who, 'sendAsJson', options.sendAsJson ?? false);
    this.#headers = { ...options.headers };
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const json = JSON.stringify({ epoch, ...logs });
    const form = new URLSearchParams({ [this.field]: json });
    const headers = new Headers(this.#headers);
    if (this.sendAsJson && !headers.has('content-type')) headers.set('content-type', 'application/json');
    try {
      const answer = await fetch(this.root + this.path, {
        method: 'POST',
        headers,
        body: this.sendAsJson ? json : form,
      });
      await answer.body?.cancel();
    } catch (cause) {
      warn(`[RemoteMonitor] could not reach the server at ${this.root}: ${show(String(cause))}. Training goes on.`);
    }
  }
}
