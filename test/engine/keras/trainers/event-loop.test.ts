import { Callback, type Tensor, Input, Sequential, layers, tensor } from 'evenkeel';
import { expect, test } from 'vitest';

/** Works for 5 ms at the end of each batch, and records whether the event loop has had a turn by the next one. */
class Busy extends Callback {
  readonly turned: boolean[] = [];
  #hasTurned = false;

  #begin(batch: number): void {
    if (batch > 0) this.turned.push(this.#hasTurned);
  }

  #end(): void {
    this.#hasTurned = false;
    setImmediate(() => {
      this.#hasTurned = true;
    });
    const end = performance.now() + 5;
    while (performance.now() < end);
  }

  override onTrainBatchBegin = (batch: number): void => this.#begin(batch);
  override onTestBatchBegin = (batch: number): void => this.#begin(batch);
  override onPredictBatchBegin = (batch: number): void => this.#begin(batch);
  override onTrainBatchEnd = (): void => this.#end();
  override onTestBatchEnd = (): void => this.#end();
  override onPredictBatchEnd = (): void => this.#end();
}

const x = tensor(new Float32Array(8), [4, 2]);
const y = tensor(new Float32Array(4), [4, 1]);

const runs: Readonly<Record<string, (model: Sequential, busy: Busy) => Promise<unknown>>> = {
  fit: (model, busy) => model.fit(x, y, { batchSize: 1, callbacks: [busy], verbose: 0 }),
  evaluate: (model, busy) => model.evaluate(x, y, { batchSize: 1, callbacks: [busy], verbose: 0 }),
  predict: (model, busy): Promise<Tensor> => model.predict(x, { batchSize: 1, callbacks: [busy], verbose: 0 }),
};

test.each(Object.keys(runs))('%s gives the event loop a turn between batches', async (method) => {
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
  model.compile({ loss: 'mse' });
  const busy = new Busy();
  await runs[method]!(model, busy);
  expect(busy.turned).toEqual([true, true, true]);
});

test('a timer can abort a training whose data is in memory', async () => {
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
  model.compile({ loss: 'mse' });
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort(new Error('enough'));
  }, 20);
  const training = model.fit(x, y, { batchSize: 1, epochs: 1e9, signal: stop.signal, verbose: 0 });
  await expect(training).rejects.toThrow('enough');
});
