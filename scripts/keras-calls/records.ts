import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { CallRecord } from './record-types.ts';

/** The records of all files in a folder. */
export function readRecords(folder: string): readonly CallRecord[] {
  const files = readdirSync(folder).filter((name) => /\.jsonl(\.gz)?$/.test(name));
  return files.flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as CallRecord);
  });
}

/** The folder of the committed records. */
export const SAMPLE: string = fileURLToPath(new URL('../../test/golden/keras-calls/', import.meta.url));
