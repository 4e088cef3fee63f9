import { Value, getRegisteredName, ops, registerKerasSerializable } from 'evenkeel';
import { Dense, Lambda, Layer, deserialize, serialize } from 'evenkeel/layers';
import { describe, expect, test } from 'vitest';

describe('registerKerasSerializable', () => {
  test('registerKerasSerializable names a class by its package, so that a config is read without customObjects', () => {
    class Doubled extends Layer {
      override call(x: Value): Value {
        return ops.multiply(x, 2);
      }
    }
    expect(getRegisteredName(Doubled)).toBeNull();
    expect(registerKerasSerializable('registration')(Doubled)).toBe(Doubled);
    expect(getRegisteredName(Doubled)).toBe('registration>Doubled');
    const written = serialize(new Doubled({ name: 'twice' }));
    expect(written).toMatchObject({ class_name: 'Doubled', registered_name: 'registration>Doubled' });
    expect(deserialize(written)).toBeInstanceOf(Doubled);
  });

  test('registerKerasSerializable names a function, which a Lambda is written and read with', () => {
    const triple = registerKerasSerializable('registration', 'thrice')((x: Value) => ops.multiply(x, 3));
    expect(getRegisteredName(triple)).toBe('registration>thrice');
    const read = deserialize(serialize(new Lambda(triple, { name: 'triple' }))) as Lambda;
    expect(read.name).toBe('triple');
  });

  test('registerKerasSerializable leaves built-in classes without a registered name', () => {
    expect(getRegisteredName(Dense)).toBeNull();
  });
});
