#!/usr/bin/env node
import { env, exit, stderr, stdout } from 'node:process';
import process from 'node:process';
import { EXIT } from './failure.ts';
import { run } from './run.ts';

const interrupted = new AbortController();
const outputClosed = new AbortController();

// The first interruption ends the work at the next place where nothing is half done, the second one at once.
process.on('SIGINT', () => {
  if (interrupted.signal.aborted) {
    const showCursor = '\u001b[?25h';
    if (stderr.isTTY) stderr.write(showCursor);
    exit(EXIT.interrupted);
  }
  interrupted.abort();
});

// Whoever read the output has gone, as `head` does: what was to be printed is not, and that is no error.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (stream === stdout) outputClosed.abort();
  });
}

process.exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  signal: interrupted.signal,
  outputClosed: outputClosed.signal,
});
