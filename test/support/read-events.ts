import { BinaryReader } from '@bufbuild/protobuf/wire';

/** A tensor in an event file: numbers, or the bytes of strings. */
export interface ReadTensor {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
  readonly strings: readonly Uint8Array[];
}

/** A value in an event file: a number, the range and count of a histogram, or a tensor for a plugin. */
export interface ReadValue {
  readonly step: number;
  readonly tag: string;
  /** The name of the plugin and its own data; null without a tensor. */
  readonly plugin: { readonly name: string; readonly content: string } | null;
  readonly tensor: ReadTensor | null;
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
  const tensor = fields.get(8) as Uint8Array | undefined;
  return {
    plugin: tensor === undefined ? null : pluginOf(fields.get(9) as Uint8Array),
    tensor: tensor === undefined ? null : tensorOf(fieldsOf(tensor)),
    tag: new TextDecoder().decode(fields.get(1) as Uint8Array),
    scalar: (fields.get(2) as number | undefined) ?? null,
    histogram:
      numbers === null
        ? null
        : { minimum: numbers.get(1) as number, maximum: numbers.get(2) as number, count: numbers.get(3) as number },
  };
}

function pluginOf(metadata: Uint8Array): ReadValue['plugin'] {
  const data = new Map(fieldsOf(new Map(fieldsOf(metadata)).get(1) as Uint8Array));
  const textOf = (field: number): string =>
    new TextDecoder().decode((data.get(field) ?? new Uint8Array()) as Uint8Array);
  return { name: textOf(1), content: textOf(2) };
}

function tensorOf(fields: readonly Field[]): ReadTensor {
  const valuesOf = (field: number): readonly Uint8Array[] =>
    fields.filter(([each]) => each === field).map(([, value]) => value as Uint8Array);
  const [shape = new Uint8Array()] = valuesOf(2);
  const sizes = fieldsOf(shape).map(([, dim]) => Number(new Map(fieldsOf(dim as Uint8Array)).get(1) ?? 0));
  const isDouble = Number(fields[0]?.[1]) === 2;
  const [packed = new Uint8Array()] = [...valuesOf(4), ...valuesOf(isDouble ? 6 : 5)];
  const bytes = Uint8Array.from(packed).buffer;
  const numbers = [...(isDouble ? new Float64Array(bytes) : new Float32Array(bytes))];
  return { shape: sizes, numbers, strings: valuesOf(8) };
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
