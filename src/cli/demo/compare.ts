import { setRandomSeed } from '../../core/random.ts';
import { BatchNormalization, Dense, Flatten, Activation, Input } from '../../keras/layers/index.ts';
import { Callback } from '../../keras/callbacks/callback.ts';
import { Sequential } from '../../keras/models/index.ts';
import { SIDE, drawDigits } from './digits.ts';

/** The settings of the demonstration. */
export interface DemoSettings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly examples: number;
  readonly seed: number;
}

/** The results of one epoch. */
export interface DemoEpoch {
  readonly loss: number;
  readonly accuracy: number;
  /** The accuracy on digits outside the training set. */
  readonly testAccuracy: number;
}

/** The training history of one of the two networks. */
export interface DemoRun {
  readonly epochs: readonly DemoEpoch[];
  readonly seconds: number;
}

const BATCH_SIZE = 64;
const UNITS = 64;
const HIDDEN = 3;

/** Returns the number of steps per epoch. */
export const stepsOf = (examples: number): number => Math.ceil(examples / BATCH_SIZE);

/**
 * Trains one network of a reduced version of the experiment in section 4.1 of Ioffe and Szegedy (2015): three hidden layers
 * of sigmoids, trained on digits by plain gradient descent, with or without BatchNormalization before the sigmoids. Both
 * variants use the same initial weights and the same batches.
 */
export async function train(
  normalization: boolean,
  settings: DemoSettings,
  callbacks: readonly Callback[],
  signal: AbortSignal,
): Promise<DemoRun> {
  const { epochs, learningRate, examples, seed } = settings;
  const training = drawDigits(examples, seed);
  const test = drawDigits(Math.max(100, Math.round(examples / 4)), seed + 1_000_003);
  setRandomSeed(seed);
  const model = network(normalization);
  model.compile({
    optimizer: { class_name: 'SGD', config: { learning_rate: learningRate } },
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
  const started = performance.now();
  const { history } = await model.fit(training.x, training.y, {
    batchSize: BATCH_SIZE,
    epochs,
    validationData: [test.x, test.y],
    validationBatchSize: test.y.size,
    verbose: 0,
    callbacks: [...callbacks],
    signal,
  });
  const { loss = [], accuracy = [], val_accuracy: testAccuracy = [] } = history;
  return {
    epochs: loss.map((value, i) => ({
      loss: value,
      accuracy: accuracy[i] ?? NaN,
      testAccuracy: testAccuracy[i] ?? NaN,
    })),
    seconds: (performance.now() - started) / 1000,
  };
}

function network(normalization: boolean): Sequential {
  const hidden = Array.from({ length: HIDDEN }, () => [
    new Dense(UNITS),
    ...(normalization ? [new BatchNormalization({ momentum: 0.9 })] : []),
    new Activation('sigmoid'),
  ]);
  return new Sequential([
    Input({ shape: [SIDE, SIDE] }),
    new Flatten(),
    ...hidden.flat(),
    new Dense(10, { activation: 'softmax' }),
  ]);
}
