import { expect, test } from 'vitest';
import * as ek from '../../../../src/index.ts';
import type { Fields } from '../../../../src/keras/saving/fields.ts';

interface Class {
  readonly fields: Fields;
  new (...args: readonly unknown[]): object;
}

const rooms = {
  ...{ layers: ek.layers, optimizers: ek.optimizers, schedules: ek.optimizers.schedules, losses: ek.losses },
  ...{ metrics: ek.metrics, initializers: ek.initializers, regularizers: ek.regularizers },
  ...{ constraints: ek.constraints, callbacks: ek.callbacks },
};
const hasFields = (value: unknown): value is Class => typeof value === 'function' && 'fields' in value;
const classes = Object.entries(rooms).flatMap(([room, exports]) =>
  Object.entries(exports).flatMap(([name, made]: [string, unknown]) =>
    hasFields(made) ? [[`${room}.${name}`, made] as const] : [],
  ),
);

const values: readonly unknown[] = [
  ...[null, undefined, 'abc', '', 0, -1, 0.5, NaN, Infinity, 1e300, 2 ** 53, true, 1n, Symbol('s'), new Date(0)],
  ...[
    [],
    [[]],
    [null],
    {},
    { name: null },
    { class_name: 'constructor' },
    Object.create(null) as object,
    () => 1,
    new Map(),
  ],
];

/** Whether an error is one of the library, which names the class first, and not one of JavaScript. */
const isOurs = (error: unknown): boolean => error instanceof Error && error.message.startsWith('[');

test('every class accepts or refuses strange arguments, alone and as each option, with an error that names it', () => {
  expect(classes.length).toBeGreaterThan(150);
  const strange: string[] = [];
  for (const [name, made] of classes) {
    const options = Object.keys(made.fields);
    const calls = values.flatMap((value) => [[value], ...options.map((option) => [{ [option]: value }])]);
    for (const args of calls) {
      try {
        Reflect.construct(made, args);
      } catch (error) {
        if (!isOurs(error)) strange.push(`${name}(${Object.keys(args[0] ?? {}).join()}): ${String(error)}`);
      }
    }
  }
  expect(strange).toEqual([]);
});
