import { BinaryReader } from '@bufbuild/protobuf/wire';

/** A value in an event file: a number, or the range and count of a histogram. */
export interface ReadValue {
  readonly step: number;
  readonly tag: string;
  readonly scalar: number | null;
  readonly histogram: { readonly minimum: number; readonly maximum: number; readonly count: number } | null;
}

/** The values in the bytes of an event file. Checksums are not checked: the tests of the format compare whole files. */
export function readEvents(bytes: Uint8Array): readonly ReadValue[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: ReadValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    const fields = fieldsOf(bytes.subarray(at + 12, at + 12 + length));
    const step = Number(fields.find(([field]) => field === 2)?.[1] ?? 0);
    for (const [, summary] of fields.filter(([field]) => field === 5)) {
      for (const [, value] of fieldsOf(summary as Uint8Array)) values.push({ step, ...valueOf(value as Uint8Array) });
    }
    at += length + 16;
  }
  return values;
}

function valueOf(bytes: Uint8Array): Omit<ReadValue, 'step'> {
  const fields = new Map(fieldsOf(bytes));
  const histogram = fields.get(5) as Uint8Array | undefined;
  const numbers = histogram === undefined ? null : new Map(fieldsOf(histogram));
  return {
    tag: new TextDecoder().decode(fields.get(1) as Uint8Array),
    scalar: (fields.get(2) as number | undefined) ?? null,
    histogram:
      numbers === null
        ? null
        : { minimum: numbers.get(1) as number, maximum: numbers.get(2) as number, count: numbers.get(3) as number },
  };
}

type Field = readonly [number, number | bigint | string | Uint8Array];

/** The fields of a message, by the types of the wire: varint, 64 bits, bytes, 32 bits. */
function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const read = {
      0: () => reader.int64(),
      1: () => reader.double(),
      2: () => reader.bytes(),
      5: () => reader.float(),
    };
    fields.push([field, read[type as 0 | 1 | 2 | 5]()]);
  }
  return fields;
}
