import {
  Sequential,
  activations,
  type Value,
  getRegisteredObject,
  modelFromJson,
  ops,
  registerKerasSerializable,
  utils,
} from 'evenkeel';
import { Dense, Layer, deserialize, serialize } from 'evenkeel/layers';
import { describe, expect, test } from 'vitest';

const { customObjectScope, getCustomObjects } = utils;

class Tripled extends Layer {
  static override readonly className: string = 'Tripled';
  override call(x: Value): Value {
    return ops.multiply(x, 3);
  }
}

const double: activations.Activation = (x) => ops.multiply(x, 2);

describe('customObjectScope', () => {
  test('customObjectScope lets configs refer to its classes and functions, until it ends', () => {
    const written = serialize(new Tripled());
    expect(customObjectScope({ Tripled }, () => deserialize(written))).toBeInstanceOf(Tripled);
    const config = new Dense(1, { activation: double }).getConfig();
    expect(customObjectScope({ double }, () => Dense.fromConfig(config))).toHaveProperty('activation', double);
    expect(() => deserialize(written)).toThrow(TypeError);
  });

  test('customObjectScope lasts until a promise is settled', async () => {
    const json = new Sequential([new Tripled()]).toJson();
    const read = await customObjectScope({ Tripled }, async () => {
      await Promise.resolve();
      return modelFromJson(json);
    });
    expect(read.layers.at(-1)).toBeInstanceOf(Tripled);
    const failing = customObjectScope({ size: 1 }, () => Promise.reject(new RangeError('no')));
    expect(getRegisteredObject('size')).toBe(1);
    await expect(failing).rejects.toThrow(RangeError);
    expect(getRegisteredObject('size')).toBeNull();
  });

  test('customObjectScope replaces the objects of an outer scope, as in Keras, and copies its own', () => {
    const objects: Record<string, unknown> = { size: 1 };
    customObjectScope(objects, () => {
      objects['size'] = 2;
      expect(getRegisteredObject('size')).toBe(1);
      customObjectScope({ other: 3 }, () => {
        expect([getRegisteredObject('size'), getRegisteredObject('other')]).toEqual([null, 3]);
      });
      expect(getRegisteredObject('size')).toBe(1);
    });
  });

  test('customObjectScope ends with an error, which it passes on', () => {
    const failing = (): void =>
      customObjectScope({ size: 1 }, () => {
        throw new RangeError('no');
      });
    expect(failing).toThrow(RangeError);
    expect(getRegisteredObject('size')).toBeNull();
  });

  test('customObjectScope refuses what is no table or no function', () => {
    expect(() => customObjectScope(null as never, () => 1)).toThrow(
      '[utils.customObjectScope] customObjects must be an object: classes and functions by name. Received: null.',
    );
    expect(() => customObjectScope({}, 1 as never)).toThrow(
      '[utils.customObjectScope] the second argument must be a function, which runs in the scope. Received: 1.',
    );
  });
});

describe('getCustomObjects', () => {
  test('getCustomObjects is the table of registered objects itself', () => {
    registerKerasSerializable('scopes')(Tripled);
    expect(getCustomObjects()['scopes>Tripled']).toBe(Tripled);
    expect(deserialize(serialize(new Tripled()))).toBeInstanceOf(Tripled);
    delete getCustomObjects()['scopes>Tripled'];
    expect(getRegisteredObject('scopes>Tripled')).toBeNull();
  });
});

describe('getRegisteredObject', () => {
  test('getRegisteredObject looks names up in the scope, the table, and the options in sequence, as Keras does', () => {
    const options = { customObjects: { a: 1 }, moduleObjects: { a: 2, b: 3 } };
    expect(['a', 'b', 'toString'].map((name) => getRegisteredObject(name, options))).toEqual([1, 3, null]);
    expect(customObjectScope({ a: 0 }, () => getRegisteredObject('a', options))).toBe(0);
    expect(getRegisteredObject('a', { customObjects: null, moduleObjects: options.moduleObjects })).toBe(2);
    expect(() => getRegisteredObject('a', { custom_objects: {} } as never)).toThrow(TypeError);
  });
});
