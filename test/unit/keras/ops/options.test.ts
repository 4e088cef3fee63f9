import { expect, expectTypeOf, test } from 'vitest';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import type * as activations from '../../../../src/keras/activations/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const image = input('x', [1, 4, 4, 2], 'float32');
const kernel = input('k', [2, 2, 2, 3], 'float32');

test.for<[what: string, run: () => unknown, message: string]>([
  [
    'an axis by position',
    () => ops.sum(image, 0 as never),
    '[ops.sum] options must be an object. Received: 0. Name it: x, { axis: 0 }.',
  ],
  [
    'an axis by position after indices',
    () => ops.take(image, [0], 1 as never),
    '[ops.take] options must be an object. Received: 1. Name it: x, indices, { axis: 1 }.',
  ],
  [
    'a list by position',
    () => ops.transpose(image, [0, 3, 1, 2] as never),
    '[ops.transpose] options must be an object. Received: [0, 3, 1, 2]. Name it: x, { axes: [0, 3, 1, 2] }.',
  ],
  [
    'a further operand',
    () => (ops.add as (...x: readonly unknown[]) => unknown)(image, image, 3),
    '[ops.add] accepts (x1, x2). Received: a further argument 3.',
  ],
  [
    'an argument after the options',
    () => (ops.sum as (...x: readonly unknown[]) => unknown)(image, { axis: 0 }, true),
    '[ops.sum] accepts (x, options). Received: a further argument true.',
  ],
  [
    'an unknown option',
    () => ops.mean(image, { axes: 0 } as never),
    '[ops.mean] unknown option "axes". Did you mean "axis"?',
  ],
  [
    'keepDims for keepdims',
    () => ops.moments(image, 0, { keepDims: true } as never),
    '[ops.moments] unknown option "keepDims". Did you mean "keepdims"?',
  ],
  [
    'an unknown padding',
    () => ops.conv(image, kernel, { padding: 'full' as never }),
    '[ops.conv] padding must be one of "valid", "same". Received: padding="full".',
  ],
  [
    'an unknown data format',
    () => ops.maxPool(image, 2, { dataFormat: 'last' as never }),
    '[ops.maxPool] dataFormat must be one of "channels_last", "channels_first". Received: dataFormat="last".',
  ],
  [
    'a kernel of another rank',
    () => ops.conv(image, input('k', [2, 2, 3], 'float32')),
    '[ops.conv] the kernel must have the rank of the inputs, 4: […spatial, in / groups, out]. Received: kernel of shape [2, 2, 3].',
  ],
])('ops refuse %s', ([, run, message]) => {
  expect(run).toThrow(expect.objectContaining({ message }));
});

/** The types of the optional parameters. */
type OptionalOf<P extends readonly unknown[]> = number extends P['length']
  ? never
  : P extends readonly []
    ? never
    : P extends readonly [unknown, ...infer Rest]
      ? OptionalOf<Rest>
      : P extends readonly [_?: infer First, ...rest: infer Rest]
        ? Exclude<First, undefined> | OptionalOf<Rest>
        : never;

/** The functions that have an optional parameter other than an object of options. */
type OutsideOptions<Room> = {
  [Name in keyof Room]: Room[Name] extends (...args: infer P) => unknown
    ? [Extract<OptionalOf<P>, number | string | boolean | readonly unknown[]>] extends [never]
      ? never
      : Name
    : never;
}[keyof Room];

test('the optional arguments of every function of ops are fields of an object', () => {
  expectTypeOf<OutsideOptions<{ f: (x: Value, axis?: number) => Value }>>().toEqualTypeOf<'f'>();
  expectTypeOf<OutsideOptions<{ f: (x: Value, options?: { axis: number }) => Value }>>().toEqualTypeOf<never>();
  expectTypeOf<OutsideOptions<typeof ops>>().toEqualTypeOf<never>();
  expectTypeOf<OutsideOptions<Omit<typeof activations, 'get' | 'deserialize'>>>().toEqualTypeOf<never>();
});
