import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import type { StoredType } from '../arrays/stored.ts';
import { DTYPES, MAGIC } from './types.ts';

/** The header of a file. */
export interface NpyHeader {
  readonly dtype: StoredType;
  readonly isBigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** The offset of the elements, in bytes. */
  readonly dataAt: number;
}

/** NumPy's maximum number of axes. */
const MOST_AXES = 64;

/**
 * Reads the header: the magic bytes, the version, the length, and a Python dictionary literal of that length.
 * The length has two bytes in version 1.0 and four in 2.0 and 3.0; the dictionary is UTF-8 in 3.0.
 */
export function readHeader(bytes: Uint8Array, who: string): NpyHeader {
  if (bytes.byteLength < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw damaged(who, `${bytes.byteLength} bytes that do not start with NumPy's signature`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major, minor] = [view.getUint8(6), view.getUint8(7)];
  if (major < 1 || major > 3 || minor !== 0) {
    throw new NotImplementedError(
      `[${who}] the version of the .npy file must be 1.0, 2.0 or 3.0. Received: ${major}.${minor}.`,
    );
  }
  const headerAt = major === 1 ? 10 : 12;
  if (bytes.byteLength < headerAt) throw damaged(who, `${bytes.byteLength} bytes`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataAt = headerAt + length;
  if (dataAt > bytes.byteLength) {
    throw damaged(who, `a header of ${length} bytes in a file of ${bytes.byteLength} bytes`);
  }
  return { ...readDictionary(decode(bytes.subarray(headerAt, dataAt), major === 3, who), who), dataAt };
}

function decode(bytes: Uint8Array, isUtf8: boolean, who: string): string {
  try {
    return new TextDecoder(isUtf8 ? 'utf-8' : 'latin1', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged(who, 'a header that is not UTF-8');
  }
}

/** `'key': value`, where the value is a string, a boolean, a tuple, or the list of a structured dtype. */
const ENTRY = /\s*(['"])(?<key>\w+)\1\s*:\s*(?<value>'[^']*'|"[^"]*"|True|False|\([^()]*\)|\[.*\])\s*(?<end>,|$)/suy;

function readDictionary(text: string, who: string): Omit<NpyHeader, 'dataAt'> {
  const inside = /^\s*\{(.*)\}\s*$/su.exec(text)?.[1];
  if (inside === undefined) throw damaged(who, `the header ${show(text.trim())}`);
  const entries = new Map<string, string>();
  ENTRY.lastIndex = 0;
  let at = 0;
  while (inside.slice(at).trim() !== '') {
    ENTRY.lastIndex = at;
    const found = ENTRY.exec(inside)?.groups;
    if (found === undefined) throw damaged(who, `the header ${show(text.trim())}`);
    at = ENTRY.lastIndex;
    const { key = '', value = '' } = found;
    if (entries.has(key)) throw damaged(who, `a header with two entries ${show(key)}`);
    entries.set(key, value);
  }
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => entries.get(key));
  if (entries.size !== 3 || descr === undefined || shape === undefined || (order !== 'True' && order !== 'False')) {
    throw damaged(who, `the header ${show(text.trim())}`);
  }
  return { ...readType(descr, who), fortranOrder: order === 'True', shape: readShape(shape, who) };
}

function readType(descr: string, who: string): Pick<NpyHeader, 'dtype' | 'isBigEndian'> {
  const [, order = '', code = ''] = /^['"]([<>|=]?)(.*)['"]$/su.exec(descr) ?? [];
  const dtype = DTYPES.get(code === '?' ? 'b1' : code);
  if (dtype !== undefined) return { dtype, isBigEndian: order === '>' };
  const reason = code === 'O' ? ' Objects are stored as Python code, which is never run.' : '';
  throw new NotImplementedError(
    `[${who}] elements must be floats of 16, 32 or 64 bits, integers or booleans. Received: descr=${descr}.${reason} Convert the array with astype before it is saved.`,
  );
}

function readShape(text: string, who: string): readonly number[] {
  const inside = text.slice(1, -1).trim();
  if (inside === '') return [];
  // A single size needs a trailing comma; Python 2 wrote an L after large sizes.
  if (!text.startsWith('(') || !/^\d+L?\s*(,\s*\d+L?\s*)*,?$/u.test(inside) || /^\d+L?$/u.test(inside)) {
    throw damaged(who, `shape=${text}`);
  }
  const sizes = inside
    .replace(/,$/u, '')
    .split(',')
    .map((size) => Number.parseInt(size, 10));
  if (sizes.length > MOST_AXES || !sizes.every(Number.isSafeInteger)) throw damaged(who, `shape=${show(text)}`);
  return sizes;
}

export function damaged(who: string, problem: string): ValueError {
  return new ValueError(
    `[${who}] the .npy file must be whole and well formed. Received: ${problem}. Save it again with numpy.save.`,
  );
}
