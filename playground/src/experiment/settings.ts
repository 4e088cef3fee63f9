import type { NormalizationName } from './normalizations.ts';

export type OptimizerName = 'Adam' | 'SGD';
export type EngineName = 'wasm' | 'webgpu';

export const learningRates: readonly number[] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
export const batchSizes: readonly number[] = [4, 8, 16, 32, 64, 128];
export const momenta: readonly number[] = [0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999];

/** Everything that the visitor chooses about a training. */
export interface Settings {
  readonly normalization: NormalizationName;
  /** The decay rate of the moving statistics of batch normalization; other layers ignore it. */
  readonly momentum: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly engine: EngineName;
}

export const defaultSettings: Settings = {
  normalization: 'batch',
  momentum: 0.9,
  optimizer: 'Adam',
  learningRate: 0.001,
  batchSize: 32,
  engine: 'wasm',
};

/** The seed of the initial weights and of the order of the digits. */
export const SEED: number = 42;
