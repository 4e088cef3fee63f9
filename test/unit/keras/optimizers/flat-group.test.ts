import { expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import * as roster from '../../../../src/keras/optimizers/roster.ts';
import { lcg } from '../../../support/lcg.ts';
import { step } from './stepping.ts';

const SHAPES = [[3, 2], [2], [4], [2, 1, 3], [], [5], [1], [6]];

const numbers = (shape: readonly number[], seed: number): Tensor =>
  new Tensor(Float64Array.from(lcg(shape, seed)), shape);

const variables = (): readonly Variable[] =>
  SHAPES.map((shape, i) => new Variable(numbers(shape, i + 1), { name: `w${i}`, path: `layer/w${i}` }));

const gradients = (s: number): readonly Tensor[] => SHAPES.map((shape, i) => numbers(shape, 50 * s + i + 20));

/** The number of operators in a step of all variables. */
function operators(optimizer: optimizers.Optimizer, given: readonly Variable[]): number {
  const trace = new Trace();
  optimizer.applyIn(
    trace,
    gradients(1).map((gradient) => constant(gradient)),
    given,
  );
  return nodesOf({ inputs: [], outputs: [], updates: trace.updates }).length;
}

/** An optimizer whose step is not abstract. */
interface Concrete extends optimizers.Optimizer {
  step(input: optimizers.StepInput): optimizers.StepResult;
}

type OptimizerClass = (new (options: object) => Concrete) & { readonly elementwise: boolean };

const elementwise = Object.entries<OptimizerClass>(roster).filter(
  ([, { elementwise: isElementwise }]) => isElementwise,
);

/** The same arithmetic without the declaration that it is elementwise, which is not inherited. */
const withoutGroups = (Optimizer: OptimizerClass, options: object): optimizers.Optimizer =>
  new (class extends Optimizer {})(options);

test('the steps of Adam and its elementwise relatives are declared elementwise', () => {
  expect(elementwise.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'Adadelta',
      'Adagrad',
      'Adam',
      'AdamW',
      'Adamax',
      'Ftrl',
      'Lion',
      'Nadam',
      'RMSprop',
      'SGD',
    ]),
  );
});

test.each<[name: string, options: object]>([
  ...elementwise.map(([name]): [string, object] => [name, {}]),
  ['Adam', { amsgrad: true, clipnorm: 0.5, weightDecay: 0.01 }],
  ['AdamW', { useEma: true, emaOverwriteFrequency: 2 }],
  ['RMSprop', { momentum: 0.9, centered: true }],
  ['Ftrl', { l1RegularizationStrength: 0.01 }],
  ['SGD', { momentum: 0.9, nesterov: true }],
])('%s %o computes the same numbers for a group of variables as for each of them', (name, options) => {
  const [, Optimizer] = elementwise.find(([each]) => each === name)!;
  const [inGroups, oneByOne] = [variables(), variables()];
  const [flat, single] = [new Optimizer(options), withoutGroups(Optimizer, options)];
  flat.excludeFromWeightDecay({ varNames: ['w1'] });
  single.excludeFromWeightDecay({ varNames: ['w1'] });
  for (let s = 0; s < 3; s++) {
    step(flat, gradients(s), [...inGroups]);
    step(single, gradients(s), [...oneByOne]);
  }
  expect(inGroups.map(({ value }) => value.data)).toEqual(oneByOne.map(({ value }) => value.data));
  const states = [flat, single].map((optimizer) => optimizer.variables.map(({ value }) => value));
  expect(states[0]).toEqual(states[1]);
  expect(operators(new Optimizer(options), variables())).toBeLessThan(
    operators(withoutGroups(Optimizer, options), variables()),
  );
});

test('a group is moved variable by variable in a step in which one of them has no gradient', () => {
  const [given, expected] = [variables(), variables()];
  const [flat, single] = [new optimizers.Adam(), withoutGroups(optimizers.Adam, {})];
  const some = (s: number): (Tensor | null)[] =>
    gradients(s).map((gradient, i) => (i === 2 && s === 1 ? null : gradient));
  for (let s = 0; s < 3; s++) {
    step(flat, some(s), [...given]);
    step(single, some(s), [...expected]);
  }
  expect(given.map(({ value }) => value.data)).toEqual(expected.map(({ value }) => value.data));
  expect(flat.variables.map(({ value }) => value)).toEqual(single.variables.map(({ value }) => value));
});

test('a subclass that overrides the step of an elementwise optimizer gets every variable in its own shape', () => {
  const seen: unknown[] = [];
  class Watching extends optimizers.Adam {
    override step(input: Parameters<optimizers.Adam['step']>[0]): ReturnType<optimizers.Adam['step']> {
      seen.push(input.value.shape);
      return super.step(input);
    }
  }
  step(new Watching(), gradients(0), [...variables()]);
  expect(seen).toEqual(SHAPES);
});

const joined = (): { a: Variable; b: Variable; whole: Variable } => {
  const [a, b] = [new Variable(tensor([1, 2]), { name: 'a' }), new Variable(tensor([[3], [4]]), { name: 'b' })];
  return { a, b, whole: Variable.join([a, b], { name: 'whole', dtype: 'float32' }) };
};

test('joined variables keep their elements, and show what is written to the whole', () => {
  const { a, b, whole } = joined();
  expect(whole.value.toArray()).toEqual([1, 2, 3, 4]);
  const versions = [a.version, b.version];
  whole.commit(Float32Array.of(5, 6, 7, 8));
  expect([a.value.toArray(), b.value.toArray()]).toEqual([
    [5, 6],
    [[7], [8]],
  ]);
  expect([a.version, b.version]).toEqual(versions.map((version) => version + 1));
});

test('joined variables write into the whole, but not into a buffer that a program may be reading', () => {
  const { a, b, whole } = joined();
  const before = whole.buffer;
  const read = b.value;
  b.assign([[30], [40]]);
  expect(whole.value.toArray()).toEqual([1, 2, 30, 40]);
  expect([...before]).toEqual([1, 2, 3, 4]);
  expect(read.toArray()).toEqual([[3], [4]]);
  a.commit(Float32Array.of(10, 20));
  expect(whole.value.toArray()).toEqual([10, 20, 30, 40]);
  expect(a.buffer).toEqual(Float32Array.of(10, 20));
});
