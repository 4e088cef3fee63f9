import { runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  Input,
  Model,
  Sequential,
  getRegisteredName,
  layers,
  loadModel,
  losses,
  registerKerasSerializable,
} from '../../../../src/index.ts';

type Class<T> = new (...options: unknown[]) => T;

/** A class as a minifier writes it. */
const minified = <T>(Base: unknown, name: string, body = ''): Class<T> =>
  (runInThisContext(`(e)=>{class ${name} extends e{${body}}return ${name}}`) as (base: unknown) => Class<T>)(Base);

const modelWith = (layer: layers.Layer): Sequential => new Sequential([Input({ shape: [2] }), layer]);

describe('a custom class with the name of a minifier', () => {
  const Mb = minified<layers.Dense>(layers.Dense, 'Mb');
  const message =
    "a file contains the names of its custom classes, and a minifier has replaced that of this class. Received: class Mb. Give the class a name that stays: static className = 'Scale'.";

  test('is not written to a file as a layer, a model or a loss, and not registered', async () => {
    expect(() => layers.serialize(new Mb(1))).toThrow(`[layers.serialize] ${message}`);
    await expect(modelWith(new Mb(1)).toBytes('keras')).rejects.toThrow(message);
    const Own = minified<Model>(Sequential, 'Mb');
    expect(() => new Own([Input({ shape: [2] }), new layers.Dense(1)]).toJSON()).toThrow(message);
    const Loss = minified<losses.Loss>(losses.MeanSquaredError, 'Mb');
    expect(() => losses.serialize(new Loss())).toThrow(`[losses.serialize] ${message}`);
    expect(() => registerKerasSerializable('test')(Mb)).toThrow(`[registerKerasSerializable] ${message}`);
  });

  test('is written with a static name, or under the name of its registration', async () => {
    const Named = minified<layers.Dense>(layers.Dense, 'Mb', 'static className="Doubled"');
    const bytes = await modelWith(new Named(1)).toBytes('keras');
    const read = await loadModel(bytes, { customObjects: { Doubled: Named } });
    expect(read.layers.at(-1)).toBeInstanceOf(Named);
    const Registered = registerKerasSerializable('test', 'Tripled')(minified<layers.Dense>(layers.Dense, 'Mc'));
    expect(getRegisteredName(Registered)).toBe('test>Tripled');
    const again = await loadModel(await modelWith(new Registered(1)).toBytes('keras'));
    expect(again.layers.at(-1)).toBeInstanceOf(Registered);
  });

  test('is used everywhere else', async () => {
    const model = modelWith(new Mb(1));
    expect(model.countParams()).toBe(3);
    await model.toBytes('safetensors');
  });

  test('is one of its author if it is spaced as people write, or long', () => {
    class AE extends layers.Dense {}
    expect(layers.serialize(new AE(1))).toMatchObject({ class_name: 'AE', registered_name: 'AE' });
    const Scale = minified<layers.Dense>(layers.Dense, 'Scale');
    expect(layers.serialize(new Scale(1))).toMatchObject({ registered_name: 'Scale' });
  });

  test('has its static name in the configs of losses', () => {
    const Named = minified<losses.Loss>(losses.MeanSquaredError, 'Mb', 'static className="Own"');
    expect(losses.serialize(new Named())).toMatchObject({ class_name: 'Own', registered_name: 'Own' });
  });
});
