import { Input, Sequential, tensor } from 'evenkeel';
import type { Config, DType, Tensor } from 'evenkeel';
import { Activation, BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

type Float = 'float32' | 'float64';

interface TrainingCase {
  readonly name: string;
  readonly network: 'cnn' | 'mlp';
  readonly dtype: Float;
  readonly optimizer?: { readonly class_name: string; readonly config: Config };
  readonly limits: readonly (number | null)[];
  readonly losses: readonly number[];
  readonly weights: readonly {
    readonly sum: number;
    readonly sumOfSquares: number;
    readonly shape: readonly number[];
  }[];
}

const cases = loadGolden<TrainingCase>('training').cases.filter(({ optimizer }) => optimizer !== undefined);

function numbers(shape: readonly number[], dtype: DType, seed: number, low: number, high: number): Tensor {
  return tensor(tensor(lcg(shape, seed, low, high), shape), shape, dtype);
}

function makeNetwork(network: 'cnn' | 'mlp', dtype: Float): Sequential {
  const last = new Dense(10, { activation: 'softmax', dtype });
  if (network === 'mlp') {
    const block = (): [Dense, BatchNormalization, Activation] => [
      new Dense(100, { dtype }),
      new BatchNormalization({ dtype }),
      new Activation('sigmoid', { dtype }),
    ];
    return new Sequential([Input({ shape: [784], dtype }), ...block(), ...block(), ...block(), last]);
  }
  return new Sequential([
    Input({ shape: [28, 28, 1], dtype }),
    new Conv2D(32, [3, 3], { activation: 'relu', dtype }),
    new Conv2D(32, [3, 3], { activation: 'relu', dtype }),
    new BatchNormalization({ dtype }),
    new MaxPooling2D({ dtype }),
    new Flatten({ dtype }),
    last,
  ]);
}

function initialise(model: Sequential, limits: readonly (number | null)[], dtype: Float): void {
  model.setWeights(
    model.weights.map(({ name, shape }, k) => {
      const limit = limits[k] ?? null;
      if (limit !== null) return numbers(shape, dtype, 1000 + k, -limit, limit);
      const fill = name === 'gamma' || name === 'moving_variance' ? 1 : 0;
      return numbers(shape, dtype, 1, fill, fill);
    }),
  );
}

/**
 * How many steps compare tightly. In float32 an element that rounds to the other side of a kink (of relu, of pooling)
 * moves all that follows.
 */
function stepsOf({ network, dtype, losses }: TrainingCase): number {
  return network === 'cnn' && dtype === 'float32' ? 3 : losses.length;
}

describe('training of whole networks', () => {
  test.each(cases)('losses match Keras: $name, $network in $dtype', async (entry) => {
    const { network, dtype, losses } = entry;
    const model = makeNetwork(network, dtype);
    initialise(model, entry.limits, dtype);
    model.compile({ optimizer: entry.optimizer, loss: 'sparse_categorical_crossentropy' });
    const [shape, seed] = network === 'cnn' ? [[16, 28, 28, 1], 100] : [[60, 784], 200];
    const steps = stepsOf(entry);
    const found: number[] = [];
    for (let step = 0; step < steps; step++) {
      const y = tensor(Int32Array.from({ length: shape[0]! }, (_, i) => (7 * i + step) % 10));
      found.push((await model.trainOnBatch(numbers(shape, dtype, seed + step, 0, 1), y))['loss']!);
    }
    expectClose(found, losses.slice(0, steps), { rtol: dtype === 'float64' ? 1e-5 : 1e-4, atol: 0 });
    if (steps < losses.length) return;
    const squares = model
      .getWeights()
      .map(({ data }) => Array.from(data).reduce((sum, value) => sum + value * value, 0));
    expectClose(
      squares,
      entry.weights.map(({ sumOfSquares }) => sumOfSquares),
      { rtol: 1e-4, atol: 1e-6 },
    );
    expect(model.weights.map(({ shape: each }) => each)).toEqual(entry.weights.map(({ shape: each }) => each));
  });
});
