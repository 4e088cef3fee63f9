import {
  type CompileOptions,
  Input,
  type KerasTensor,
  type Layer,
  Model,
  Sequential,
  type Value,
  losses,
  ops,
  setRandomSeed,
  valueAndGrad,
} from 'evenkeel';
import { Activation, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { type Digits, batches } from './data.ts';

type Optimizer = CompileOptions['optimizer'];
type Initializer = NonNullable<ConstructorParameters<typeof Dense>[1]>['kernelInitializer'];

/** A dense network for digits. */
export interface DenseNetwork {
  readonly seed: number;
  readonly widths: readonly number[];
  readonly activation: 'sigmoid' | 'tanh' | 'relu';
  /** Makes the layer that follows each Dense layer, or its activation; null for none. */
  readonly normalization: (() => Layer) | null;
  /** The place of the normalization. @default 'before' */
  readonly place?: 'before' | 'after';
  /** Makes a layer after the activation. */
  readonly dropout?: () => Layer;
  readonly kernelInitializer?: Initializer;
  /** Whether the Dense layers before a normalization have a bias. @default true */
  readonly useBias?: boolean;
  readonly optimizer: Optimizer;
}

/** Returns a compiled network, and the inputs of its activations. */
export function denseNetwork(options: DenseNetwork): {
  model: Model;
  hidden: readonly KerasTensor[];
  input: KerasTensor;
} {
  const { seed, widths, activation, normalization, place = 'before', dropout, useBias = true } = options;
  const initial = options.kernelInitializer === undefined ? {} : { kernelInitializer: options.kernelInitializer };
  setRandomSeed(seed);
  const input = Input({ shape: [28, 28, 1] });
  let x = new Flatten().apply(input);
  const hidden: KerasTensor[] = [];
  for (const width of widths) {
    x = new Dense(width, { useBias, ...initial }).apply(x);
    if (normalization !== null && place === 'before') x = normalization().apply(x);
    hidden.push(x);
    x = new Activation(activation).apply(x);
    if (normalization !== null && place === 'after') x = normalization().apply(x);
    if (dropout !== undefined) x = dropout().apply(x);
  }
  const model = new Model({ inputs: input, outputs: new Dense(10, { activation: 'softmax', ...initial }).apply(x) });
  model.compile({ optimizer: options.optimizer, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  return { model, hidden, input };
}

/** The article's network, on halved digits and with fewer filters. */
export function convolutionalNetwork(options: {
  readonly seed: number;
  readonly filters: number;
  readonly channels?: number;
  readonly normalization: (() => Layer) | null;
  /** Whether there is a normalization after each convolution, not after the second one alone. */
  readonly each?: boolean;
  readonly optimizer: Optimizer;
}): Model {
  const { seed, filters, channels = 1, normalization, each = false } = options;
  setRandomSeed(seed);
  const model = new Sequential([
    Input({ shape: [14, 14, channels] }),
    new Conv2D(filters, [3, 3], { activation: 'relu' }),
    ...(normalization !== null && each ? [normalization()] : []),
    new Conv2D(filters, [3, 3], { activation: 'relu' }),
    ...(normalization !== null ? [normalization()] : []),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(10, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: options.optimizer, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  return model;
}

/** Trains for a number of steps, and calls `watch` before the first one and after every `every` of them. */
export async function train(
  model: Model,
  data: Digits,
  options: {
    readonly steps: number;
    readonly batchSize: number;
    readonly seed: number;
    readonly every?: number;
    readonly watch?: (step: number) => Promise<unknown>;
  },
): Promise<void> {
  const { steps, batchSize, seed, every = steps, watch = () => Promise.resolve() } = options;
  const source = batches(data, batchSize, seed);
  await watch(0);
  for (let step = 1; step <= steps; step++) {
    const { x, y } = source.next().value;
    await model.trainOnBatch(x, y);
    if (step % every === 0) await watch(step);
  }
}

/** The accuracy on a set in inference. */
export async function accuracy(model: Model, { x, y }: Digits): Promise<number> {
  const logs = await model.evaluate(x, y, { batchSize: Math.min(500, x.shape[0]!), verbose: 0 });
  return logs['accuracy'] ?? NaN;
}

/** Compiles the gradients of the loss with respect to the trainable weights, in training mode. */
export function gradientsOf(model: Model): (batch: Digits) => Promise<readonly Float32Array[]> {
  const step = valueAndGrad(
    (x: Value, y: Value) => ops.mean(losses.sparseCategoricalCrossentropy(y, model.apply(x, { training: true }))),
    { variables: model.trainableWeights },
  );
  return async ({ x, y }) => {
    const { variableGradients } = await step(x, y);
    return variableGradients.map((gradient) => gradient?.data as Float32Array);
  };
}

/** The Euclidean norm. */
export function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}
