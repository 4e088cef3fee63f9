import { Callback, Input, Sequential, type Tensor, tensor } from 'evenkeel';
import { Dataset } from 'evenkeel/data';
import { Dense, Normalization, TextVectorization } from 'evenkeel/layers';
import { recalibrateBatchNormalization } from 'evenkeel/normalization';
import { PyDataset } from 'evenkeel/utils';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { T, W, X, Y, classifier, regressor } from '../models/networks.ts';

const compiled = (): Sequential => {
  const model = classifier();
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  return model;
};

const pairs = (): Dataset<[Tensor, Tensor]> => Dataset.fromTensorSlices([X, Y]);

/** The batches of the same data, by number. */
class Batches extends PyDataset<[Tensor, Tensor]> {
  readonly size: number;
  readonly events: string[] = [];
  running = 0;
  most = 0;

  constructor(size: number, workers = 1) {
    super({ workers, maxQueueSize: 3 });
    this.size = size;
  }

  get length(): number | null {
    return Math.ceil(50 / this.size);
  }

  async getItem(index: number): Promise<[Tensor, Tensor]> {
    this.events.push(String(index));
    this.most = Math.max(this.most, ++this.running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.running--;
    const [start, end] = [index * this.size, Math.min((index + 1) * this.size, 50)];
    return [
      tensor(X.data.slice(start * 4, end * 4), [end - start, 4]),
      tensor(Y.data.slice(start, end), [end - start]),
    ];
  }

  override onEpochBegin(): void {
    this.events.push('begin');
  }

  override onEpochEnd(): void {
    this.events.push('end');
  }
}

describe('a dataset', () => {
  test('trains to the same numbers as the arrays that it is made of', async () => {
    const [one, other, third] = [compiled(), compiled(), compiled()];
    const options = { epochs: 3, verbose: 0 } as const;
    const expected = await one.fit(X, Y, { ...options, batchSize: 16, shuffle: false, validationData: [X, Y] });
    const dataset = pairs().batch(16).prefetch(2);
    const found = await other.fit(dataset, { ...options, validationData: dataset });
    const batches = await third.fit(new Batches(16, 2), { ...options, shuffle: false, validationData: dataset });
    expect(found.history).toEqual(expected.history);
    expect(batches.history).toEqual(expected.history);
    expect(found.params).toMatchObject({ steps: 4 });
    expect(other.getWeights()).toEqual(one.getWeights());
    expect(await other.evaluate(dataset, { verbose: 0 })).toEqual(
      await one.evaluate(X, Y, { batchSize: 16, verbose: 0 }),
    );
    const predicted = await one.predict(X, { batchSize: 16, verbose: 0 });
    expect(await other.predict(dataset, { verbose: 0 })).toEqual(predicted);
    expect(await other.predict(Dataset.fromTensorSlices(X).batch(16), { verbose: 0 })).toEqual(predicted);
    expect(await other.predict(new Batches(16), { verbose: 0 })).toEqual(predicted);
  });

  test('can have sample weights', async () => {
    const [one, other] = [regressor(), regressor()];
    for (const model of [one, other]) model.compile({ optimizer: 'sgd', loss: 'mse' });
    const expected = await one.fit(X, T, { sampleWeight: W, batchSize: 20, shuffle: false, verbose: 0 });
    const found = await other.fit(Dataset.fromTensorSlices([X, T, W]).batch(20), { verbose: 0 });
    expect(found.history).toEqual(expected.history);
  });

  test('is shuffled anew in each epoch', async () => {
    const orders: number[][] = [];
    const rows = Dataset.range(50).shuffle(50, { seed: 1 });
    const dataset = rows.batch(10).map((batch) => {
      orders.push([...batch.data]);
      return [tensor(new Float32Array(40), [10, 4]), batch] as const;
    });
    const model = regressor();
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.fit(dataset, { epochs: 2, verbose: 0 });
    const [first, second] = [orders.slice(0, 5).flat(), orders.slice(5).flat()];
    expect(first).not.toEqual(second);
    expect([...first].sort((a, b) => a - b)).toEqual([...second].sort((a, b) => a - b));
  });

  test('that never ends needs a number of steps', async () => {
    const dataset = pairs().batch(10).repeat();
    const model = compiled();
    const { history } = await model.fit(dataset, {
      stepsPerEpoch: 3,
      epochs: 2,
      verbose: 0,
      validationData: dataset,
      validationSteps: 2,
    });
    expect(history['loss']).toHaveLength(2);
    await expect(model.fit(dataset, { verbose: 0 })).rejects.toThrow(
      'data that never ends needs the number of steps in an epoch. Received: a dataset without an end. Pass stepsPerEpoch, validationSteps or steps.',
    );
    await expect(model.predict(dataset, { verbose: 0 })).rejects.toThrow('needs the number of steps');
  });

  test('without elements, or with elements that are no batches, is refused', async () => {
    const model = compiled();
    await expect(model.fit(pairs().take(0).batch(2), { verbose: 0 })).rejects.toThrow(
      'the data yielded no batch in pass 1',
    );
    await expect(model.fit(pairs(), { verbose: 0 })).rejects.toThrow('y must have an axis for the rows');
  });

  test('is cached by the first epoch, and closed when the training ends early', async () => {
    let [passes, closed] = [0, 0];
    const source = Dataset.fromGenerator(
      async function* () {
        passes++;
        try {
          for (let i = 0; i < 3; i++) yield (await pairs().batch(10).take(1).toArray())[0]!;
        } finally {
          closed++;
        }
      },
      { cardinality: 3 },
    );
    const model = compiled();
    await model.fit(source.cache().prefetch(2), { epochs: 3, verbose: 0 });
    expect([passes, closed]).toEqual([1, 1]);
    const failing = source.map((batch) => {
      if (passes === 2) throw new Error('broken');
      return batch;
    });
    await expect(model.fit(failing.prefetch(2), { verbose: 0 })).rejects.toThrow('broken');
    expect([passes, closed]).toEqual([2, 2]);
  });

  test('adapts layers, and recalibrates normalization', async () => {
    const [layer, other] = [new Normalization(), new Normalization()];
    await layer.adapt(X);
    await other.adapt(Dataset.fromTensorSlices(X).batch(8));
    expect(other.mean!.toArray()).toEqual(layer.mean!.toArray());
    const text = new TextVectorization({ outputSequenceLength: 2 });
    await text.adapt(Dataset.fromTensorSlices(['foo bar', 'bar', 'baz bar']).batch(2));
    expect(text.getVocabulary()).toEqual(['', '[UNK]', 'bar', 'foo', 'baz']);
    const [one, two] = [classifier(), classifier()];
    await recalibrateBatchNormalization(one, X);
    await recalibrateBatchNormalization(two, Dataset.fromTensorSlices(X).batch(50));
    for (const [i, weight] of two.getWeights().entries())
      expectClose(weight.data, one.getWeights()[i]!.data, { rtol: 1e-12 });
  });

  test('can have a layer beside the graph as its map', async () => {
    const layer = new Dense(2, { kernelInitializer: 'ones' });
    layer.build([null, 4]);
    const [x, y] = (
      await pairs()
        .batch(8)
        .map(async ([rows, labels]) => [await layer.apply(rows), labels] as const)
        .toArray()
    )[0]!;
    expect(x.shape).toEqual([8, 2]);
    expect(y.shape).toEqual([8]);
  });
});

describe('a PyDataset', () => {
  test('is visited in another order in each epoch, between its hooks', async () => {
    const model = compiled();
    const data = new Batches(5);
    await model.fit(data, { epochs: 2, verbose: 0 });
    const [first, second] = [data.events.slice(0, 12), data.events.slice(12)];
    for (const events of [first, second]) {
      expect([events[0], events.at(-1)]).toEqual(['begin', 'end']);
      expect([...events.slice(1, -1)].sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    }
    expect(first).not.toEqual(second);
    expect(data.most).toBe(1);
    const evaluated = new Batches(5);
    await model.evaluate(evaluated, { verbose: 0 });
    expect(evaluated.events).toEqual(['begin', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'end']);
  });

  test('with workers has as many calls at the same time, and reads no more ahead than its queue holds', async () => {
    const data = new Batches(2, 2);
    const ahead: number[] = [];
    class Watch extends Callback {
      override onTrainBatchEnd(batch: number): void {
        ahead.push(data.events.length - 1 - (batch + 1));
      }
    }
    await compiled().fit(data, { verbose: 0, shuffle: false, callbacks: [new Watch()] });
    expect(data.most).toBe(2);
    expect(ahead).toHaveLength(25);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(3);
  });

  test('without an end continues where the last epoch ended', async () => {
    class Endless extends Batches {
      override get length(): null {
        return null;
      }
    }
    const data = new Endless(1);
    const model = compiled();
    await model.fit(data, { stepsPerEpoch: 3, epochs: 2, verbose: 0 });
    expect(data.events).toEqual(['begin', '0', '1', '2', 'end', 'begin', '3', '4', '5', 'end']);
    await expect(model.fit(data, { verbose: 0 })).rejects.toThrow('needs the number of steps');
  });

  test('that lacks a method, has no batches, or has an unsupported option is refused', async () => {
    const model = compiled();
    class Broken extends Batches {
      override getItem = undefined as never;
    }
    await expect(model.fit(new Broken(1), { verbose: 0 })).rejects.toThrow(
      'a PyDataset must define getItem(index). Received: a Broken.',
    );
    class Empty extends Batches {
      override get length(): number {
        return 0;
      }
    }
    await expect(model.fit(new Empty(1), { verbose: 0 })).rejects.toThrow(
      'a PyDataset must have batches. Received: length=0.',
    );
    class Wrong extends Batches {
      override get length(): number {
        return 0.5;
      }
    }
    await expect(model.fit(new Wrong(1), { verbose: 0 })).rejects.toThrow(
      'must define length, an integer ≥ 0 or null. Received: length=0.5.',
    );
    class Own extends PyDataset<number> {
      readonly length = 1;
      getItem(index: number): number {
        return index;
      }
    }
    expect(() => new Own({ worker: 2 } as never)).toThrow('[Own] unknown option "worker". Did you mean "workers"?');
    expect(() => new Own({ useMultiprocessing: true })).toThrow(
      '[Own] useMultiprocessing must be false: functions cannot be sent to processes. Pass workers, and read asynchronously.',
    );
    expect(() => new Own({ maxQueueSize: 0 })).toThrow('[Own] maxQueueSize must be an integer ≥ 1.');
  });
});

test('inputs alone can be a tensor or a record', async () => {
  const model = new Sequential([Input({ shape: [4], name: 'a' }), new Dense(1)]);
  const named = Dataset.fromTensorSlices({ a: X }).batch(25);
  expect((await model.predict(named, { verbose: 0 })).shape).toEqual([50, 1]);
});
