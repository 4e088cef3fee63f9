/**
 * Loaded before every test file: a test that prints to the console, or makes the process warn, fails.
 *
 * A test that expects a warning says so, after the code that warns:
 *
 *     normalize(x);
 *     expectWarning(/epsilon is smaller than float32 can add/);
 *
 * It takes the oldest matching warning (from `console.warn` or the process), and fails where there is none;
 * a second one like it needs a second call. What the test leaves untaken fails it when it ends.
 */
import { format } from 'node:util';
import { afterAll, afterEach } from 'vitest';

export interface Output {
  readonly from: string;
  readonly text: string;
}

const methods = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const;
const outputs: Output[] = [];

for (const method of methods) {
  console[method] = (...values: unknown[]): void => {
    outputs.push({ from: `console.${method}`, text: format(...values) });
  };
}

const onWarning = (warning: Error): void => {
  outputs.push({ from: 'process', text: `${warning.name}: ${warning.message}` });
};
process.on('warning', onWarning);
// Files that share a process load this module once each.
afterAll(() => {
  process.off('warning', onWarning);
});

/** Everything printed so far, which is then forgotten. For tests of what prints on purpose. */
export function takeOutput(): Output[] {
  return outputs.splice(0);
}

/** Takes the oldest warning that contains `pattern` (or matches it), and gives its text; fails where there is none. */
export function expectWarning(pattern: string | RegExp): string {
  const at = outputs.findIndex(
    ({ from, text }) =>
      (from === 'console.warn' || from === 'process') &&
      (typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0),
  );
  const [found] = at < 0 ? [] : outputs.splice(at, 1);
  if (found === undefined) {
    const error = new Error(`Expected a warning like ${String(pattern)}. ${describe(outputs)}`);
    Error.captureStackTrace(error, expectWarning);
    throw error;
  }
  return found.text;
}

function describe(printed: readonly Output[]): string {
  if (printed.length === 0) return 'Nothing was printed.';
  return `Printed:\n${printed.map(({ from, text }) => `  [${from}] ${text}`).join('\n')}`;
}

async function failOnOutput(): Promise<void> {
  // The process emits its warnings a tick after they are made.
  await new Promise((resolve) => setImmediate(resolve));
  const printed = takeOutput();
  if (printed.length === 0) return;
  throw new Error(`A test must not print. ${describe(printed)}\nIf it is right to warn here: expectWarning(/…/).`);
}

afterEach(failOnOutput);
afterAll(failOnOutput);
