import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.ts';
import { tensorToStored } from '../../../src/formats/arrays/convert-stored.ts';
import { fromFloat16 } from '../../../src/formats/arrays/halves.ts';
import { readNpy, writeNpy } from '../../../src/formats/npy/npy.ts';
import type { StoredArray } from '../../../src/formats/arrays/stored.ts';
import { loadGolden } from '../../support/golden.ts';

interface NpyCase {
  readonly name: string;
  readonly bytes: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly string[];
  readonly canonical: boolean;
}

const { cases } = loadGolden<NpyCase>('npy');
const bytesOf = ({ bytes }: NpyCase): Uint8Array => Uint8Array.from(Buffer.from(bytes, 'base64'));

/** Elements as strings that distinguish −0 and NaN. */
function shown({ dtype, data }: StoredArray): string[] {
  return Array.from(data as Iterable<number | bigint>, (value) => {
    if (typeof value === 'bigint') return String(value);
    const number = dtype === 'float16' ? fromFloat16(value) : value;
    return Object.is(number, -0) ? '-0' : String(number);
  });
}

const expected = ({ dtype, values }: NpyCase): string[] =>
  values.map((text) => {
    if (!dtype.startsWith('float')) return text;
    const number = Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'));
    return Object.is(number, -0) ? '-0' : String(number);
  });

/** A .npy file with a custom header and elements. */
function file(header: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length, 0, 0, 0];
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...length, ...text, ...data]);
}

describe('readNpy', () => {
  test.each(cases)('readNpy reads a file of NumPy: $name', (each) => {
    const array = readNpy(bytesOf(each), 'npy');
    expect(array.dtype).toBe(each.dtype);
    expect(array.shape).toEqual(each.shape);
    expect(shown(array)).toEqual(expected(each));
  });

  test('readNpy reads bytes at any offset of a buffer', () => {
    const [each] = cases.filter(({ name }) => name === '<f8 by rows') as [NpyCase];
    const bytes = bytesOf(each);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(shown(readNpy(shifted.subarray(3), 'npy'))).toEqual(expected(each));
  });

  test('readNpy reads keys in any order, double quotes, and sizes as Python 2 wrote them', () => {
    const array = readNpy(file(`{"shape": (2L,), 'fortran_order': False, "descr": "|u1"}`, Uint8Array.of(7, 8)), 'npy');
    expect(array).toEqual({ kind: 'array', dtype: 'uint8', shape: [2], data: Uint8Array.of(7, 8) });
  });

  const whole = 'the .npy file must be whole and well formed';
  const again = 'Save it again with numpy.save.';
  const header = (shape: string, descr = "'<f4'"): string =>
    `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;

  test.each<readonly [string, Uint8Array, string]>([
    ['a file that is not .npy', Uint8Array.of(1, 2, 3), "3 bytes that do not start with NumPy's signature"],
    [
      'a header longer than the file',
      file(header('(1,)')).subarray(0, 20),
      'a header of 57 bytes in a file of 20 bytes',
    ],
    ['a truncated length', file('', undefined, 2).subarray(0, 11), '11 bytes'],
    [
      'too few elements',
      file(header('(3,)'), new Uint8Array(8)),
      '8 bytes of elements, where shape=[3] and float32 need 12',
    ],
    [
      'too many elements',
      file(header('()'), new Uint8Array(8)),
      '8 bytes of elements, where shape=[] and float32 need 4',
    ],
    ['sizes that are not safe integers', file(header('(99999999999999999999,)')), 'shape="(99999999999999999999,)"'],
    [
      'sizes whose product exceeds memory',
      file(header('(9007199254740991, 9007199254740991)')),
      '0 bytes of elements, where shape=[9007199254740991, 9007199254740991] and float32 need 3.2451855365842665e+32',
    ],
    ['negative sizes', file(header('(-1,)')), 'shape=(-1,)'],
    ['a number for the shape', file(header('(3)')), 'shape=(3)'],
    ['65 axes', file(header(`(${'1,'.repeat(65)})`)), `shape="(${'1,'.repeat(65)})"`],
    ['no dictionary', file('nonsense'), 'the header "nonsense"'],
    [
      'an extra key',
      file(`{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': True}`),
      `the header "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': True}"`,
    ],
    ['a duplicate key', file(`{'descr': '<f4', 'descr': '<f4'}`), 'a header with two entries "descr"'],
    [
      'an invalid order',
      file(`{'descr': '<f4', 'fortran_order': (), 'shape': ()}`),
      `the header "{'descr': '<f4', 'fortran_order': (), 'shape': ()}"`,
    ],
    [
      'invalid UTF-8',
      Uint8Array.from([...file(' ', undefined, 3).subarray(0, 12), 0xff]),
      'a header that is not UTF-8',
    ],
  ])('readNpy rejects %s', (_, bytes, problem) => {
    expect(() => readNpy(bytes, 'npy')).toThrow(`[npy] ${whole}. Received: ${problem}. ${again}`);
  });

  test('readNpy rejects elements that are not numbers, and explains why objects are not read', () => {
    expect(() => readNpy(file(header('()', "'|O'")), 'npy')).toThrow(
      "[npy] elements must be floats of 16, 32 or 64 bits, integers or booleans. Received: descr='|O'. Objects are stored as Python code, which is never run. Convert the array with astype before it is saved.",
    );
    for (const descr of ["'<c8'", "'<U3'", "[('x', '<f4')]"]) {
      expect(() => readNpy(file(header('()', descr)), 'npy')).toThrow(`Received: descr=${descr}. Convert`);
    }
  });

  test('readNpy rejects unknown versions', () => {
    expect(() => readNpy(file(header('()')).with(6, 4), 'npy')).toThrow(
      '[npy] the version of the .npy file must be 1.0, 2.0 or 3.0. Received: 4.0.',
    );
  });
});

describe('writeNpy', () => {
  test.each(cases.filter(({ canonical }) => canonical))('writeNpy writes the same bytes as NumPy: $name', (each) => {
    expect(writeNpy(readNpy(bytesOf(each), 'npy'))).toEqual(bytesOf(each));
  });

  test('writeNpy rejects a shape that does not match the elements, and bfloat16', () => {
    expect(() => writeNpy({ kind: 'array', dtype: 'float32', shape: [2], data: new Float32Array(3) })).toThrow(
      "[writeNpy] an array's elements must fit its shape and type. Received: shape=[2], dtype=float32 and 12 bytes.",
    );
    expect(() => writeNpy(tensorToStored(tensor([1]), 'bfloat16'))).toThrow(
      '[writeNpy] NumPy must support the dtype. Received: dtype=bfloat16. Write it as float32.',
    );
  });
});
