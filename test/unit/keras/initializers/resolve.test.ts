import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import type { Tensor } from '../../../../src/core/tensor.ts';
import * as initializers from '../../../../src/keras/initializers/index.ts';
import { type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { camelCase } from '../losses/golden-values.ts';

interface Case {
  readonly kind: string;
  readonly section: string;
  readonly class: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly getConfig: string;
  readonly serialized: string;
  readonly identifier: string;
  readonly gives?: string;
}

const cases = loadGolden<Case>('vocabulary').cases.filter(({ section }) => section === 'initializers');
const classes = initializers as unknown as Record<string, new (options: object) => initializers.Initializer>;

test.each(cases.filter(({ kind }) => kind === 'config'))('the config of $class $options is that of Keras', (entry) => {
  const made = new classes[entry.class]!(camelCase(entry.options));
  const { gain, ...config } = made.getConfig();
  // Keras never writes the gain of Identity; here it is written where it is not 1.
  if (entry.class === 'Identity') {
    expect(gain).toBe(entry.options['gain']);
    expect(config).toEqual({});
    expect(initializers.get(initializers.serialize(made)).getConfig()).toEqual(made.getConfig());
    return;
  }
  expect(JSON.stringify(made.getConfig())).toBe(JSON.stringify(JSON.parse(entry.getConfig)));
  const serialized = JSON.parse(entry.serialized) as { class_name: string; config: Config };
  expect(initializers.serialize(made)).toEqual(serialized);
  expect(initializers.get(serialized).getConfig()).toEqual(made.getConfig());
});

test.each(cases.filter(({ kind, gives }) => kind === 'identifier' && gives !== undefined))(
  '$identifier is $gives',
  ({ identifier, gives }) => {
    expect(initializers.serialize(initializers.get(identifier)).class_name).toBe(gives);
  },
);

test('a function returns the initial values', () => {
  const made = initializers.get((shape, dtype) => initializers.get('ones').call(shape, dtype));
  expect(made.call([2], 'float64').dtype).toBe('float64');
  expect(
    initializers
      .get(() => [[1, 2]])
      .call([1, 2])
      .toArray(),
  ).toEqual([[1, 2]]);
});

test('a custom class is written under its name and read from customObjects', () => {
  class Halves extends initializers.Initializer {
    override call(shape: readonly number[]): Tensor {
      return new initializers.Constant({ value: 0.5 }).call(shape);
    }
  }
  const written = initializers.serialize(new Halves());
  expect(written).toEqual({ module: null, class_name: 'Halves', config: {}, registered_name: 'Halves' });
  expect(initializers.get(written, 'Dense', { customObjects: { Halves } })).toBeInstanceOf(Halves);
  // Keras puts the package before the name.
  expect(
    initializers.get({ ...written, registered_name: 'Custom>Halves' }, 'Dense', { customObjects: { Halves } }),
  ).toBeInstanceOf(Halves);
});

test.each([
  [
    () => initializers.get('glorot_uniforn', 'Dense'),
    new TypeError('[Dense] unknown initializer "glorot_uniforn". Did you mean "glorot_uniform"?'),
  ],
  [
    () => initializers.get({ class_name: 'GlorotUniform', config: { sed: 1 } }, 'Dense'),
    new TypeError('[GlorotUniform] unknown option "sed". Did you mean "seed"?'),
  ],
  [
    () => initializers.get(3 as never, 'Dense'),
    new TypeError('[Dense] an initializer must be a name, a config object, an Initializer or a function. Received: 3.'),
  ],
  [
    () => initializers.get('Mine', 'Dense', { customObjects: { Mine: 3 } }),
    new TypeError('[Dense] customObjects["Mine"] must be a class with a static fromConfig. Received: 3.'),
  ],
  [
    () =>
      initializers
        .get(function mine() {
          return [1];
        })
        .call([2]),
    new ValueError('[initializers] function mine must return values of the requested shape, [2]. Received: shape [1].'),
  ],
  [
    () =>
      initializers.serialize(
        initializers.get(function mine() {
          return [1];
        }),
      ),
    new TypeError(
      '[initializers.serialize] a function cannot be written to a config. Received: function mine. Extend Initializer instead, and pass the class in customObjects to read it back.',
    ),
  ],
])('mistakes are refused with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});
