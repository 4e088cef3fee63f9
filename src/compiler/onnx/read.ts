import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** What to do with one field of a message: the wire types it may come in, and how it is read. */
export interface FieldReader {
  readonly wires: readonly WireType[];
  readonly read: (reader: BinaryReader, wire: WireType) => void;
}

/**
 * Reads a message: each field by its number, those that nobody reads being skipped.
 * @throws Error if the bytes are not such a message.
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
      throw new Error(`field ${number} has wire type ${wire}`);
    }
  }
}

/** The bytes of a message inside the message, or of anything else that has a length. */
export function bytes(take: (value: Uint8Array) => void): FieldReader {
  return { wires: [WireType.LengthDelimited], read: (reader) => take(reader.bytes()) };
}

/** A string, or bytes that ONNX uses as one. */
export function text(take: (value: string) => void): FieldReader {
  return { wires: [WireType.LengthDelimited], read: (reader) => take(reader.string(true)) };
}

/** An integer of 64 bits that a JavaScript number holds exactly; repeated ones may come packed. */
export function integer(take: (value: number) => void): FieldReader {
  return repeatable(WireType.Varint, (reader) => take(exact(reader.int64())));
}

export function unsigned(take: (value: bigint) => void): FieldReader {
  return repeatable(WireType.Varint, (reader) => take(BigInt(reader.uint64())));
}

export function signed(take: (value: bigint) => void): FieldReader {
  return repeatable(WireType.Varint, (reader) => take(BigInt(reader.int64())));
}

export function float(take: (value: number) => void): FieldReader {
  return repeatable(WireType.Bit32, (reader) => take(reader.float()));
}

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
  if (!Number.isSafeInteger(number)) throw new Error(`${value} is not a safe integer`);
  return number;
}
