import type { Json } from '../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { elementSize, elementsOf } from '../arrays/elements.ts';
import { parseJson } from '../json/json.ts';
import type { StoredArray, StoredType } from '../arrays/stored.ts';
import { DTYPES, LARGEST_HEADER, METADATA } from './types.ts';

/** The content of a safetensors file. */
export interface SafetensorsContent {
  /** Tensors by name, in the header's order. */
  readonly tensors: Map<string, StoredArray>;
  /** Metadata strings by key. */
  readonly metadata: ReadonlyMap<string, string>;
}

interface Place {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a safetensors file. Aligned arrays are views of `bytes`, so `bytes` must not change while they are in use.
 *
 * @throws ValueError if the file is damaged: inconsistent sizes, gaps, overlaps, duplicate names.
 * @throws NotImplementedError for dtypes of less than 16 bits other than integers and booleans.
 * @see https://huggingface.co/docs/safetensors/index#format
 */
export function readSafetensors(bytes: Uint8Array, who: string): SafetensorsContent {
  const headerLength = readHeaderLength(bytes, who);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), who);
  const data = bytes.subarray(8 + headerLength);
  const metadata = new Map<string, string>();
  const places: Place[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      for (const [key, text] of Object.entries(asObject(entry, name, who))) {
        if (typeof text !== 'string') throw damaged(who, `metadata ${show(key)} that is not a string`);
        metadata.set(key, text);
      }
    } else {
      places.push(readPlace(name, asObject(entry, name, who), who));
    }
  }
  checkCover(places, data.byteLength, who);
  const tensors = new Map<string, StoredArray>();
  for (const { name, dtype, shape, start, end } of places) {
    tensors.set(name, { kind: 'array', dtype, shape, data: elementsOf(dtype, data.subarray(start, end)) });
  }
  return { tensors, metadata };
}

function readHeaderLength(bytes: Uint8Array, who: string): number {
  if (bytes.byteLength < 8) throw damaged(who, `${bytes.byteLength} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(LARGEST_HEADER) || length > BigInt(bytes.byteLength - 8)) {
    throw damaged(who, `a header of ${length} bytes in a file of ${bytes.byteLength} bytes`);
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array, who: string): { readonly [key: string]: Json } {
  if (bytes[0] !== 0x7b) throw damaged(who, 'a header that does not begin with {');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged(who, 'a header that is not UTF-8');
  }
  return asObject(parseJson(text, who, { depth: 3, characters: LARGEST_HEADER, uniqueKeys: true }), 'header', who);
}

function readPlace(name: string, entry: { readonly [key: string]: Json }, who: string): Place {
  const { dtype: dtypeName, shape, data_offsets: offsets, ...others } = entry;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw damaged(who, `${show(name)} with the unknown key ${show(unknown)}`);
  if (typeof dtypeName !== 'string') throw damaged(who, `${show(name)} without a dtype`);
  const dtype = DTYPES.get(dtypeName);
  if (dtype === undefined) {
    throw new NotImplementedError(
      `[${who}] tensors must have one of the types ${[...DTYPES.keys()].join(', ')}. Received: dtype=${show(dtypeName)} of ${show(name)}.`,
    );
  }
  const [start, end, ...rest] = wholeNumbers(offsets) ?? [];
  if (start === undefined || end === undefined || rest.length > 0 || start > end) {
    throw damaged(who, `data_offsets=${show(offsets)} of ${show(name)}`);
  }
  const sizes = wholeNumbers(shape);
  if (sizes === undefined) throw damaged(who, `shape=${show(shape)} of ${show(name)}`);
  const length = sizes.includes(0) ? 0 : sizes.reduce((product, size) => product * size, elementSize(dtype));
  if (length !== end - start) {
    throw damaged(who, `${end - start} bytes of ${show(name)}, whose shape and dtype need ${length}`);
  }
  return { name, dtype, shape: sizes, start, end };
}

function wholeNumbers(value: Json | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: readonly unknown[] = value;
  return list.every((entry) => isWholeNumber(entry)) ? [...list] : undefined;
}

function isWholeNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Checks that the tensors cover the data without gaps or overlaps. */
function checkCover(places: readonly Place[], length: number, who: string): void {
  const sorted = [...places].sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { name, start, end } of sorted) {
    if (start !== at) throw damaged(who, `${show(name)} from byte ${start} instead of byte ${at}`);
    at = end;
  }
  if (at !== length) throw damaged(who, `${length} bytes of data for tensors of ${at} bytes`);
}

function asObject(value: Json, name: string, who: string): { readonly [key: string]: Json } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as { readonly [key: string]: Json };
  }
  throw damaged(who, `${show(name)} that is not an object`);
}

function damaged(who: string, problem: string): ValueError {
  return new ValueError(
    `[${who}] the safetensors file must be whole and well formed. Received: ${problem}. Download or save it again.`,
  );
}
