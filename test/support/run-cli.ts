import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';

/** What a call of the command line printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Whether the outputs are terminals. */
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly outputClosed?: AbortSignal;
}

/** A stream that keeps what is written to it. */
class Capture extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }

  // What a terminal's stream has, and bars use.
  clearLine(): void {}
  cursorTo(): void {}
}

/** Runs the command line in this process. */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { isTTY = false, env = {} } = options;
  const [stdout, stderr] = [new Capture(isTTY), new Capture(isTTY)];
  const never = new AbortController().signal;
  const { signal = never, outputClosed = never } = options;
  const code = await run(argv, { stdout, stderr, env, signal, outputClosed });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** The path of a model that Keras wrote. */
export const goldenModel = (name: string): string => fileURLToPath(new URL(`../golden/files/${name}`, import.meta.url));

/** A path in a folder that goes with the test. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
