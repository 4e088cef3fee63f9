import { expect, test } from 'vitest';
import { Tensor, tree } from 'evenkeel';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { loadGolden } from '../../../support/golden.ts';

/** The fields are described in test/golden/make/tree.py. */
interface Case {
  readonly name: string;
  readonly arguments: readonly unknown[];
  readonly fn?: string;
  readonly result?: unknown;
  readonly error?: string;
}

const functions: Readonly<Record<string, (...parts: readonly never[]) => unknown>> = {
  double: (value: number | null) => (value === null ? null : value * 2),
  sum: (...values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  length: (part: readonly unknown[]) => part.length,
  rank: (shape: readonly unknown[]) => shape.length,
  pairs: (part: unknown) => (Array.isArray(part) && part.length === 2 ? 'pair' : null),
  twos: (part: unknown) => (part === 2 ? 'two' : null),
  none: (part: unknown) => (part === 2 ? tree.MAP_TO_NONE : null),
};

type Fn = (...parts: readonly never[]) => unknown;
const calls: Readonly<Record<string, (args: readonly unknown[], fn: Fn) => unknown>> = {
  isNested: ([parts]) => (parts as readonly unknown[]).map((part) => tree.isNested(part)),
  flatten: ([structure]) => tree.flatten(structure),
  flattenWithPath: ([structure]) => tree.flattenWithPath(structure),
  packSequenceAs: ([structure, leaves]) => tree.packSequenceAs(structure, leaves as readonly unknown[]),
  mapStructure: (structures, fn) => tree.mapStructure(fn, ...structures),
  mapStructureUpTo: ([shallow, ...structures], fn) => tree.mapStructureUpTo(shallow, fn, ...structures),
  assertSameStructure: ([a, b]) => {
    tree.assertSameStructure(a, b);
    return null;
  },
  assertSamePaths: ([a, b]) => {
    tree.assertSamePaths(a, b);
    return null;
  },
  traverse: ([structure], fn) => tree.traverse(fn, structure),
  'traverse from the leaves': ([structure], fn) => tree.traverse(fn, structure, { topDown: false }),
  mapShapeStructure: ([structure], fn) => tree.mapShapeStructure(fn as never, structure),
};

const { cases } = loadGolden<Case>('tree');

test.each(cases.map((each, i) => [`tree.${each.name} of case ${i}`, each] as const))(
  '%s is that of Keras',
  (_, { name, arguments: args, fn = 'length', result, error }) => {
    const run = (): unknown => calls[name]!(args, functions[fn]!);
    if (error === undefined) expect(run()).toEqual(result);
    else expect(run).toThrow(expect.objectContaining({ name: error }) as Error);
  },
);

test('tensors, other objects and functions are leaves', () => {
  const [x, date] = [new Tensor(new Float32Array(2), [2]), new Date()];
  expect(tree.flatten({ x: [x], date })).toEqual([date, x]);
  expect([x, date, Math.sin].map((leaf) => tree.isNested(leaf))).toEqual([false, false, false]);
});

test('names that are whole numbers are sorted by value, and records keep the order of their names', () => {
  expect(tree.flatten({ 100: 'world', 6: 'hello' })).toEqual(['hello', 'world']);
  expect(Object.keys(tree.mapStructure((v) => v, { b: 1, a: 2 }) as object)).toEqual(['b', 'a']);
});

test.each<[string, () => unknown, string]>([
  [
    'a function that is none',
    () => tree.mapStructure(1 as never, [1]),
    '[tree.mapStructure] func must be a function. Received: func=1.',
  ],
  [
    'no structure',
    () => tree.mapStructure((v) => v),
    '[tree.mapStructure] there must be at least one structure. Received: none.',
  ],
  [
    'leaves that are no list',
    () => tree.packSequenceAs([1], 1 as never),
    '[tree.packSequenceAs] flatSequence must be a list. Received: flatSequence=1.',
  ],
  [
    'too many leaves',
    () => tree.packSequenceAs([1], [1, 2]),
    '[tree.packSequenceAs] flatSequence must have as many entries as the structure has leaves. Received: 2 for 1 leaves.',
  ],
  [
    'another nesting',
    () => tree.assertSameStructure([[1]], [1]),
    '[tree.assertSameStructure] the structures must be nested in the same way. Received: an array and a leaf at $[0].',
  ],
  [
    'other names',
    () => tree.assertSameStructure({ a: 1 }, { b: 1 }),
    '[tree.assertSameStructure] the structures must have the same entries. Received: ["a"] and ["b"] at $.',
  ],
  [
    'other paths',
    () => tree.assertSamePaths([1, { a: 1 }], [1]),
    '[tree.assertSamePaths] the structures must have the same paths. Received: $[1].a in the first alone.',
  ],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
});

test('assertSameStructure accepts checkTypes with a warning, as Keras does', () => {
  tree.assertSameStructure([1], ['x'], { checkTypes: null });
  tree.assertSameStructure([1], ['x'], { checkTypes: true });
  expectWarning('[tree.assertSameStructure] checkTypes has no effect, as in Keras. Omit it.');
  expect(() => tree.assertSameStructure([1], [[1]], { checkTypes: false })).toThrow('nested in the same way');
  expectWarning('tree.assertSamePaths is a looser check.');
  expect(() => tree.assertSameStructure(1, 2, { types: true } as never)).toThrow('unknown option "types"');
});
