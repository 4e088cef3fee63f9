#!/usr/bin/env node
import { env, exit, stderr, stdout } from 'node:process';
import process from 'node:process';
import { EXIT } from './common/failure.ts';
import { run } from './run.ts';

const interrupted = new AbortController();
const outputClosed = new AbortController();

// The first interrupt stops the work at the next consistent point; a second one stops it immediately.
process.on('SIGINT', () => {
  if (interrupted.signal.aborted) {
    const showCursor = '\u001b[?25h';
    if (stderr.isTTY) stderr.write(showCursor);
    exit(EXIT.interrupted);
  }
  interrupted.abort();
});

// A reader that closes the output early, such as `head`, is not an error: the rest is not printed. Other failures, such as
// a full disk, are.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (stream !== stdout) return;
    outputClosed.abort();
    if (error.code === 'EPIPE') return;
    stderr.write(`evenkeel: the output cannot be written: ${error.message}\n`);
    exit(EXIT.failed);
  });
}

process.exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  signal: interrupted.signal,
  outputClosed: outputClosed.signal,
});
