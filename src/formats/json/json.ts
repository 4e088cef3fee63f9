import type { Json } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';

/** Limits of {@link parseJson}. */
export interface JsonLimits {
  /** Maximum nesting depth of arrays and objects. @default 512 */
  readonly depth?: number;
  /** Maximum length of the string. @default 67108864 */
  readonly characters?: number;
  /** Whether duplicate keys in an object are an error; otherwise the last one wins, as in Python. @default false */
  readonly uniqueKeys?: boolean;
}

/** Placeholder for NaN during parsing, because JSON has no NaN. */
const NAN_MARK = '\u0000NaN';

/**
 * Parses JSON from an untrusted file. Accepts NaN, Infinity and -Infinity, which Python writes.
 *
 * @throws ValueError if the string is not JSON, is too long or too deeply nested, or has a key `__proto__`.
 */
export function parseJson(text: string, who: string, limits: JsonLimits = {}): Json {
  const { depth = 512, characters = 2 ** 26, uniqueKeys = false } = limits;
  if (text.length > characters) {
    throw new ValueError(
      `[${who}] JSON must have at most ${characters} characters. Received: ${text.length} characters.`,
    );
  }
  const scanned = scan(text, who, depth, uniqueKeys);
  let value: Json;
  try {
    value = JSON.parse(scanned.text) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ValueError(`[${who}] the string must be valid JSON. Received: ${show(text.slice(0, 40))} (${reason}).`, {
      cause: error,
    });
  }
  return scanned.hasNan ? restoreNan(value) : value;
}

/** Checks depth and keys and replaces Python's NaN and Infinity in one pass, before anything is allocated. */
function scan(text: string, who: string, limit: number, uniqueKeys: boolean): { text: string; hasNan: boolean } {
  const keys: (Set<string> | undefined)[] = [];
  const parts: string[] = [];
  let taken = 0;
  let hasNan = false;
  let last = '';
  const replace = (from: number, length: number, by: string): void => {
    parts.push(text.slice(taken, from), by);
    taken = from + length;
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === '"') {
      const end = endOfString(text, i);
      const open = keys.at(-1);
      if (open !== undefined && (last === '{' || last === ',')) checkKey(text.slice(i, end + 1), open, who, uniqueKeys);
      i = end;
    } else if (character === '[' || character === '{') {
      keys.push(character === '{' ? new Set() : undefined);
      if (keys.length > limit) {
        throw new ValueError(
          `[${who}] JSON must be nested at most ${limit} levels deep. Received: more, at character ${i}.`,
        );
      }
    } else if (character === ']' || character === '}') {
      keys.pop();
    } else if (character === 'N' && text.startsWith('NaN', i)) {
      replace(i, 3, JSON.stringify(NAN_MARK));
      hasNan = true;
      i += 2;
    } else if (character === 'I' && text.startsWith('Infinity', i)) {
      replace(i, 8, '1e999');
      i += 7;
    }
    if (character.trim() !== '') last = character;
  }
  parts.push(text.slice(taken));
  return { text: parts.join(''), hasNan };
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

function checkKey(token: string, seen: Set<string>, who: string, unique: boolean): void {
  let key: string;
  try {
    key = String(JSON.parse(token));
  } catch {
    return; // The parser reports invalid strings in more detail.
  }
  if (key === '__proto__') {
    throw new ValueError(`[${who}] JSON must not have a key "__proto__". Received: one.`);
  }
  if (!unique) return;
  if (seen.has(key)) throw new ValueError(`[${who}] JSON keys must be unique. Received: ${show(key)} twice.`);
  seen.add(key);
}

function restoreNan(value: Json): Json {
  if (value === NAN_MARK) return NaN;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(restoreNan);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, restoreNan(entry)]));
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
