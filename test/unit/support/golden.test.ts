import { expect, test } from 'vitest';
import { parseGolden } from '../../support/golden.ts';

// The tagged arrays are written by `array` of test/golden/make/common.py.
const parse = (value: string): unknown => parseGolden(`{"about": {}, "cases": [${value}]}`, 'example').cases[0];

const encoded = (dtype: string, shape: readonly number[], base64: string): string =>
  JSON.stringify({ $array: { dtype, shape, base64 } });

test('a tagged array of base64 keeps NaN and the infinities', () => {
  expect(parse(encoded('float64', [2, 2], 'AAAAAAAA+D8AAAAAAAAAwAAAAAAAAPh/AAAAAAAA8H8='))).toEqual({
    shape: [2, 2],
    dtype: 'float64',
    data: Float64Array.of(1.5, -2, NaN, Infinity),
  });
});

test('a tagged array of values keeps NaN, the infinities and negative zero', () => {
  const array = '{"$array": {"dtype": "float32", "shape": [5], "values": [0.1, "NaN", "Infinity", "-Infinity", -0.0]}}';
  expect(parse(array)).toEqual({
    shape: [5],
    dtype: 'float32',
    data: Float32Array.of(0.1, NaN, Infinity, -Infinity, -0),
  });
});

test('each dtype of golden data has its own typed array, and 64-bit integers become float64', () => {
  const dataOf = (...array: [string, number[], string]): unknown =>
    (parse(encoded(...array)) as { data: unknown }).data;
  expect(dataOf('float32', [2], 'AADAPwAAgL4=')).toEqual(Float32Array.of(1.5, -0.25));
  expect(dataOf('bool', [2], 'AQA=')).toEqual(Uint8Array.of(1, 0));
  expect(dataOf('int32', [], 'BwAAAA==')).toEqual(Int32Array.of(7));
  expect(dataOf('int64', [2], 'AAAAAAABAAD//////////w==')).toEqual(Float64Array.of(2 ** 40, -1));
  expect(parse('{"$array": {"dtype": "int64", "shape": [1], "values": [-3]}}')).toHaveProperty(
    'data',
    Float64Array.of(-3),
  );
});

test('tagged arrays are decoded at any depth, and other objects are left as they are', () => {
  const int = '{"$array": {"dtype": "int32", "shape": [], "values": [7]}}';
  const plain = '{"shape": [2], "dtype": "int32", "data": "BwAAAA=="}';
  expect(parse(`{"weights": [{"name": "kernel", "value": ${int}}], "options": ${plain}}`)).toEqual({
    weights: [{ name: 'kernel', value: { shape: [], dtype: 'int32', data: Int32Array.of(7) } }],
    options: { shape: [2], dtype: 'int32', data: 'BwAAAA==' },
  });
});

test('an error in a tagged array has the name of the golden file', () => {
  expect(() => parse(encoded('int32', [3], 'BwAAAA=='))).toThrow(
    'Golden file example: Error: an array of shape [3] holds 1 numbers, not 3',
  );
  expect(() => parse(encoded('float16', [1], 'AAA='))).toThrow('cannot decode an array of float16');
  expect(() => parse(encoded('int64', [1], 'AQAAAAAAABA='))).toThrow('is not exact in float64');
  expect(() => parse('{"$array": {"dtype": "int32", "shape": [], "values": [7]}, "name": "x"}')).toThrow(
    '$array must be alone. Received: name',
  );
});
