import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../../src/core/shape.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { initialState, input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { BatchNormalization, Dense, Layer } from '../../../../src/keras/layers/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { Program, jit, valueAndGrad } from '../../../../src/compiler/program/index.ts';

describe('jit', () => {
  test('compiles once per signature of its inputs', async () => {
    let traces = 0;
    const f = jit((x: Value) => {
      traces++;
      return ops.square(x);
    });
    expect((await f([1, 2])).toArray()).toEqual([1, 4]);
    expect((await f([3, 4])).toArray()).toEqual([9, 16]);
    expect(traces).toBe(1);
    expect((await f([[2]])).toArray()).toEqual([[4]]);
    expect(traces).toBe(2);
  });

  test('returns arrays and records of tensors', async () => {
    const f = jit((x: Value) => ({ twice: ops.add(x, x), both: [x, ops.negative(x)] as const }));
    const { twice, both } = await f([1, -2]);
    expect(twice.toArray()).toEqual([2, -4]);
    expect(both.map((each) => each.toArray())).toEqual([[1, -2], [-1, 2]]); // prettier-ignore
  });

  test('returns inputs, constants and repeated values', async () => {
    const f = jit((x: Value) => [x, ops.fullLike(x, 5), x] as const);
    expect((await f([1, 2])).map((each) => each.toArray())).toEqual([[1, 2], [5, 5], [1, 2]]); // prettier-ignore
  });

  test('compiles again after a layer inside has been frozen', async () => {
    const bn = new BatchNormalization();
    const f = jit((x: Value) => bn.apply(x, { training: true }));
    const trained = await f([[1], [3]]);
    bn.trainable = false;
    const frozen = await f([[1], [3]]);
    expect(frozen.toArray()).not.toEqual(trained.toArray());
  });

  test('throws if the function returns a promise', async () => {
    const dense = new Dense(1);
    const f = jit(() => dense.apply([[1]]) as unknown as Value);
    await expect(f()).rejects.toThrow(
      '[jit] the function must return symbolic values, not a promise. Received: a promise. Layers return one when they are called with arrays; call them with the arguments of the function.',
    );
  });
});

describe('valueAndGrad', () => {
  test('returns null if the result does not depend on an input', async () => {
    const unused = new Variable(tensor([1, 2]), { name: 'unused' });
    const step = valueAndGrad((x: Value, y: Value) => ops.sum(ops.multiply(x, ops.stopGradient(y))), {
      variables: [unused],
    });
    const { value, inputGradients, variableGradients } = await step([1, 2], [3, 4]);
    expect(value.item()).toBe(11);
    expect(inputGradients.map((gradient) => gradient?.toArray() ?? null)).toEqual([[3, 4], null]);
    expect(variableGradients).toEqual([null]);
  });

  test('applies the updates of layers and differentiates with respect to their weights', async () => {
    const bn = new BatchNormalization({ momentum: 0 });
    bn.build([null, 1]);
    const step = valueAndGrad((x: Value, dy: Value) => ops.sum(ops.multiply(bn.apply(x, { training: true }), dy)), {
      variables: bn.trainableWeights,
    });
    const { variableGradients } = await step([[1], [3]], [[1], [2]]);
    expect(bn.movingMean.value.toArray()).toEqual([2]);
    expect(variableGradients[1]!.toArray()).toEqual([3]);
  });

  test('throws if the result is not a scalar', async () => {
    const step = valueAndGrad((x: Value) => x);
    await expect(step([1, 2])).rejects.toThrow(
      '[valueAndGrad] the function must return one scalar. Received: shape [2]; reduce it with ops.sum or ops.mean.',
    );
  });
});

describe('a program', () => {
  test('alternates between two buffers, so that values read earlier do not change', async () => {
    const counter = new Variable(tensor([0, 0]), { name: 'counter' });
    const x = input('x', [2], 'float32');
    const program = new Program({
      inputs: [x],
      outputs: [],
      updates: [{ variable: counter, value: ops.add(initialState(counter), x) }],
    });
    const seen = [];
    for (let i = 0; i < 4; i++) {
      seen.push(counter.value);
      await program.run([tensor([1, 2])]);
    }
    expect(seen.map((value) => value.toArray())).toEqual([[0, 0], [1, 2], [2, 4], [3, 6]]); // prettier-ignore
    expect(counter.value.toArray()).toEqual([4, 8]);
  });

  test('keeps the state of many small variables of all shapes and dtypes apart', async () => {
    const shapes: readonly (readonly number[])[] = [[2], [], [1, 3], [70, 70], [2, 0]];
    const dtypes = ['float32', 'int32', 'float64', 'bool'] as const;
    const variables = dtypes.flatMap((dtype, d) =>
      shapes.map((shape, i) => {
        const name = `${dtype}_${i}`;
        return new Variable(tensor(new Float64Array(sizeOf(shape)).fill(d === 3 ? i % 2 : 10 * d + i), shape, dtype), {
          name,
        });
      }),
    );
    const next = (variable: Variable): Value => {
      const state = initialState(variable);
      return variable.dtype === 'bool' ? ops.logicalNot(state) : ops.add(state, ops.cast(1, variable.dtype));
    };
    const updates = variables.map((variable) => ({ variable, value: next(variable) }));
    const total = ops.sum(initialState(variables[0]!));
    const program = new Program({ inputs: [], outputs: [total, updates[1]!.value], updates });
    const before = variables.map((variable) => variable.value);
    const [sum, second] = await program.run([]);
    variables[2]!.assign([[7, 8, 9]]);
    await program.run([]);
    expect([sum!.item(), second!.item()]).toEqual([0, 2]);
    const expected = before.map(({ data, dtype }) => [...data].map((x) => (dtype === 'bool' ? x : x + 2)));
    expected[2] = [8, 9, 10];
    expect(variables.map(({ value }) => [...value.data])).toEqual(expected);
  });

  test('executes concurrent runs one after another', async () => {
    const counter = new Variable(tensor(0), { name: 'counter' });
    const next = ops.add(initialState(counter), 1);
    const program = new Program({ inputs: [], outputs: [next], updates: [{ variable: counter, value: next }] });
    const results = await Promise.all([program.run([]), program.run([]), program.run([])]);
    expect(results.map(([output]) => output!.item())).toEqual([1, 2, 3]);
  });

  test('with frozen variables is rebuilt after they have changed', async () => {
    const w = new Variable(tensor([2]), { name: 'w' });
    const x = input('x', [1], 'float32');
    const program = new Program({ inputs: [x], outputs: [ops.multiply(x, w)], updates: [] }, { freezeVariables: true });
    expect((await program.run([tensor([3])]))[0]!.toArray()).toEqual([6]);
    w.assign([5]);
    expect((await program.run([tensor([3])]))[0]!.toArray()).toEqual([15]);
  });

  test('that the engine cannot run names the layer and does not change the state', async () => {
    class Pick extends Layer {
      static override readonly className = 'Pick';
      seen = new Variable(tensor(0), { name: 'seen' });
      override call(x: Value): Value {
        return ops.take(x, [9], { axis: 0 });
      }
    }
    const layer = new Pick({ name: 'pick_ninth' });
    await expect(layer.apply([1, 2, 3])).rejects.toThrow(/the engine failed.*\(in pick_ninth\)$/s);
    expect(layer.seen.value.item()).toBe(0);
  });
});
