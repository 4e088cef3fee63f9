import { describe, expect, test } from 'vitest';
import { Input, Model, type Value, ops, tensor } from 'evenkeel';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Shape } from '../../../../src/core/shape.ts';
import { predictByReference } from '../../../support/predict-by-reference.ts';

const float = (shape: Shape): Value => input('x', shape, 'float32');
const int = (): Value => input('i', [], 'int32');
const shapesOf = (values: readonly Value[]): readonly Shape[] => values.map(({ shape }) => shape);

describe('a free length', () => {
  const x = float([null, 3]);

  test('is that of the outputs of scan and map', () => {
    const [sum, all] = ops.scan((s, e) => [ops.add(s, e), ops.sum(e)], [0, 0, 0], x);
    expect(shapesOf([sum, all])).toEqual([[3], [null]]);
    expect(ops.map((e) => ops.sum(e), x).shape).toEqual([null]);
    expect(ops.vectorizedMap((e) => ops.outer(e, e), x).shape).toEqual([null, 3, 3]);
  });

  test('is scanned one by one by associativeScan', () => {
    expect(ops.associativeScan((a, b) => ops.add(a, b), x).shape).toEqual([null, 3]);
    expect(ops.associativeScan((a, b) => ops.add(a, b), float([2, null, 3]), { axis: 1 }).shape).toEqual([2, null, 3]);
  });
});

describe('a plain number', () => {
  test('as an initial state adopts the type that a step returns', () => {
    expect(ops.foriLoop(0, 3, (i, s) => ops.add(s, i), 0).dtype).toBe('float32');
    expect(ops.foriLoop(0, 3, (i) => i, 0).dtype).toBe('int32');
    const [last] = ops.whileLoop((i) => ops.less(i, 3), (i, n) => [ops.add(i, 1), n], [0, int()]); // prettier-ignore
    expect(last.dtype).toBe('float32');
  });

  test('in the second branch adopts the type of the first', () => {
    const predicate = ops.less(float([]), 0);
    expect(ops.cond(predicate, () => int(), () => 0).dtype).toBe('int32'); // prettier-ignore
  });
});

