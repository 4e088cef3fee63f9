import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** The reader of one field of a message, and the wire types that it accepts. */
export interface FieldReader {
  readonly wires: readonly WireType[];
  readonly read: (reader: BinaryReader, wire: WireType) => void;
}

/**
 * Reads the fields of a message by their numbers; fields without a reader are skipped.
 * @throws Error if the bytes are not a valid message.
 */
export function readMessage(bytes: Uint8Array, fields: Readonly<Record<number, FieldReader>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const field = fields[number];
    if (field === undefined) {
      reader.skip(wire, number);
    } else if (field.wires.includes(wire)) {
      field.read(reader, wire);
    } else {
      throw new Error(`a field ${number} of wire type ${wire}`);
    }
  }
}

/** A nested message, or any other bytes with a length. */
export function bytes(take: (value: Uint8Array) => void): FieldReader {
  return { wires: [WireType.LengthDelimited], read: (reader) => take(reader.bytes()) };
}

/** A string, or bytes that ONNX uses as a string. */
export function string(take: (value: string) => void): FieldReader {
  return { wires: [WireType.LengthDelimited], read: (reader) => take(reader.string(true)) };
}

/** A 64-bit integer that is a safe integer; repeated ones may be packed. */
export function integer(take: (value: number) => void): FieldReader {
  return repeatable(WireType.Varint, (reader) => take(exact(reader.int64())));
}

/** An unsigned 64-bit integer; repeated ones may be packed. */
export function unsigned(take: (value: bigint) => void): FieldReader {
  return repeatable(WireType.Varint, (reader) => take(BigInt(reader.uint64())));
}

/** A signed 64-bit integer; repeated ones may be packed. */
export function signed(take: (value: bigint) => void): FieldReader {
  return repeatable(WireType.Varint, (reader) => take(BigInt(reader.int64())));
}

/** A 32-bit float; repeated ones may be packed. */
export function float(take: (value: number) => void): FieldReader {
  return repeatable(WireType.Bit32, (reader) => take(reader.float()));
}

/** A 64-bit float; repeated ones may be packed. */
export function double(take: (value: number) => void): FieldReader {
  return repeatable(WireType.Bit64, (reader) => take(reader.double()));
}

function repeatable(one: WireType, read: (reader: BinaryReader) => void): FieldReader {
  return {
    wires: [one, WireType.LengthDelimited],
    read: (reader, wire) => {
      if (wire === one) {
        read(reader);
        return;
      }
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) read(packed);
    },
  };
}

function exact(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`an unsafe integer ${value}`);
  return number;
}
