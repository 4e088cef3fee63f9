import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { Variable } from '../../../../src/compiler/graph/variable.ts';
import type { Value } from '../../../../src/compiler/graph/value.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { lcg } from '../../../support/lcg.ts';
import { step } from './stepping.ts';

const SHAPES = [[3, 2], [2], [4], [2, 1, 3], [], [5], [1]];

const numbers = (shape: readonly number[], seed: number): Tensor =>
  new Tensor(Float64Array.from(lcg(shape, seed)), shape);

const variables = (): readonly Variable[] =>
  SHAPES.map((shape, i) => new Variable(numbers(shape, i + 1), { name: `w${i}`, path: `layer/w${i}` }));

const gradients = (s: number): readonly Tensor[] => SHAPES.map((shape, i) => numbers(shape, 50 * s + i + 20));

/** How many operators a step of all variables takes. */
function operators(optimizer: optimizers.Optimizer, given: readonly Variable[]): number {
  const trace = new Trace();
  optimizer.apply(
    trace,
    gradients(1).map((gradient) => constant(gradient)),
    given,
  );
  return nodesOf({ inputs: [], outputs: [], updates: trace.updates }).length;
}

/** The same arithmetic, which no class of the user's is moved together by. */
const apart = (make: () => optimizers.Optimizer): optimizers.Optimizer => {
  const optimizer = make();
  Object.defineProperty(optimizer, 'movesElements', { value: false });
  return optimizer;
};

describe('small variables that are moved together', () => {
  test.for<[what: string, make: () => optimizers.Optimizer]>([
    ['Adam', () => new optimizers.Adam()],
    [
      'Adam with amsgrad, clipping and a decay',
      () => new optimizers.Adam({ amsgrad: true, clipnorm: 0.5, weightDecay: 0.01 }),
    ],
    ['AdamW with averages', () => new optimizers.AdamW({ useEma: true, emaOverwriteFrequency: 2 })],
    ['RMSprop', () => new optimizers.RMSprop({ momentum: 0.9, centered: true })],
    ['Adagrad', () => new optimizers.Adagrad()],
    ['Adadelta', () => new optimizers.Adadelta()],
    ['Adamax', () => new optimizers.Adamax()],
    ['Nadam', () => new optimizers.Nadam()],
    ['Ftrl', () => new optimizers.Ftrl({ l1RegularizationStrength: 0.01 })],
    ['Lion', () => new optimizers.Lion()],
  ])('go where they go one by one: %s', ([, make]) => {
    const [together, oneByOne] = [variables(), variables()];
    const [flat, single] = [make(), apart(make)];
    flat.excludeFromWeightDecay({ varNames: ['w1'] });
    single.excludeFromWeightDecay({ varNames: ['w1'] });
    for (let s = 0; s < 3; s++) {
      step(flat, gradients(s), [...together]);
      step(single, gradients(s), [...oneByOne]);
    }
    expect(together.map(({ value }) => value.data)).toEqual(oneByOne.map(({ value }) => value.data));
    const states = [flat, single].map((optimizer) => optimizer.variables.map(({ value }) => value));
    expect(states[0]).toEqual(states[1]);
    expect(operators(make(), variables())).toBeLessThan(operators(apart(make), variables()));
  });

  test('are moved one by one where not all of them have a gradient', () => {
    const [given, expected] = [variables(), variables()];
    const [flat, single] = [new optimizers.Adam(), apart(() => new optimizers.Adam())];
    const some = (s: number): (Tensor | null)[] =>
      gradients(s).map((gradient, i) => (i === 2 && s === 1 ? null : gradient));
    for (let s = 0; s < 3; s++) {
      step(flat, some(s), [...given]);
      step(single, some(s), [...expected]);
    }
    expect(given.map(({ value }) => value.data)).toEqual(expected.map(({ value }) => value.data));
    expect(flat.variables.map(({ value }) => value)).toEqual(single.variables.map(({ value }) => value));
  });

  test('are not those of a class that extends an optimizer, which may look at whole variables', () => {
    const seen: string[] = [];
    class Watching extends optimizers.Adam {
      protected override updateStep(gradient: Value, value: Value, given: optimizers.UpdateStep): Value {
        seen.push(given.variable.name);
        return super.updateStep(gradient, value, given);
      }
    }
    step(new Watching(), gradients(0), [...variables()]);
    expect(seen).toEqual(['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6']);
  });
});

describe('variables that are joined', () => {
  const joined = (): { a: Variable; b: Variable; whole: Variable } => {
    const [a, b] = [new Variable(tensor([1, 2]), { name: 'a' }), new Variable(tensor([[3], [4]]), { name: 'b' })];
    return { a, b, whole: Variable.join([a, b], { name: 'whole', dtype: 'float32' }) };
  };

  test('keep their elements, and show what is written to the whole', () => {
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

  test('write into the whole, but not into what a program may be reading', () => {
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
});
