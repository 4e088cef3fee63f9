import { expect, test } from 'vitest';
import { activation } from '../../../../src/keras/activations/field.ts';
import { linear, relu } from '../../../../src/keras/activations/index.ts';
import { constraint } from '../../../../src/keras/constraints/field.ts';
import { Constraint, NonNeg } from '../../../../src/keras/constraints/index.ts';
import { initializer } from '../../../../src/keras/initializers/field.ts';
import { Constant, HeNormal, Initializer } from '../../../../src/keras/initializers/index.ts';
import { regularizer } from '../../../../src/keras/regularizers/field.ts';
import { L2, Regularizer } from '../../../../src/keras/regularizers/index.ts';
import { type Fields, argumentsOf, readFields, writeFields } from '../../../../src/keras/saving/fields.ts';
import { defaultContext } from '../../../../src/keras/saving/read-context.ts';
import type { Config } from '../../../../src/core/config.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';

const fields: Fields = {
  activation: activation(),
  kernelInitializer: initializer('he_normal'),
  kernelRegularizer: regularizer(),
  kernelConstraint: constraint(),
};

test('fields for initializers, regularizers, constraints and activations make objects from names', () => {
  const options = { activation: 'relu', kernelRegularizer: 'l2', kernelConstraint: 'non_neg' };
  const read = readFields('Example', fields, options);
  expect(read['activation']).toBe(relu);
  expect(read['kernelInitializer']).toBeInstanceOf(HeNormal);
  expect(read['kernelRegularizer']).toBeInstanceOf(L2);
  expect(read['kernelConstraint']).toBeInstanceOf(NonNeg);
});

test('without options the activation is linear, and there is neither regularizer nor constraint', () => {
  const read = readFields('Example', fields, { activation: null, kernelInitializer: null });
  expect(read['activation']).toBe(linear);
  expect(read['kernelInitializer']).toBeInstanceOf(HeNormal);
  expect([read['kernelRegularizer'], read['kernelConstraint']]).toEqual([null, null]);
});

test('the JSON of these fields converts back to equal objects', () => {
  const options = { activation: 'relu', kernelInitializer: new Constant({ value: 2 }), kernelRegularizer: new L2() };
  const config = writeFields('Example', fields, readFields('Example', fields, options));
  expect(config).toMatchObject({ activation: 'relu', kernel_initializer: { config: { value: 2 } } });
  const [back] = argumentsOf(fields, config, defaultContext);
  expect(writeFields('Example', fields, readFields('Example', fields, back as object))).toEqual(config);
});

test('custom objects of the context are found', () => {
  class Halves extends Constant {}
  class Quartic extends Regularizer {
    override call(x: Value): Value {
      return x;
    }
    override getConfig(): Config {
      return {};
    }
  }
  class Whole extends Constraint {
    override call(w: Value): Value {
      return w;
    }
  }
  const own = (x: unknown): Value => x as Value;
  const read = readFields('Example', fields, {
    ...{ activation: own, kernelInitializer: new Halves() },
    ...{ kernelRegularizer: new Quartic(), kernelConstraint: new Whole() },
  });
  const config = writeFields('Example', fields, read);
  const [back] = argumentsOf(fields, config, { ...defaultContext, customObjects: { Halves, Quartic, Whole, own } });
  const revived = readFields('Example', fields, back as object);
  expect(revived['kernelInitializer']).toBeInstanceOf(Halves);
  expect(revived['kernelRegularizer']).toBeInstanceOf(Quartic);
  expect(revived['kernelConstraint']).toBeInstanceOf(Whole);
  expect((revived['activation'] as { name: string }).name).toBe('own');
  expect(read['kernelInitializer']).toBeInstanceOf(Initializer);
});

test('a value of another type is refused with the name of the class', () => {
  expect(() => readFields('Example', fields, { kernelConstraint: 3 })).toThrow(
    new TypeError('[Example] a constraint must be a name, a config object or a Constraint. Received: 3.'),
  );
});
