import { createHash } from 'node:crypto';
import type { Json } from '../../src/core/config.ts';

/** JSON with sorted keys, without spaces, in which a number is the hexadecimal of its float64, as Python writes it too. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return bytes.toString('hex');
  }
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as Readonly<Record<string, Json>>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

/** The first digits of the SHA-256 of a string. */
export const digest = (text: string, length = 16): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);
