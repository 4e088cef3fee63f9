import { describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../src/formats/safetensors/safetensors.ts';
import type { StoredArray } from '../../../src/formats/arrays/stored.ts';
import { containerContent, containerFile, describeArray } from '../../support/stored-files.ts';

/** A safetensors file with a header and a number of data bytes. */
function made(header: unknown, length: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const four = (start: number, more: object = {}): object => ({
  dtype: 'F32',
  shape: [1],
  data_offsets: [start, start + 4],
  ...more,
});

const describeAll = (tensors: ReadonlyMap<string, StoredArray>): unknown =>
  Object.fromEntries([...tensors].map(([name, array]) => [name, describeArray(array)]));

describe('readSafetensors', () => {
  test('readSafetensors reads a file of the reference library', () => {
    const { tensors, metadata } = readSafetensors(containerFile('tensors.safetensors'), 'test');
    expect(describeAll(tensors)).toEqual(containerContent('tensors.safetensors'));
    expect([...metadata].sort()).toEqual([
      ['format', 'np'],
      ['größe', '1'],
    ]);
  });

  test('readSafetensors returns views of aligned tensors and copies unaligned ones', () => {
    const header = { a: four(0), b: { dtype: 'U8', shape: [1], data_offsets: [4, 5] }, c: four(5) };
    const file = made(`${JSON.stringify(header)} `.padEnd(160), 9);
    const { tensors } = readSafetensors(file, 'test');
    expect(tensors.get('a')?.data.buffer).toBe(file.buffer);
    expect(tensors.get('c')?.data.buffer).not.toBe(file.buffer);
    expect([...tensors.keys()]).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['3 bytes', new Uint8Array(3)],
    ['a header of 9223372036854775808 bytes in a file of 8 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128)],
    ['a header that does not begin with {', made(' {}', 0)],
    ['"a" from byte 4 instead of byte 0', made({ a: four(4) }, 8)],
    ['"b" from byte 2 instead of byte 4', made({ a: four(0), b: four(2) }, 6)],
    ['5 bytes of data for tensors of 4 bytes', made({ a: four(0) }, 5)],
    ['3 bytes of data for tensors of 4 bytes', made({ a: four(0) }, 3)],
    ['4 bytes of "a", whose shape and dtype need 8', made({ a: four(0, { shape: [2] }) }, 4)],
    ['shape=[-1] of "a"', made({ a: four(0, { shape: [-1] }) }, 4)],
    ['shape=[1.5] of "a"', made({ a: four(0, { shape: [1.5] }) }, 4)],
    ['data_offsets=[4, 0] of "a"', made({ a: four(0, { data_offsets: [4, 0] }) }, 4)],
    ['"a" with the unknown key "more"', made({ a: four(0, { more: 1 }) }, 4)],
    ['"a" that is not an object', made({ a: [] }, 0)],
    ['metadata "k" that is not a string', made({ __metadata__: { k: 1 } }, 0)],
  ])('readSafetensors rejects %s', (problem, file) => {
    expect(() => readSafetensors(file, 'load')).toThrow(
      `[load] the safetensors file must be whole and well formed. Received: ${problem}. Download or save it again.`,
    );
  });

  test('readSafetensors rejects duplicate names and unsupported dtypes', () => {
    const twice = `{"a":${JSON.stringify(four(0))},"a":${JSON.stringify(four(0))}}`;
    expect(() => readSafetensors(made(twice, 4), 'load')).toThrow(
      '[load] JSON keys must be unique. Received: "a" twice.',
    );
    expect(() => readSafetensors(made({ a: four(0, { dtype: 'F8_E4M3' }) }, 4), 'load')).toThrow(
      '[load] tensors must have one of the types BOOL, U8, I8, U16, I16, F16, BF16, U32, I32, F32, U64, I64, F64. ' +
        'Received: dtype="F8_E4M3" of "a".',
    );
  });
});

describe('writeSafetensors', () => {
  test('writeSafetensors round-trips, aligns tensors, and writes equal bytes for any order', () => {
    const { tensors, metadata } = readSafetensors(containerFile('tensors.safetensors'), 'test');
    const file = writeSafetensors(tensors, metadata);
    const again = readSafetensors(file, 'test');
    expect(describeAll(again.tensors)).toEqual(describeAll(tensors));
    expect(again.metadata).toEqual(metadata);
    for (const { data } of again.tensors.values()) expect(data.length === 0 || data.buffer === file.buffer).toBe(true);
    expect(writeSafetensors(new Map([...tensors].reverse()), metadata)).toEqual(file);
  });

  test('writeSafetensors rejects a shape that does not match the elements, and the reserved name', () => {
    const array: StoredArray = { kind: 'array', dtype: 'float32', shape: [2], data: new Float32Array(1) };
    expect(() => writeSafetensors(new Map([['a', array]]))).toThrow(
      '[writeSafetensors] a tensor\'s elements must fit its shape and type. Received: shape=[2], dtype=float32 and 4 bytes of "a".',
    );
    expect(() => writeSafetensors(new Map([['__metadata__', array]]))).toThrow(
      '[writeSafetensors] a tensor must not be named "__metadata__". Received: one.',
    );
  });
});
