import { Input, Sequential, tensor } from 'evenkeel';
import type { Layer, Tensor } from 'evenkeel';
import { BatchNormalization, Dense } from 'evenkeel/layers';
import { L2 } from 'evenkeel/regularizers';
import { lcg } from '../../../support/lcg.ts';

/** The data and the models of test/golden/make/fit.py. */
const float64 = (shape: readonly number[], seed: number, low = -1, high = 1): Tensor =>
  tensor(Float64Array.from(lcg(shape, seed, low, high)), shape);

export const X: Tensor = float64([50, 4], 1);
export const Y: Tensor = tensor(Int32Array.from({ length: 50 }, (_, i) => (7 * i + 3 * Math.floor(i / 5)) % 3));
export const T: Tensor = float64([50, 1], 2);
export const W: Tensor = float64([50], 3, 0, 2);
export const XV: Tensor = float64([20, 4], 4);
export const YV: Tensor = tensor(Int32Array.from({ length: 20 }, (_, i) => (2 * i + 1) % 3));
export const TV: Tensor = float64([20, 1], 5);
export const WV: Tensor = float64([20], 6, 0, 2);
export const CLASS_WEIGHT = { 0: 1, 1: 2, 2: 0.5 };

const dtype = 'float64';

/** Kernels from lcg, in the order of the weights; ones for gamma and the moving variance, zeros for the rest. */
export function setInitialWeights(model: Sequential): Sequential {
  const values = model.weights.map(({ name, shape, size }, k) => {
    if (name === 'kernel') return float64(shape, 1000 + k, -0.5, 0.5);
    return tensor(new Float64Array(size).fill(name === 'gamma' || name === 'moving_variance' ? 1 : 0), shape);
  });
  model.setWeights(values);
  return model;
}

function network(last: (l2: (value: number) => L2 | null) => Layer, regularized: boolean): Sequential {
  const l2 = (value: number): L2 | null => (regularized ? new L2({ l2: value }) : null);
  const layers = [
    Input({ shape: [4], dtype }),
    new Dense(8, { activation: 'relu', kernelRegularizer: l2(0.01), biasRegularizer: l2(0.03), dtype }),
    new BatchNormalization({ momentum: 0.9, gammaRegularizer: l2(0.005), dtype }),
    last(l2),
  ];
  return setInitialWeights(new Sequential(layers));
}

export const classifier = (regularized = false): Sequential =>
  network((l2) => new Dense(3, { activation: 'softmax', kernelRegularizer: l2(0.02), dtype }), regularized);

export const regressor = (regularized = false): Sequential =>
  network((l2) => new Dense(1, { kernelRegularizer: l2(0.02), dtype }), regularized);
