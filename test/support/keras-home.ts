import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** Makes a folder of its own the home of Keras's files for the tests of a file. Returns its path. */
export function useKerasHome(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-home-'));
  const before = process.env['KERAS_HOME'];
  beforeAll(() => {
    process.env['KERAS_HOME'] = folder;
  });
  afterAll(() => {
    if (before === undefined) delete process.env['KERAS_HOME'];
    else process.env['KERAS_HOME'] = before;
    rmSync(folder, { recursive: true });
  });
  return folder;
}
