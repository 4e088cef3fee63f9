import { isRecord } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { writesFiles } from '../../core/world.ts';
import { warn } from '../../core/print.ts';
import { type Fields, boolean, field, nullable, string } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link RemoteMonitor}. */
export interface RemoteMonitorOptions {
  /** The address of the server. @default 'http://localhost:9000' */
  readonly root?: string | undefined;
  /** The path on the server. @default '/publish/epoch/end/' */
  readonly path?: string | undefined;
  /** The field of the form that contains the values. @default 'data' */
  readonly field?: string | undefined;
  /** Additional headers of the request. @default null */
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
  /** Whether the values are sent as JSON instead of in a form. @default false */
  readonly sendAsJson?: boolean | undefined;
}

const headers = nullable(
  field<Readonly<Record<string, string>>>({
    read: (who, option, given) => {
      if (isRecord(given) && Object.values(given).every((value) => typeof value === 'string')) {
        return given as Readonly<Record<string, string>>;
      }
      throw new TypeError(
        `[${who}] ${option} must be an object of strings or null. Received: ${option}=${show(given)}.`,
      );
    },
  }),
);

/**
 * Sends the values of every epoch to a server by HTTP POST: `{"epoch": 0, "loss": 0.5}`, in a field of a form or as
 * JSON. If the server cannot be reached, it warns, and training continues.
 *
 * @throws TypeError if an option has another type.
 * @example
 * const monitor = new RemoteMonitor({ root: 'http://localhost:9000', sendAsJson: true });
 * monitor.path;    // '/publish/epoch/end/'
 * @see https://keras.io/api/callbacks/remote_monitor/
 */
export class RemoteMonitor extends Callback {
  static override readonly className: string = 'RemoteMonitor';
  static override readonly positional = ['root', 'path', 'field', 'headers'] as const;
  static override readonly fields: Fields = {
    root: string('http://localhost:9000'),
    path: string('/publish/epoch/end/'),
    field: string('data'),
    headers,
    sendAsJson: boolean(false),
  };

  /** The address of the server. */
  declare readonly root: string;
  /** The path on the server. */
  declare readonly path: string;
  /** The field of the form that contains the values. */
  declare readonly field: string;
  /** Additional headers of the request. */
  declare readonly headers: Readonly<Record<string, string>> | null;
  /** Whether the values are sent as JSON. */
  declare readonly sendAsJson: boolean;

  constructor(...args: Arguments<RemoteMonitorOptions, typeof RemoteMonitor.positional>);
  constructor(options?: RemoteMonitorOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (!writesFiles()) return;
    const json = JSON.stringify({ epoch, ...logs });
    const form = new URLSearchParams({ [this.field]: json });
    const sent = new Headers(this.headers ?? {});
    if (this.sendAsJson && !sent.has('content-type')) sent.set('content-type', 'application/json');
    try {
      const answer = await fetch(this.root + this.path, {
        method: 'POST',
        headers: sent,
        body: this.sendAsJson ? json : form,
      });
      await answer.body?.cancel();
    } catch (cause) {
      warn(`[RemoteMonitor] could not reach the server at ${this.root}: ${show(String(cause))}. Training continues.`);
    }
  }
}
