import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import * as roster from '../../../../src/keras/optimizers/roster.ts';
import * as scheduleRoster from '../../../../src/keras/optimizers/schedules/roster.ts';
import { type Fields, camelCase } from '../../../../src/keras/saving/fields.ts';

/** A class whose options are fields. */
interface FieldClass<T> {
  readonly fields: Fields;
  new (...args: never[]): T;
}

type Schedule = optimizers.schedules.LearningRateSchedule;

const optimizerClasses = Object.entries<FieldClass<optimizers.Optimizer>>(roster);
const scheduleClasses = Object.entries<FieldClass<Schedule>>(scheduleRoster);

/** Values for the options whose range excludes the general ones. */
const valid: Readonly<Record<string, unknown>> = {
  name: 'mine',
  learningRatePower: -0.25,
  gradientAccumulationSteps: 3,
  emaOverwriteFrequency: 4,
  excludeLayers: ['head'],
  nsSteps: 3,
  warmupSteps: 2,
  boundaries: [1, 3],
  values: [0.5, 0.25, 0.125],
};

/** A value of an option that is not its default. */
function valueFor(option: string, { byDefault }: Fields[string]): unknown {
  return valid[option] ?? (typeof byDefault === 'boolean' ? !byDefault : 0.5);
}

/** The arguments of a schedule's constructor: valid values of those that are required. */
const requiredArguments = (fields: Fields): unknown[] =>
  Object.entries(fields).flatMap(([option, field]) => (field.byDefault === undefined ? [valueFor(option, field)] : []));

const attribute = (object: object, option: string): unknown => {
  const value = (object as Readonly<Record<string, unknown>>)[option];
  return option === 'learningRate' ? (value as optimizers.LearningRate).value.item() : value;
};

const create = <T>(Class: FieldClass<T>, options: object): T =>
  new Class(...([...requiredArguments(Class.fields), options] as never[]));

const optionsOf = (Class: FieldClass<unknown>): readonly (readonly [string, Fields[string]])[] =>
  Object.entries(Class.fields).filter(([, { byDefault }]) => byDefault !== undefined);

test.each([...optimizerClasses, ...scheduleClasses])('the config of %s has the fields in their order', (_, Class) => {
  const keys = Object.keys(create<{ getConfig(): Config }>(Class, {}).getConfig());
  expect(keys.map(camelCase)).toEqual(Object.keys(Class.fields));
});

test.each([...optimizerClasses, ...scheduleClasses])(
  'every option of %s is an attribute with its default',
  (_, Class) => {
    const object = create<object>(Class, {});
    for (const [option, { byDefault }] of optionsOf(Class)) {
      if (option === 'name' && byDefault === null) continue;
      const expected = option === 'learningRate' ? Math.fround(byDefault as number) : byDefault;
      expect([option, attribute(object, option)]).toEqual([option, expected]);
    }
  },
);

test.each([...optimizerClasses, ...scheduleClasses])(
  'every option of %s is an attribute with the given value',
  (_, Class) => {
    for (const [option, field] of optionsOf(Class)) {
      const given = valueFor(option, field);
      expect([option, attribute(create<object>(Class, { [option]: given }), option)]).toEqual([option, given]);
    }
  },
);

test.each([...optimizerClasses])('%s with any option is restored from its config', (_, Class) => {
  for (const [option, field] of optionsOf(Class)) {
    const written = optimizers.serialize(create(Class, { [option]: valueFor(option, field) }));
    const restored = optimizers.deserialize(written);
    expect(restored).toBeInstanceOf(Class);
    expect(optimizers.serialize(restored)).toEqual(written);
    expect([option, attribute(restored, option)]).toEqual([option, valueFor(option, field)]);
  }
});

test.each([...scheduleClasses])('%s with any option is restored from its config', (_, Class) => {
  for (const [option, field] of optionsOf(Class)) {
    const written = optimizers.schedules.serialize(create(Class, { [option]: valueFor(option, field) }));
    const restored = optimizers.schedules.deserialize(written);
    expect(restored).toBeInstanceOf(Class);
    expect(optimizers.schedules.serialize(restored)).toEqual(written);
    expect([option, attribute(restored, option)]).toEqual([option, valueFor(option, field)]);
  }
});

test.each([...optimizerClasses])('%s has its own name in configs and errors', (name, Class) => {
  expect(Object.getOwnPropertyDescriptor(Class, 'className')?.value).toBe(name);
  expect(() => create(Class, { momentums: 1 })).toThrow(`[${name}] unknown option "momentums".`);
});
