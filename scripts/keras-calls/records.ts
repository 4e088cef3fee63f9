import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { tensor } from 'evenkeel';
import type { CallRecord } from './record-types.ts';
import { isDType, isRecord, plain } from './values.ts';

/**
 * A sparse tensor, which Keras's serialization writes with all its elements, as the array of these elements: operations
 * compute the same from both.
 */
function withDenseArrays(_key: string, value: unknown): unknown {
  const object = isRecord(value) ? value['$o'] : undefined;
  if (!isRecord(object) || object['class_name'] !== '__tensor__' || !isRecord(object['config'])) return value;
  const { value: elements = null, dtype = null } = object['config'];
  if (!isDType(dtype)) return value;
  const { data, shape } = tensor(plain(elements) as never, undefined, dtype);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { $a: bytes.toString('base64'), d: dtype, s: shape };
}

/** The records of all files in a folder. */
export function readRecords(folder: string): readonly CallRecord[] {
  const files = readdirSync(folder).filter((name) => /\.jsonl(\.gz)?$/.test(name));
  return files.flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line, withDenseArrays) as CallRecord);
  });
}

/** The folder of the committed records. */
export const SAMPLE: string = fileURLToPath(new URL('../../test/golden/keras-calls/', import.meta.url));
