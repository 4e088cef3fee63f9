import { expect, test } from 'vitest';
import { parseGolden } from '../../support/golden.ts';

// The encoded arrays are those that array of test/golden/make/common.py gives.
const parse = (value: string): unknown => parseGolden(`{"about": {}, "cases": [${value}]}`, 'example').cases[0];

test('float64 arrays keep NaN and the infinities', () => {
  expect(
    parse('{"shape": [2, 2], "dtype": "float64", "data": "AAAAAAAA+D8AAAAAAAAAwAAAAAAAAPh/AAAAAAAA8H8="}'),
  ).toEqual({
    shape: [2, 2],
    dtype: 'float64',
    data: Float64Array.of(1.5, -2, NaN, Infinity),
  });
});

test('each dtype comes in its own typed array, 64-bit integers in float64', () => {
  expect(parse('{"shape": [2], "dtype": "float32", "data": "AADAPwAAgL4="}')).toHaveProperty(
    'data',
    Float32Array.of(1.5, -0.25),
  );
  expect(parse('{"shape": [2], "dtype": "bool", "data": "AQA="}')).toHaveProperty('data', Uint8Array.of(1, 0));
  expect(parse('{"shape": [], "dtype": "int32", "data": "BwAAAA=="}')).toHaveProperty('data', Int32Array.of(7));
  expect(parse('{"shape": [2], "dtype": "int64", "data": "AAAAAAABAAD//////////w=="}')).toHaveProperty(
    'data',
    Float64Array.of(2 ** 40, -1),
  );
});

test('arrays are decoded wherever they are, and all else is left as it is', () => {
  const int = '{"shape": [], "dtype": "int32", "data": "BwAAAA=="}';
  expect(parse(`{"weights": [${int}], "options": {"axis": -1, "mask": null, "shape": [2], "dtype": "int32"}}`)).toEqual(
    {
      weights: [{ shape: [], dtype: 'int32', data: Int32Array.of(7) }],
      options: { axis: -1, mask: null, shape: [2], dtype: 'int32' },
    },
  );
});

test('a broken array fails by the name of its file', () => {
  expect(() => parse('{"shape": [3], "dtype": "int32", "data": "BwAAAA=="}')).toThrow(
    'Golden file example: Error: an array of shape [3] holds 1 numbers, not 3',
  );
  expect(() => parse('{"shape": [1], "dtype": "float16", "data": "AAA="}')).toThrow(
    'cannot decode an array of float16',
  );
  expect(() => parse('{"shape": [1], "dtype": "int64", "data": "AQAAAAAAABA="}')).toThrow('is not exact in float64');
});
