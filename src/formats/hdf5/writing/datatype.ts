import type { StoredType } from '../../arrays/stored.ts';
import { Bytes } from './bytes.ts';

const head = (kind: number, bits: readonly [number, number, number], size: number): Bytes =>
  new Bytes()
    .byte(0x10 | kind)
    .bytes(bits)
    .uint32(size);

const integer = (size: number, signed: boolean): Uint8Array =>
  head(0, [signed ? 8 : 0, 0, 0], size)
    .uint16(0)
    .uint16(size * 8)
    .done();

/** A float datatype with an implied leading mantissa bit. */
function float(size: number, exponent: number, mantissa: number, bias: number): Uint8Array {
  const places = [mantissa, exponent, 0, mantissa];
  return head(1, [0x20, size * 8 - 1, 0], size)
    .uint16(0)
    .uint16(size * 8)
    .bytes(places)
    .uint32(bias)
    .done();
}

/** The datatype of h5py's booleans: an enumeration of FALSE and TRUE over int8. */
function truth(): Uint8Array {
  const type = head(8, [2, 0, 0], 1).bytes(integer(1, true));
  return type.letters('FALSE').zeros(3).letters('TRUE').zeros(4).byte(0).byte(1).done();
}

/** The datatype message of a dtype, as h5py writes it. */
export function writeDatatype(dtype: StoredType): Uint8Array {
  switch (dtype) {
    case 'float16':
      return float(2, 5, 10, 15);
    case 'float32':
      return float(4, 8, 23, 127);
    case 'float64':
      return float(8, 11, 52, 1023);
    case 'bfloat16':
      // Opaque bytes without a tag; Keras recognizes them by an attribute.
      return head(5, [0, 0, 0], 2).done();
    case 'bool':
      return truth();
    case 'int8':
      return integer(1, true);
    case 'int16':
      return integer(2, true);
    case 'int32':
      return integer(4, true);
    case 'int64':
      return integer(8, true);
    case 'uint8':
      return integer(1, false);
    case 'uint16':
      return integer(2, false);
    case 'uint32':
      return integer(4, false);
    case 'uint64':
      return integer(8, false);
  }
}

/** The datatype of variable-length UTF-8 strings: a length, an address and an index, 16 bytes in total. */
export function longTextType(): Uint8Array {
  return head(9, [1, 1, 0], 16).bytes(integer(1, false)).done();
}

/** The dataspace message of a shape. As in h5py, the maximum sizes equal the sizes, so the dataset cannot grow. */
export function writeDataspace(shape: readonly number[]): Uint8Array {
  const bytes = new Bytes()
    .byte(1)
    .byte(shape.length)
    .byte(shape.length > 0 ? 1 : 0)
    .zeros(5);
  for (const size of [...shape, ...shape]) bytes.word(size);
  return bytes.done();
}
