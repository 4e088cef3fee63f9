import { expect, test } from 'vitest';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import type { CallContext } from '../../../../src/keras/layers/index.ts';
import { Dense, Input, Wrapper, deserialize, serialize } from '../../../../src/keras/layers/index.ts';

class Twice extends Wrapper {
  static override readonly className = 'Twice';

  override call(inputs: Value, { trace, training, mask }: CallContext): Value {
    const once = this.layer.applyIn(trace, inputs, training, mask);
    return this.layer.applyIn(trace, once, training, mask) as Value;
  }
}

test('Wrapper builds the wrapped layer, and owns its weights', () => {
  const twice = new Twice(new Dense(4));
  expect(twice.apply(Input({ shape: [4] })).shape).toEqual([null, 4]);
  expect(twice.weights.map(({ path }) => path)).toEqual(['twice/dense/kernel', 'twice/dense/bias']);
});

test('Wrapper subclasses are written with the wrapped layer, and read again', () => {
  const json = serialize(new Twice(new Dense(4, { activation: 'relu' }), { name: 'two' }));
  expect(json.config).toMatchObject({ name: 'two', layer: { module: 'keras.layers', class_name: 'Dense' } });
  const read = deserialize(json, { Twice });
  expect(read).toBeInstanceOf(Twice);
  expect((read as Twice).layer.getConfig()).toMatchObject({ units: 4, activation: 'relu' });
});

test('Wrapper refuses what is not a layer', () => {
  expect(() => new Twice('dense' as never, { name: 't' })).toThrow(
    '[Twice t] layer must be a layer. Received: layer="dense".',
  );
});
