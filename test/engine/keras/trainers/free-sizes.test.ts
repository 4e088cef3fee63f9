import { describe, expect, test } from 'vitest';
import { poolOf, releaseSessions } from '../../../../src/compiler/program/session-pool.ts';
import { jit } from '../../../../src/compiler/program/index.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Model, Sequential } from '../../../../src/keras/models/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { clearSession } from '../../../../src/keras/utils/index.ts';
import { expectClose } from '../../../support/close.ts';
import { layerCases } from '../../../support/export-cases.ts';
import { lcg } from '../../../support/lcg.ts';

const random = (shape: readonly number[], seed: number): Tensor => new Tensor(lcg(shape, seed), shape);
const sessions = async (): Promise<number> => poolOf(await loadRuntime()).size;
const labels = (rows: number): Tensor =>
  new Tensor(
    Int32Array.from({ length: rows }, (_, i) => i % 3),
    [rows],
  );

function image(): Sequential {
  return new Sequential([
    Input({ shape: [8, 8, 3] }),
    new layers.Conv2D(16, 3, { padding: 'same', kernelRegularizer: 'l2' }),
    new layers.BatchNormalization(),
    new layers.ReLU(),
    new layers.MaxPooling2D(),
    new layers.Conv2D(8, 3, { strides: 2 }),
    new layers.GroupNormalization({ groups: 4 }),
    new layers.Flatten(),
    new layers.LayerNormalization(),
    new layers.Dense(3, { activation: 'softmax' }),
  ]);
}

/** Pairs of equal models: one may use programs with free sizes, the other makes a program for each size. */
function pair(make: () => Sequential): readonly [Sequential, Sequential] {
  const [free, exact] = [make(), make()];
  exact.setWeights(free.getWeights());
  const options = { optimizer: 'sgd', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] } as const;
  free.compile(options);
  exact.compile({ ...options, detectAnomaly: true });
  return [free, exact];
}

