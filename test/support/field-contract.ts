import { expect, test } from 'vitest';
import type { Config } from '../../src/core/config.ts';
import { type Fields, positionalOptions } from '../../src/keras/saving/fields.ts';
import type { ReadContext } from '../../src/keras/saving/read-context.ts';

interface Described {
  getConfig?(): Config;
}

/** A class with a table of fields. */
export interface DescribedClass {
  readonly fields: Fields;
  new (...args: never): Described;
  fromConfig?(config: Config, context?: ReadContext): Described;
}

/** How the contract makes objects. */
export interface FieldContract {
  /** A value for each option of the classes, other than its default. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Values of options that differ between classes, as `Class.option`. */
  readonly special?: Readonly<Record<string, unknown>>;
  /** Attributes that are not the option as given, as in Keras: what they are instead, as `Class.option`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Options that an option requires, as `Class.option`. */
  readonly requires?: Readonly<Record<string, readonly string[]>>;
}

/** Checks for every class of a roster that each option becomes an attribute and, unless it has no key, a config entry. */
export function testFieldContract(
  classes: Readonly<Record<string, DescribedClass>>,
  { values, special = {}, attributes = {}, requires = {} }: FieldContract,
): void {
  const optionsOf = (fields: Fields): readonly string[] =>
    Object.keys(fields).filter((option) => fields[option]?.isConstant !== true);

  const make = (name: string, made: DescribedClass, options: readonly string[]): Described => {
    const given = (option: string): unknown => {
      const value = special[`${name}.${option}`] ?? values[option];
      if (value === undefined) throw new Error(`The contract has no value for ${name}.${option}.`);
      return value;
    };
    const positional = positionalOptions(made.fields);
    const rest = options.filter((option) => !positional.includes(option));
    const args = [...positional.map(given), Object.fromEntries(rest.map((option) => [option, given(option)]))];
    return new made(...(args as never));
  };
  const attribute = (name: string, option: string): unknown =>
    attributes[`${name}.${option}`] ?? special[`${name}.${option}`] ?? values[option];

  test.each(Object.entries(classes))('each option of %s is an attribute', (name, made) => {
    for (const option of optionsOf(made.fields)) {
      expect(Reflect.get(make(name, made, [option, ...(requires[`${name}.${option}`] ?? [])]), option), option).toEqual(
        attribute(name, option),
      );
    }
  });

  test.each(Object.entries(classes))('options of %s that are left out have their defaults', (name, made) => {
    const object = make(name, made, []);
    for (const option of optionsOf(made.fields)) expect(Reflect.get(object, option), option).toBeDefined();
  });

  test.each(Object.entries(classes))('%s refuses options that do not exist', (name, made) => {
    const positional = positionalOptions(made.fields).map(() => 1);
    expect(() => new made(...([...positional, { nonsense: 1 }] as never))).toThrow(
      `[${name}] unknown option "nonsense".`,
    );
  });

  const written = Object.entries(classes).filter(([, made]) => 'fromConfig' in made);
  test.each(written)(
    'the config of %s has its fields in their order, and leads back to an equal object',
    (name, made) => {
      const options = optionsOf(made.fields);
      const config = make(name, made, options).getConfig?.() ?? {};
      const keyed = options.filter((option) => made.fields[option]?.key !== null);
      expect(Object.keys(config).map(withoutUnderscores)).toEqual(keyed.map((option) => option.toLowerCase()));
      expect(made.fromConfig?.(config).getConfig?.()).toEqual(config);
    },
  );
}

const withoutUnderscores = (key: string): string => key.replaceAll('_', '');
