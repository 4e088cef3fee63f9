import * as evenkeel from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { input } from '../../../src/compiler/graph/leaves.ts';

const rooms = {
  activations: evenkeel.activations,
  constraints: evenkeel.constraints,
  initializers: evenkeel.initializers,
  losses: evenkeel.losses,
  metrics: evenkeel.metrics,
  ops: evenkeel.ops,
  regularizers: evenkeel.regularizers,
} as const;

const odd = [
  ...[undefined, null, true, 0, 3, -1, 1.5, NaN, Infinity, 10n, '', 'same', 'x', Symbol('s'), () => 1],
  ...[[], [1.5], [[1]], [1, 2, 3, 4, 5], [null], ['x'], {}, new Map(), new Date(0)],
];
const options = [{ nope: 1 }, ...[null, 9, 1.5, 'x', [0, 0], [], [null], {}].map((axis) => ({ axis }))];

/** What users pass to a function: arrays of several ranks among arguments of wrong types. */
function* calls(): Generator<readonly unknown[]> {
  for (const shape of [[], [2, 3], [2, 3, 4, 1]]) {
    const x = input('x', shape, 'float32');
    for (const a of [...odd, ...options]) {
      // The second argument of `get` is the caller that errors name.
      yield* [
        [a],
        [a, x],
        [x, x, a],
        ...(typeof a === 'symbol'
          ? []
          : [
              [x, a],
              [x, a, { axis: a }],
            ]),
      ];
    }
  }
}

const isClass = (value: unknown): boolean => /^class\b/.test(String(value));

const functions = Object.entries(rooms).flatMap(([room, exported]) =>
  Object.entries(exported as Readonly<Record<string, unknown>>)
    .filter(([, value]) => typeof value === 'function' && !isClass(value))
    .map(([name, value]) => ({ name: `${room}.${name}`, run: value as (...args: readonly unknown[]) => unknown })),
);

describe('arguments of wrong types', () => {
  test('more than 240 functions are called with odd arguments', () => {
    expect(functions.length).toBeGreaterThan(240);
  });

  test.each(functions)('$name accepts odd arguments, or refuses them by an error that names the caller', ({ run }) => {
    const foreign = new Set<string>();
    for (const args of calls()) {
      try {
        run(...args);
      } catch (error) {
        const { name, message } = error as Error;
        if (!message.startsWith('[')) foreign.add(`${name}: ${message}`);
      }
    }
    expect([...foreign]).toEqual([]);
  });
});