describe('free sizes', () => {
  test.for(layerCases)(
    '$name predicts the same with a free batch size as with a known one',
    async ({ make, row, dtype }) => {
      const layer = make();
      const x = Input({ shape: [...row], ...(dtype === undefined ? {} : { dtype }) });
      const model = new Model({ inputs: x, outputs: layer.apply(x) });
      const data = (rows: number): Tensor => {
        const { data: values, shape } = random([rows, ...row], rows);
        return dtype === 'int32'
          ? new Tensor(
              Int32Array.from(values, (v) => Math.floor((v + 1) * 2)),
              shape,
            )
          : new Tensor(values, shape);
      };
      await model.predictOnBatch(data(4));
      for (const rows of [3, 1, 9]) {
        const actual = await model.predictOnBatch(data(rows));
        const expected = await jit((value: Value) => layer.apply(value))(data(rows));
        expect(actual.shape).toEqual(expected.shape);
        expectClose(actual.data, expected.data, { rtol: 1e-5 });
      }
    },
  );

  test('training steps with a free batch size compute what steps of known sizes do', async () => {
    const [free, exact] = pair(image);
    for (const rows of [16, 7, 9, 1, 30]) {
      const [x, y] = [random([rows, 8, 8, 3], rows), labels(rows)];
      const actual = await free.trainOnBatch(x, y);
      const expected = await exact.trainOnBatch(x, y);
      expectClose([actual['loss'] as number], [expected['loss'] as number], { rtol: 1e-4 });
      if (rows === 7) releaseSessions();
    }
    for (const [i, weight] of exact.getWeights().entries()) {
      expectClose(free.getWeights()[i]!.data, weight.data, { rtol: 1e-3, atol: 1e-4 });
    }
    // Three more sizes: three sessions of the exact model, one of the other.
    expect(await sessions()).toBe(4);
  });

  test('prediction of a convolutional network has one program for all image sizes', async () => {
    const make = (): Sequential =>
      new Sequential([
        Input({ shape: [null, null, 3] }),
        new layers.Conv2D(8, 3, { padding: 'same', strides: 2, activation: 'relu' }),
        new layers.BatchNormalization(),
        new layers.MaxPooling2D({ padding: 'same' }),
        new layers.Conv2D(4, 3),
        new layers.GlobalAveragePooling2D(),
        new layers.Dense(2),
      ]);
    const model = make();
    const sizes = [
      [24, 24],
      [33, 40],
      [41, 29],
      [52, 24],
      [30, 31],
    ] as const;
    for (const [i, [height, width]] of sizes.entries()) {
      const x = random([2, height, width, 3], i);
      const actual = await model.predictOnBatch(x);
      const other = make();
      other.setWeights(model.getWeights());
      const expected = await other.predictOnBatch(x);
      expectClose(actual.data, expected.data, { rtol: 1e-5 });
    }
    releaseSessions();
    await model.predictOnBatch(random([2, 47, 61, 3], 9));
    await model.predictOnBatch(random([2, 51, 45, 3], 9));
    expect(await sessions()).toBe(1);
  });

  test('a network that halves and concatenates is right for sizes that are no multiples as well', async () => {
    const x = Input({ shape: [null, null, 2] });
    const down = new layers.MaxPooling2D({ padding: 'same' }).apply(x);
    const up = new layers.UpSampling2D({ size: 2 }).apply(down);
    const model = new Model({ inputs: x, outputs: new layers.Concatenate().apply([x, up]) });
    for (const size of [8, 16, 24, 32]) {
      const result = await model.predictOnBatch(random([1, size, size, 2], size));
      expect(result.shape).toEqual([1, size, size, 4]);
    }
    await expect(model.predictOnBatch(random([1, 9, 9, 2], 1))).rejects.toThrow(
      'the sizes of all axes but the joined one',
    );
  });

  test('a function that chooses by size gets the right program for each size', async () => {
    const f = jit((x: Value) => (x.shape[0]! > 5 ? ops.multiply(x, 2) : ops.add(x, x.shape[0]!)));
    const run = async (rows: number): Promise<number[]> => [
      ...new Set(Array.from((await f(new Array(rows).fill(1))).data)),
    ];
    expect(await run(2)).toEqual([3]);
    expect(await run(3)).toEqual([4]);
    expect(await run(4)).toEqual([5]);
    expect(await run(8)).toEqual([2]);
    expect(await run(9)).toEqual([2]);
    expect(await run(5)).toEqual([6]);
    expect(await run(6)).toEqual([2]);
  });

  test('a layer that draws random numbers draws as many as there are rows', async () => {
    const model = new Sequential([Input({ shape: [50] }), new layers.GaussianNoise(1)]);
    const noise = async (rows: number): Promise<Tensor> =>
      model.layers[0]!.apply(new Tensor(new Float32Array(rows * 50), [rows, 50]), { training: true });
    for (const rows of [4, 3, 7]) {
      const { data, shape } = await noise(rows);
      expect([shape, new Set(data).size]).toEqual([[rows, 50], rows * 50]);
    }
  });
});

describe('traces', () => {
  /** A layer that counts its traces. */
  class Counting extends layers.Layer {
    count = 0;
    override call(x: Value): Value {
      this.count++;
      return x;
    }
  }

  test('building, freezing and training other models does not trace a model again, freezing its own layer does', async () => {
    const counting = new Counting();
    const bn = new layers.BatchNormalization();
    const model = new Sequential([Input({ shape: [3] }), counting, bn]);
    const x = random([4, 3], 1);
    await model.predictOnBatch(x);
    const before = counting.count;
    const [other] = pair(image);
    other.layers[0]!.trainable = false;
    await other.trainOnBatch(random([2, 8, 8, 3], 1), labels(2));
    await model.predictOnBatch(x);
    expect(counting.count).toBe(before);
    bn.trainable = false;
    await model.predictOnBatch(x);
    expect(counting.count).toBe(before + 1);
  });

  test('a cleared session leaves models usable', async () => {
    const model = new Sequential([Input({ shape: [3] }), new layers.Dense(2)]);
    const x = random([4, 3], 1);
    const before = await model.predictOnBatch(x);
    clearSession();
    expect(await sessions()).toBe(0);
    expect((await model.predictOnBatch(x)).data).toEqual(before.data);
  });
});
