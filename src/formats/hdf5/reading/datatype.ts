import type { StoredType } from '../../arrays/stored.ts';
import type { Cursor } from './source.ts';

/** The datatype of elements in a file. */
export type Datatype =
  | { readonly kind: 'number'; readonly dtype: StoredType; readonly size: number; readonly swapped: boolean }
  | { readonly kind: 'opaque'; readonly size: number }
  | { readonly kind: 'string'; readonly size: number; readonly padding: number }
  | { readonly kind: 'variable-length string'; readonly size: number };

const CLASS_NAMES = [
  ...[
    'integers',
    'floats',
    'times',
    'strings',
    'bit fields',
    'opaque bytes',
    'compound types',
    'references',
    'enumerations',
  ],
  ...['variable-length lists', 'arrays'],
];

/** Reads a datatype. Throws for unsupported classes, naming the class. */
export function readDatatype(cursor: Cursor, path: string): Datatype {
  const head = cursor.byte();
  const version = cursor.expect('datatype version', head >> 4, [1, 2, 3, 4, 5]);
  const kind = head & 15;
  const bits = cursor.unsigned(3);
  const size = cursor.uint32();
  if (size === 0) throw cursor.problem('elements of 0 bytes');
  switch (kind) {
    case 0:
      return readInteger(cursor, bits, size, path);
    case 1:
      return readFloat(cursor, bits, size, path);
    case 3:
      return { kind: 'string', size, padding: bits & 15 };
    case 5:
      return { kind: 'opaque', size };
    case 8:
      return readEnumeration(cursor, version, bits, size, path);
    case 9:
      if ((bits & 15) !== 1) break;
      if (size !== 8 + cursor.source.offsetSize) throw cursor.problem(`variable-length strings of ${size} bytes`);
      return { kind: 'variable-length string', size };
  }
  const name = CLASS_NAMES[kind];
  if (name === undefined) throw cursor.problem(`datatype class ${kind}`);
  throw cursor.source.unsupported(`${name} at ${path}`);
}

const INTEGERS: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
]);

function readInteger(cursor: Cursor, bits: number, size: number, path: string): Datatype {
  const offset = cursor.uint16();
  const precision = cursor.uint16();
  const dtype = INTEGERS.get(`${(bits & 8) === 0 ? 'u' : 'i'}${size}`);
  if (dtype === undefined || offset !== 0 || precision !== size * 8) {
    throw cursor.source.unsupported(`integers of ${precision} bits in ${size} bytes at ${path}`);
  }
  return { kind: 'number', dtype, size, swapped: (bits & 1) === 1 };
}

/** Float dtypes by size in bytes, exponent position and size, mantissa position and size, and exponent bias. */
const FLOATS: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ['2 10 5 0 10 15', 'float16'],
  ['2 7 8 0 7 127', 'bfloat16'],
  ['4 23 8 0 23 127', 'float32'],
  ['8 52 11 0 52 1023', 'float64'],
]);

function readFloat(cursor: Cursor, bits: number, size: number, path: string): Datatype {
  const offset = cursor.uint16();
  const precision = cursor.uint16();
  const places = [size, cursor.byte(), cursor.byte(), cursor.byte(), cursor.byte(), cursor.uint32()].join(' ');
  const dtype = FLOATS.get(places);
  // Bit 6 with bit 0 means VAX byte order; bits 4 and 5 encode an implied leading mantissa bit.
  if (dtype === undefined || offset !== 0 || precision !== size * 8 || (bits & 0x40) !== 0 || (bits & 0x30) !== 0x20) {
    throw cursor.source.unsupported(`floats of ${precision} bits in ${size} bytes at ${path}`);
  }
  return { kind: 'number', dtype, size, swapped: (bits & 1) === 1 };
}

/** Reads an enumeration as its base integers, or as booleans if its names are h5py's FALSE and TRUE. */
function readEnumeration(cursor: Cursor, version: number, bits: number, size: number, path: string): Datatype {
  const count = bits & 0xffff;
  const base = readDatatype(cursor, path);
  if (base.kind !== 'number' || base.size !== size) throw cursor.problem('an enumeration whose base is not an integer');
  const names = Array.from({ length: count }, () => {
    const start = cursor.position;
    const name = cursor.nullTerminatedString();
    if (version < 3) cursor.skip(-(cursor.position - start) & 7);
    return name;
  });
  const values = cursor.bytes(count * size);
  const isTruth = size === 1 && names.join(' ') === 'FALSE TRUE' && values[0] === 0 && values[1] === 1;
  return isTruth ? { ...base, dtype: 'bool' } : base;
}
