import { expect, test } from 'vitest';
import { Input, Layer, Model, type Value, jit, layers, ops, tensor, valueAndGrad } from 'evenkeel';
import { expectClose } from '../../support/close.ts';
import { expectSamePredictions } from '../../support/onnx-export.ts';
import { randomTensors } from '../../support/random-tensors.ts';

const random = randomTensors(31);

test('one program runs both branches, by its input', async () => {
  const run = jit((x: Value) =>
    ops.cond(
      ops.less(ops.sum(x), 0),
      () => ({ y: ops.negative(x), z: 1 }),
      () => ({ y: ops.sqrt(x), z: ops.max(x) }),
    ),
  );
  expect((await run([-4, 1])).y.toArray()).toEqual([4, -1]);
  const { y, z } = await run([4, 9]);
  expect([y.toArray(), z.item()]).toEqual([[2, 3], 9]);
});

test('a loop runs as often as its condition says, and its gradient is that of a scan', async () => {
  const newton = (limit: number | null) => (x: Value) => {
    const [root] = ops.whileLoop(
      (_, error) => ops.greater(error, 1e-6),
      (r) => {
        const next = ops.multiply(0.5, ops.add(r, ops.divide(x, r)));
        return [next, ops.max(ops.abs(ops.subtract(next, r)))];
      },
      [x, ops.multiply(ops.max(x), 1e3)],
      { maximumIterations: limit },
    );
    return root;
  };
  expectClose((await jit(newton(null))([2, 9])).data, [Math.SQRT2, 3], { rtol: 1e-6 });
  const { inputGradients } = await valueAndGrad((x: Value) => ops.sum(newton(20)(x)))([2, 9]);
  expectClose(inputGradients[0]!.data, [0.5 / Math.SQRT2, 1 / 6], { rtol: 1e-5 });
});

test('a gradient flows through branches in steps of a scan, on the engine', async () => {
  const loss = (branch: (p: Value, a: Value, b: Value) => Value) => (x: Value, w: Value) => {
    const [last] = ops.scan(
      (s, row) => {
        const next = branch(ops.less(ops.sum(row), 0), ops.tanh(ops.multiply(s, w)), ops.add(s, ops.multiply(row, w)));
        return [next, null];
      },
      ops.multiply(w, 0),
      x,
    );
    return ops.sum(ops.square(last));
  };
  const feeds = [random([6, 3]), random([3])] as const;
  const chosen = valueAndGrad(loss((p, a, b) => ops.cond(p, () => ops.multiply(a, 1), () => ops.multiply(b, 1)))); // prettier-ignore
  const masked = valueAndGrad(loss((p, a, b) => ops.where(p, a, b)));
  const [actual, expected] = [await chosen(...feeds), await masked(...feeds)];
  for (const [i, gradient] of expected.inputGradients.entries()) {
    expectClose(actual.inputGradients[i]!.data, gradient!.data, { rtol: 1e-5 });
  }
});

/** Chooses between two kernels by the sum of a row, and doubles rows until they are large. */
class Branching extends Layer {
  override built = true;
  override call(x: Value): Value {
    return ops.map((row) => {
      const chosen = ops.cond(ops.less(ops.sum(row), 0), () => ops.negative(row), () => ops.exp(row)); // prettier-ignore
      return ops.whileLoop((r) => ops.less(ops.max(r), 4), (r) => ops.add(ops.multiply(r, 2), 0.5), chosen); // prettier-ignore
    }, x);
  }
}

test('branches and loops in a model are exported for any batch', async () => {
  const x = Input({ shape: [4] });
  const model = new Model({ inputs: x, outputs: new layers.Dense(3).apply(new Branching().apply(x)) });
  const file = await expectSamePredictions(model, await model.toBytes('onnx'), [[4]]);
  const [scan] = file.graph.nodes.filter(({ opType }) => opType === 'Scan');
  const body = scan!.attributes['body']!;
  expect(body.type === 'graph' && body.value.nodes.map(({ opType }) => opType)).toEqual(
    expect.arrayContaining(['If', 'Loop']),
  );
});

test('a layer that a branch calls updates its state only if the branch runs', async () => {
  class Gate extends Layer {
    override built = true;
    readonly norm = new layers.BatchNormalization({ momentum: 0.5 });
    override call(x: Value, { training }: { training: boolean }): Value {
      return ops.cond(ops.less(0, ops.sum(x)), () => this.norm.apply(x, { training }), () => x); // prettier-ignore
    }
  }
  const gate = new Gate();
  const positive = tensor([[1, 3], [3, 5]]); // prettier-ignore
  await gate.apply(positive, { training: true });
  const moved = gate.norm.weights.map(({ value }) => Array.from(value.data));
  expect(moved[2]).toEqual([1, 2]);
  await gate.apply([[-1, -3], [-3, -5]], { training: true }); // prettier-ignore
  expect(gate.norm.weights.map(({ value }) => Array.from(value.data))).toEqual(moved);
});
