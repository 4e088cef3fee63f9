import type { BatchIterable, DataLike, TargetsLike } from '../../core/data.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { Layer } from '../layers/base/layer.ts';
import type { Optimizer } from '../optimizers/index.ts';

/**
 * The values of the loss and the metrics by name. A callback may add values. A metric whose result has axes, such as
 * `F1Score` without an average, reports an array in place of a number.
 */
export type Logs = Record<string, number>;

/** 0 prints nothing, 1 draws a bar (in a pipe: a line an epoch), 2 prints a line an epoch. */
export type Verbose = 'auto' | 0 | 1 | 2;

/** Options of a pass over data. */
export interface RunOptions {
  /** Rows in a step, for data in arrays. @default 32 */
  readonly batchSize?: number | null | undefined;
  /** The output on the console: see {@link Verbose}. @default 'auto': a bar in a terminal, nothing elsewhere */
  readonly verbose?: Verbose | undefined;
  /** Number of steps. @default one pass over the data */
  readonly steps?: number | null | undefined;
  /** Ends the run after the current step. @default null */
  readonly signal?: AbortSignal | null | undefined;
}

/** A constructor of layers of a class. */
export type LayerClass<Made extends Layer = Layer> = abstract new (...args: never) => Made;

/** The model that runs a callback, as far as callbacks use it. */
export interface CallbackModel {
  /** The model's name. */
  readonly name: string;
  /** The name of the class; `Functional` for a model of symbolic tensors. */
  readonly className: string;
  /** Whether the weights exist. */
  built: boolean;
  /** Whether the model is compiled. */
  readonly compiled: boolean;
  /** Whether training ends after the current step. */
  stopTraining: boolean;
  /** The first epoch of a training, which `fit` reads after `onTrainBegin`. */
  initialEpoch: number;
  /** The optimizer. @throws ValueError before `compile`. */
  readonly optimizer: Optimizer;
  /** The layers. */
  readonly layers: readonly Layer[];
  /** All weights. */
  readonly weights: readonly Variable[];
  /** The weights that training changes. */
  readonly trainableWeights: readonly Variable[];
  /** The weights that training does not change. */
  readonly nonTrainableWeights: readonly Variable[];
  /** Returns the layer with a name, or at an index. */
  getLayer(which: string | { readonly index: number }): Layer;
  /** Returns the layer with a name, or at an index, which must be of a class. */
  getLayer<Made extends Layer>(which: string | { readonly index: number }, layerClass: LayerClass<Made>): Made;
  /** Returns copies of the weights. */
  getWeights(): Tensor[];
  /** Replaces the weights. */
  setWeights(values: readonly TensorLike[]): void;
  /** Returns the number of parameters. */
  countParams(): number;
  /** Computes the outputs for data. */
  predict(x: DataLike | BatchIterable, options?: RunOptions): Promise<Tree<Tensor>>;
  /** Computes the loss and the metrics on data. */
  evaluate(x: DataLike | BatchIterable, y?: TargetsLike | null, options?: RunOptions): Promise<Logs>;
  /** Prints a table of the layers. */
  summary(): void;
  /** Returns the architecture as Keras's JSON. */
  toJson(): string;
  /** Writes the model to a file. */
  save(path: string): Promise<unknown>;
  /** Writes the weights and the state of the optimizer to a file. */
  saveWeights(path: string): Promise<unknown>;
  /** Reads the weights and the state of the optimizer from a file. */
  loadWeights(path: string): Promise<unknown>;
  /** Returns whether larger values of a metric are better ('up') or smaller ones ('down'); `null` if unknown. */
  metricDirection(name: string): 'up' | 'down' | null;
}