describe('symbolic tensors', () => {
  const i = Input({ shape: [3] });
  const rows = [[1, 2, 3], [4, 5, 6]]; // prettier-ignore
  const compute = (outputs: unknown): readonly unknown[] => {
    const results = Array.isArray(outputs) ? (outputs as readonly unknown[]) : [outputs];
    const model = new Model({ inputs: i, outputs: results as never });
    return predictByReference(model, [tensor(rows)]);
  };

  test('are scanned, in any structure', () => {
    const [carry, ys] = ops.scan((s, e) => [ops.add(s, e), { y: [ops.multiply(e, 2)] }], [0, 0, 0], i);
    expect([carry.shape, ys.y[0].shape]).toEqual([[3], [null, 3]]);
    expect(ops.map((e) => ops.sum(e), i).shape).toEqual([null]);
    expect(ops.associativeScan((a, b) => ops.add(a, b), i, { axis: 1 }).shape).toEqual([null, 3]);
  });

  test('choose branches and bound loops', () => {
    const total = ops.sum(i);
    const chosen = ops.cond(ops.less(total, 0), () => ops.zeros([2]), () => ops.ones([2])); // prettier-ignore
    expect(chosen.shape).toEqual([2]);
    expect(ops.switch(1, [(x) => x, (x) => ops.sum(x)], i).shape).toEqual([]);
    expect(ops.whileLoop((x) => ops.less(ops.sum(x), 9), (x) => ops.add(x, x), i).shape).toEqual([null, 3]); // prettier-ignore
    expect(ops.foriLoop(0, ops.cast(total, 'int32'), (_, s) => ops.add(s, 1), 0).shape).toEqual([]);
  });

  test('are computed by a model, whose config cannot hold the functions', () => {
    const doubled = ops.map((row) => ops.multiply(row, 2), i);
    expect(compute(doubled)).toMatchObject([{ data: Float32Array.of(2, 4, 6, 8, 10, 12) }]);
    const model = new Model({ inputs: i, outputs: doubled });
    expect(() => model.getConfig()).toThrowErrorMatchingInlineSnapshot(
      `[NotImplementedError: [Map map_1] a config cannot hold the functions that ops.map calls. Received: a model with such a call. Call it in a custom layer.]`,
    );
  });

  test('around a function are refused', () => {
    expect(() => ops.map(() => i as never, float([2]))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: [ops.map] a function must compute with the values that it receives, not with symbolic tensors around it. Received: KerasTensor(shape=[null, 3], dtype=float32, name=input_layer). Pass it as an operand.]`,
    );
  });

  test('are rearranged, and a config holds the sizes of axes', () => {
    const y = ops.rearrange(i, 'b (h w) -> b w h', { h: 3 });
    expect(y.shape).toEqual([null, 1, 3]);
    const model = new Model({ inputs: i, outputs: y });
    const again = Model.fromConfig(model.getConfig());
    expect(again.outputs[0]!.shape).toEqual([null, 1, 3]);
  });
});

describe('refusals', () => {
  const x = float([3]);
  test.each<[string, () => unknown, string]>([
    [
      'scan without a function',
      () => ops.scan(1 as never, 0, x),
      'TypeError: [ops.scan] f must be a function. Received: f=1.',
    ],
    [
      'scan without a length',
      () => ops.scan((s) => [s, s], 0, null),
      'ValueError: [ops.scan] length must be given where xs is null. Received: length=null.',
    ],
    [
      'scan of other lengths',
      () => ops.scan((s) => [s, s], 0, [x, float([4])]),
      'ValueError: [ops.scan] all operands in xs must have the same size of the first axis, which is length if that is given. Received: shapes [3], [4], length=null.',
    ],
    [
      'scan of another length',
      () => ops.scan((s) => [s, s], 0, x, { length: 4 }),
      'ValueError: [ops.scan] all operands in xs must have the same size of the first axis, which is length if that is given. Received: shapes [3], length=4.',
    ],
    [
      'scan without a pair',
      () => ops.scan((s) => s as never, 0, x),
      'TypeError: [ops.scan] the function must return the new carry and an output, [carry, y]. Received: Value(shape=[], dtype=float32) without elements (await evaluate(value) computes them).',
    ],
    [
      'scan of another structure',
      () => ops.scan((s, e) => [[s, s], e], 0, x),
      'ValueError: [ops.scan] the function must return states of the structure that it receives. Received: [true,true] instead of true, where true stands for an operand.',
    ],
    [
      'scan of another shape',
      () => ops.scan((_s, e) => [x, e], 0, x),
      'ValueError: [ops.scan] a state must keep its shape []. Received: a new state of shape [3].',
    ],
    [
      'scan of another dtype',
      () => ops.scan((s, e) => [ops.cast(s, 'int32'), e], ops.sum(x), x),
      'ValueError: [ops.scan] a state must keep its dtype float32. Received: a new state of dtype int32. Cast it.',
    ],
    [
      'scan with an unknown option',
      () => ops.scan((s, e) => [s, e], 0, x, { revers: true } as never),
      'TypeError: [ops.scan] unknown option "revers". Did you mean "reverse"?',
    ],
    [
      'scan with unroll=0',
      () => ops.scan((s, e) => [s, e], 0, x, { unroll: 0 }),
      'TypeError: [ops.scan] unroll must be an integer ≥ 1. Received: unroll=0.',
    ],
    [
      'scan of text',
      () => ops.scan((s, e) => [s as never, e], 'a', x),
      'TypeError: [ops.scan] init must be numbers, tensors, values, or arrays and records of them. Received: "a".',
    ],
    [
      'map of nothing',
      () => ops.map((e) => e, null),
      'ValueError: [ops.map] xs must contain at least one operand. Received: null.',
    ],
    [
      'associativeScan of other sizes',
      () => ops.associativeScan((a) => a, [x, float([4])]),
      'ValueError: [ops.associativeScan] all operands in elems must have the same size of the axis. Received: shapes [3], [4].',
    ],
    [
      'associativeScan to another shape',
      () => ops.associativeScan((a) => ops.sum(a), x),
      'ValueError: [ops.associativeScan] a combination must keep its shape [1]. Received: a new combination of shape [].',
    ],
    [
      'whileLoop with a vector as its condition',
      () =>
        ops.whileLoop(
          () => x,
          (a) => a,
          x,
        ),
      'ValueError: [ops.whileLoop] the condition must be a boolean scalar. Received: float32[3].',
    ],
    [
      'whileLoop without loop variables',
      () =>
        ops.whileLoop(
          () => true,
          () => [],
          [],
        ),
      'ValueError: [ops.whileLoop] there must be at least one loop variable. Received: [].',
    ],
    [
      'whileLoop with a negative limit',
      () =>
        ops.whileLoop(
          () => true,
          (a) => a,
          x,
          { maximumIterations: -1 },
        ),
      'TypeError: [ops.whileLoop] maximumIterations must be an integer ≥ 0. Received: maximumIterations=-1.',
    ],
    [
      'foriLoop from 0.5',
      () => ops.foriLoop(0.5, 3, (_, s) => s, x),
      'TypeError: [ops.foriLoop] lower must be an integer ≥ -2147483648. Received: lower=0.5.',
    ],
    [
      'foriLoop to a float',
      () => ops.foriLoop(0, ops.sum(x), (_, s) => s, x),
      'ValueError: [ops.foriLoop] upper must be an integer scalar. Received: upper=Value(shape=[], dtype=float32) without elements (await evaluate(value) computes them), float32[].',
    ],
    [
      'cond of a vector',
      () =>
        ops.cond(
          x,
          () => x,
          () => x,
        ),
      'ValueError: [ops.cond] pred must be a boolean scalar. Received: float32[3].',
    ],
    [
      'cond of a string',
      () =>
        ops.cond(
          'yes' as never,
          () => x,
          () => x,
        ),
      'TypeError: [ops.cond] pred must be numbers, tensors, values, or arrays and records of them. Received: "yes".',
    ],
    [
      'cond of other shapes',
      () =>
        ops.cond(
          ops.less(ops.sum(x), 0),
          () => x,
          () => ops.sum(x),
        ),
      'ValueError: [ops.cond] all branches must return results of the same shapes and dtypes. Received: float32[3] and float32[].',
    ],
    [
      'cond of other structures',
      () =>
        ops.cond(
          ops.less(ops.sum(x), 0),
          () => x,
          () => [x],
        ),
      'ValueError: [ops.cond] all branches must return results of one structure. Received: true and [true], where true stands for an operand.',
    ],
    [
      'switch without branches',
      () => ops.switch(0, []),
      'ValueError: [ops.switch] branches must be a list of at least one function. Received: [].',
    ],
    [
      'switch by 0.5',
      () => ops.switch(0.5, [() => x, () => x]),
      'ValueError: [ops.switch] index must be an integer scalar. Received: index=0.5, float32[].',
    ],
    [
      'jvp of other structures',
      () => ops.jvp((a) => a, [x], [[x]]),
      'ValueError: [ops.jvp] tangents must have the structure of primals. Received: [[true]] and [true], where true stands for an operand.',
    ],
    [
      'jvp of other shapes',
      () => ops.jvp((a) => a, [x], [float([4])]),
      'ValueError: [ops.jvp] a tangent must have the shape of its primal. Received: shape [4] for [3].',
    ],
    [
      'jvp of integers',
      () => ops.jvp((a) => a, [int()], [int()]),
      'ValueError: [ops.jvp] primals must be floating-point numbers. Received: int32. Cast them.',
    ],
    [
      'jvp of no list',
      () => ops.jvp((a) => a, x as never, [x]),
      'TypeError: [ops.jvp] primals must be a list of arguments. Received: primals=Value(shape=[3], dtype=float32) without elements (await evaluate(value) computes them).',
    ],
    [
      'jvp without a second result',
      () => ops.jvp((a: Value) => a as never, [x], [x], { hasAux: true }),
      'TypeError: [ops.jvp] with hasAux, the function must return a pair. Received: Value(shape=[3], dtype=float32) without elements (await evaluate(value) computes them).',
    ],
    [
      'rearrange without an arrow',
      () => ops.rearrange(x, 'a'),
      'ValueError: [ops.rearrange] pattern must have the form "a b -> b a". Received: pattern="a".',
    ],
    [
      'rearrange of another rank',
      () => ops.rearrange(x, 'a b -> b a'),
      'ValueError: [ops.rearrange] pattern must name each axis of the tensor. Received: pattern="a b -> b a" for shape [3].',
    ],
    [
      'rearrange of other names',
      () => ops.rearrange(x, 'a -> b'),
      'ValueError: [ops.rearrange] both sides of a pattern must name the same axes. Received: pattern="a -> b", with "a" on one side.',
    ],
    [
      'rearrange without sizes',
      () => ops.rearrange(x, '(a b) -> a b'),
      'ValueError: [ops.rearrange] all sizes of a group but one must be given. Received: pattern="(a b) -> a b" without the sizes of "a" and "b".',
    ],
    [
      'rearrange of no factor',
      () => ops.rearrange(x, '(a b) -> a b', { a: 2 }),
      'ValueError: [ops.rearrange] an axis must be the product of its factors. Received: (a b) with a product of 2, for axis 0 of shape [3].',
    ],
    [
      'rearrange with a repeated name',
      () => ops.rearrange(float([2, 2]), 'a a -> a'),
      'ValueError: [ops.rearrange] a name must occur once on each side. Received: pattern="a a -> a", with "a" twice.',
    ],
    [
      'rearrange with an unknown name',
      () => ops.rearrange(x, 'a -> a', { c: 2 }),
      'ValueError: [ops.rearrange] axesLengths must have integers ≥ 1 for names in the pattern. Received: c=2, pattern="a -> a".',
    ],
    [
      'rearrange with a sign',
      () => ops.rearrange(x, 'a+ -> a'),
      'ValueError: [ops.rearrange] pattern must consist of names, "...", and groups in parentheses. Received: pattern="a+ -> a".',
    ],
    [
      'vectorize of another signature',
      () => ops.vectorize((a) => a, { signature: '(n' }),
      'ValueError: [ops.vectorize] signature must have the form "(m,n),(n)->(m)". Received: "(n".',
    ],
    [
      'vectorize of a scalar with an axis',
      () => ops.vectorize((a) => a, { signature: '(n)->(n)' })(1),
      'ValueError: [ops.vectorize] an argument must have the axes that the signature names, (n). Received: shape [].',
    ],
    [
      'vectorize of sizes that differ',
      () => ops.vectorize((a) => a, { signature: '(n),(n)->(n)' })(x, float([4])),
      'ValueError: [ops.vectorize] axes of one name must have one size. Received: n of 3 and 4.',
    ],
    [
      'vectorize of shapes that do not broadcast',
      () => ops.vectorize((a) => a)(x, float([4])),
      'ValueError: [ops.vectorize] the leading axes of the arguments must broadcast. Received: [3] and [4].',
    ],
    [
      'vectorize of another result',
      () => ops.vectorize((a) => a, { signature: '(n)->()' })(x),
      'ValueError: [ops.vectorize] a result must have the axes that the signature names, (). Received: shape [3].',
    ],
    [
      'vectorize of too few results',
      () => ops.vectorize((a) => a, { signature: '()->(),()' })(x),
      'ValueError: [ops.vectorize] the function must return 2 values, as its signature says. Received: 1.',
    ],
    [
      'vectorize of too few arguments',
      () => ops.vectorize((a) => a, { signature: '(),()->()' })(x),
      'ValueError: [ops.vectorize] there must be one argument for each list of the signature. Received: 1 arguments for 2 lists.',
    ],
    [
      'vectorize without -1',
      () => ops.vectorize((a) => a, { excluded: [-1] }),
      'ValueError: [ops.vectorize] excluded must be positions ≥ 0 of arguments. Received: -1.',
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message.slice(message.indexOf('[')));
    expect(run).toThrow(expect.objectContaining({ name: message.slice(0, message.indexOf(':')) }) as Error);
  });
});

test('a gradient flows through a loop whose bounds are constants, and not through one without a limit', () => {
  const x = float([2]);
  const loss = ops.sum(ops.foriLoop(0, 3, (i, s) => ops.multiply(s, ops.add(x, i)), x));
  expect(gradients(loss, [x])[0]!.shape).toEqual([2]);
  const open = ops.sum(ops.whileLoop((s) => ops.less(ops.sum(s), 9), (s) => ops.add(s, x), x)); // prettier-ignore
  expect(() => gradients(open, [x])).toThrow('a loop must have a maximum number of rounds');
});

test('rearrange keeps other axes with an ellipsis, and adds axes of size 1', () => {
  expect(ops.rearrange(float([2, 3, 4]), '... c -> c ...').shape).toEqual([4, 2, 3]);
  expect(ops.rearrange(float([2, 3]), 'a b -> a 1 b').shape).toEqual([2, 1, 3]);
  expect(ops.rearrange(float([2, 1, 3]), 'a 1 b -> (a b)').shape).toEqual([6]);
  expect(ops.rearrange(float([null, 6]), 'n (a b) -> b n a', { a: 2 }).shape).toEqual([3, null, 2]);
});
