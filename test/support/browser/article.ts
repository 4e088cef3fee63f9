import { Callback, Input, type Logs, Sequential, type Tensor, setRandomSeed, tensor } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { lcg } from '../lcg.ts';

const ROWS = 8;

/** Ten steps of the article's network, in a page and here. Returns the loss of each step. */
export async function trainArticle(dtype: 'float32' | 'float64'): Promise<readonly number[]> {
  setRandomSeed(7);
  const model = new Sequential([
    Input({ shape: [12, 12, 1], dtype }),
    new Conv2D(32, 3, { activation: 'relu', dtype }),
    new Conv2D(32, 3, { activation: 'relu', dtype }),
    new BatchNormalization({ dtype }),
    new MaxPooling2D({ dtype }),
    new Flatten({ dtype }),
    new Dense(10, { activation: 'softmax', dtype }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  const losses: number[] = [];
  const record = new (class extends Callback {
    override onTrainBatchEnd(_: number, logs: Logs): void {
      losses.push(logs['loss'] as number);
    }
  })();
  // The logs of a batch are means of its epoch so far.
  const [x, y] = data();
  await model.fit(x, y, { batchSize: ROWS, epochs: 10, shuffle: false, verbose: 0, callbacks: [record] });
  return losses;
}

function data(): readonly [Tensor, Tensor] {
  const shape = [ROWS, 12, 12, 1];
  const labels = Int32Array.from({ length: ROWS }, (_, row) => row);
  return [tensor(lcg(shape, 3, 0, 1), shape), tensor(labels, [ROWS])];
}
