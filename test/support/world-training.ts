import {
  type CompileOptions,
  type FitOptions,
  Input,
  type Layer,
  Sequential,
  type Tensor,
  layers,
  setRandomSeed,
  tensor,
} from 'evenkeel';
import { expect } from 'vitest';
import { expectClose } from './close.ts';
import { inWorld } from './fake-world.ts';
import { lcg } from './lcg.ts';

export const float64 = { dtype: 'float64' } as const;
export const ROWS = 22;
export const x: Tensor = tensor(lcg([ROWS, 6], 1, -1, 1), [ROWS, 6], 'float64');
export const labels: Tensor = tensor(Int32Array.from({ length: ROWS }, (_, i) => (5 * i) % 3));
export const targets: Tensor = tensor(lcg([ROWS, 3], 2, -1, 1), [ROWS, 3], 'float64');

const dense = (): Layer[] => [
  new layers.Dense(8, { activation: 'tanh', kernelRegularizer: 'l2', ...float64 }),
  new layers.Dense(3, { ...float64, activityRegularizer: 'l2' }),
];

export interface Training {
  /** @default two dense layers with penalties */
  readonly layers?: () => Layer[];
  readonly compile?: () => CompileOptions;
  readonly fit?: FitOptions | (() => FitOptions);
  readonly x?: Tensor;
  readonly y?: Tensor;
  readonly world: number;
}

/** Trains on one process, or in a world inside of this one; returns the weights and the history of each. */
export async function train(
  training: Training,
): Promise<readonly { weights: Float64Array[]; logs: Record<string, number[]> }[]> {
  const run = async (): Promise<{ weights: Float64Array[]; logs: Record<string, number[]> }> => {
    const model = new Sequential([Input({ shape: [6] }), ...(training.layers ?? dense)()]);
    // The layers draw their seeds in turn with those of the other processes inside of this one.
    model.setWeights(
      model.weights.map(({ shape, name, size }, k) =>
        name.includes('variance') || name === 'gamma'
          ? tensor(new Float64Array(size).fill(1), shape)
          : tensor(lcg(shape, 100 + k, -0.5, 0.5), shape, 'float64'),
      ),
    );
    model.compile((training.compile ?? (() => ({ optimizer: 'sgd', loss: 'mse' })))());
    const history = await model.fit(training.x ?? x, training.y ?? targets, {
      batchSize: 8,
      epochs: 2,
      shuffle: false,
      verbose: 0,
      ...(typeof training.fit === 'function' ? training.fit() : training.fit),
    });
    return {
      weights: model.getWeights().map(({ data }) => Float64Array.from(data)),
      logs: history.history,
    };
  };
  setRandomSeed(1);
  return training.world === 1 ? [await run()] : inWorld(training.world, run);
}

/** Trains on one process and on several, and compares. */
export async function compare(
  training: Omit<Training, 'world'>,
  worlds: readonly number[] = [3],
  rtol = 1e-9,
): Promise<void> {
  const [alone] = await train({ ...training, world: 1 });
  for (const world of worlds) {
    const results = await train({ ...training, world });
    for (const { weights, logs } of results) {
      expect(Object.keys(logs)).toEqual(Object.keys(alone!.logs));
      for (const [name, values] of Object.entries(logs)) expectClose(values, alone!.logs[name]!, { rtol });
      for (const [i, weight] of weights.entries()) expectClose(weight, alone!.weights[i]!, { rtol });
      expect(weights).toEqual(results[0]!.weights);
    }
  }
}
