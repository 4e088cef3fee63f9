import { tensor } from 'evenkeel';
import type { Config, Model } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { resnet20 } from '../../../../bench/resnet20.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

interface Case {
  readonly optimizer: { readonly class_name: string; readonly config: Config };
  readonly parameters: number;
  readonly trainable: number;
  readonly shapes: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly output: GoldenArray;
}

const { cases } = loadGolden<Case>('resnet20');
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** The weights of test/golden/make/resnet20.py. */
function initialise(model: Model): void {
  model.setWeights(
    model.weights.map(({ name, shape }, k) => {
      if (name !== 'kernel') {
        const fill = name === 'gamma' || name === 'moving_variance' ? 1 : 0;
        return tensor(new Float32Array(sizeOf(shape)).fill(fill), shape);
      }
      const limit = Math.sqrt(6 / sizeOf(shape.slice(0, -1)));
      return tensor(lcg(shape, 1000 + k, -limit, limit), shape);
    }),
  );
}

const images = lcg([32, 32, 32, 3], 100, 0, 1);
const x = tensor(images, [32, 32, 32, 3]);
const y = tensor(Int32Array.from({ length: 32 }, (_, i) => (7 * i) % 10));

describe('ResNet-20', () => {
  test('has the same weights as in Keras', () => {
    const model = resnet20();
    const [{ shapes, parameters, trainable }] = cases as [Case];
    expect(model.weights.map(({ shape }) => shape)).toEqual(shapes);
    expect(model.countParams()).toBe(parameters);
    expect(model.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(trainable);
  });

  test.each(cases)('training matches Keras with $optimizer.class_name', async ({ optimizer, losses, output }) => {
    const model = resnet20();
    initialise(model);
    model.compile({ optimizer, loss: 'sparse_categorical_crossentropy' });
    const found: number[] = [];
    for (let step = 0; step < losses.length; step++) found.push((await model.trainOnBatch(x, y))['loss']!);
    // Keras's losses in float32 are as far as 2e-4 from these, which are float64's.
    expectClose(found, losses, { rtol: 1e-3, atol: 0 });
    const predicted = await model.predict(tensor(images.subarray(0, 4 * 3072), [4, 32, 32, 3]), {
      verbose: 0,
    });
    // Twenty layers of batch statistics, five steps old, enlarge what the losses differ by.
    expectClose(predicted.data, output.data, { rtol: 1e-2 });
  });
});
