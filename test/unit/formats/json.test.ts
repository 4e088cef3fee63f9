import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/formats/json/json.ts';

describe('parseJson', () => {
  test('parseJson parses JSON, including NaN and infinities as Python writes them', () => {
    expect(parseJson(' {"a": [1, -2.5e3, true, null, "NaN \\" Infinity {["], "b": {}} ', 'test')).toEqual({
      a: [1, -2500, true, null, 'NaN " Infinity {['],
      b: {},
    });
    expect(parseJson('[NaN, Infinity, -Infinity, {"x": NaN}, "NaN"]', 'test')).toEqual([
      NaN,
      Infinity,
      -Infinity,
      { x: NaN },
      'NaN',
    ]);
  });

  test('parseJson keeps the last of duplicate keys, or rejects them', () => {
    expect(parseJson('{"a": 1, "a": 2}', 'test')).toEqual({ a: 2 });
    expect(() => parseJson('{"a": 1, "\\u0061": 2}', 'test', { uniqueKeys: true })).toThrow(
      '[test] JSON keys must be unique. Received: "a" twice.',
    );
    expect(parseJson('[{"a": "a"}, {"a": ["a", "a"]}]', 'test', { uniqueKeys: true })).toBeDefined();
  });

  test('parseJson rejects strings that are too deeply nested or too long', () => {
    expect(parseJson('['.repeat(512) + ']'.repeat(512), 'test')).toBeDefined();
    expect(() => parseJson('['.repeat(1e6), 'load')).toThrow(
      '[load] JSON must be nested at most 512 levels deep. Received: more, at character 512.',
    );
    expect(() => parseJson('[1]', 'load', { characters: 2 })).toThrow(
      '[load] JSON must have at most 2 characters. Received: 3 characters.',
    );
  });

  test('parseJson rejects the key __proto__, also when it is escaped', () => {
    const message = '[load] JSON must not have a key "__proto__". Received: one.';
    expect(() => parseJson('{"__proto__": {"polluted": true}}', 'load')).toThrow(message);
    expect(() => parseJson('{"a": [{"x": 1, "\\u005f_proto__": 1}]}', 'load')).toThrow(message);
    expect(parseJson('["__proto__", {"a": "__proto__"}]', 'load')).toEqual(['__proto__', { a: '__proto__' }]);
  });

  test.each(['', '{', '[1,]', '{"a" 1}', '"a', 'NaNNaN', '{"a\u0001": 1}'])(
    'parseJson refuses %j, which is no JSON',
    (text) => {
      expect(() => parseJson(text, 'load')).toThrow(
        `[load] the string must be valid JSON. Received: ${JSON.stringify(text)} (`,
      );
    },
  );
});
