import type { Config, Json } from '../../core/config.ts';
import { isRecord, isSerializedObject } from '../../core/config.ts';
import type { Key, Slice } from '../ops/index.ts';

const rangeObject = (start: Json, stop: Json, step: Json): Config => ({
  class_name: '__slice__',
  config: { start, stop, step },
});

function writeOne(key: Key): Json {
  if (key === '...') return { class_name: '__ellipsis__', config: {} };
  if (!isRecord(key)) return key as Json;
  const { start, stop, step } = key as Slice;
  return rangeObject(start ?? null, stop ?? null, step ?? null);
}

/** A key as Keras writes it. */
export function writeKey(key: Key | readonly Key[]): Json {
  return Array.isArray(key) ? (key as readonly Key[]).map(writeOne) : writeOne(key as Key);
}

/** A range of an axis as a part of a key. */
export function writeRange(start: number, end: number = Infinity, step: number = 1): Json {
  return rangeObject(start, end === Infinity ? null : end, step);
}

function readOne(key: unknown): Key {
  if (!isSerializedObject(key)) return key as Key;
  return key.class_name === '__ellipsis__' ? '...' : key.config;
}

/** The key that a config holds; the function checks it. */
export function readKey(key: unknown): Key | readonly Key[] {
  return Array.isArray(key) ? key.map(readOne) : readOne(key ?? null);
}
