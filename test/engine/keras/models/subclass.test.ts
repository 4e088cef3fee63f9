import { Model, ops, tensor } from 'evenkeel';
import type { Tensor, Value } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import type { CallContext } from 'evenkeel/layers';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';

type Heads = { readonly price: Value; readonly kind: Value };

/** A model of one's own, with two outputs. */
class TwoHeads extends Model<{ price: Tensor; kind: Tensor }> {
  static override readonly className: string = 'TwoHeads';
  readonly trunk = new Dense(4, { activation: 'relu', kernelInitializer: 'ones' });
  readonly price = new Dense(1, { kernelInitializer: 'ones' });
  readonly kind = new Dense(3, { activation: 'softmax', kernelInitializer: 'ones' });

  override call(inputs: Value, context: CallContext): Heads {
    const features = this.trunk.apply(inputs);
    context.addLoss(ops.multiply(ops.mean(features), 0));
    return { price: this.price.apply(features), kind: this.kind.apply(features) };
  }
}

const x = tensor(Float32Array.from({ length: 20 }, (_, i) => i / 20)).reshape([10, 2]);
const price = tensor(Float32Array.from({ length: 10 }, (_, i) => i)).reshape([10, 1]);
const kind = tensor(Int32Array.from({ length: 10 }, (_, i) => i % 3));

describe('a custom Model class', () => {
  test('trains with a loss for each output, by name or in a list, and reports each', async () => {
    const [byName, inOrder] = [new TwoHeads(), new TwoHeads()];
    const loss = { price: 'mse', kind: 'sparse_categorical_crossentropy' };
    byName.compile({ optimizer: 'sgd', loss, lossWeights: { price: 0.1, kind: 1 }, metrics: { kind: ['accuracy'] } });
    inOrder.compile({
      optimizer: 'sgd',
      loss: Object.values(loss),
      lossWeights: [0.1, 1],
      metrics: [null, ['accuracy']],
    });
    const options = { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 } as const;
    // The record is in another order than the outputs.
    const first = await byName.fit(x, { kind, price }, options);
    const second = await inOrder.fit(x, { price, kind }, options);
    expect(Object.keys(first.history)).toEqual(['kind_accuracy', 'kind_loss', 'loss', 'price_loss']);
    expect(second.history).toEqual(first.history);
    const {
      loss: total,
      price_loss: ofPrice,
      kind_loss: ofKind,
    } = await byName.evaluate(x, { price, kind }, { verbose: 0 });
    expectClose([total!], [0.1 * ofPrice! + ofKind!], { rtol: 1e-5 });
  });

  test('predict returns the structure of the outputs', async () => {
    const output = await new TwoHeads().predict(x, { batchSize: 3 });
    expect(output.price.shape).toEqual([10, 1]);
    expect(output.kind.shape).toEqual([10, 3]);
  });

  test('layers and weights are those of its fields', async () => {
    const model = new TwoHeads({ name: 'heads' });
    await model.predict(x);
    expect(model.layers.map(({ name }) => name)).toHaveLength(3);
    expect(model.weights.map(({ path }) => path.split('/')[0])).toEqual(Array.from({ length: 6 }, () => 'heads'));
    const texts: string[] = [];
    model.summary({ printFn: (text) => texts.push(text), lineLength: 76 });
    expect(texts[0]).toContain('Total params: 32');
  });

  test('targets that match no output are refused', async () => {
    const model = new TwoHeads({ name: 'heads' });
    model.compile({ loss: { price: 'mse', kind: 'sparse_categorical_crossentropy' } });
    await expect(model.fit(x, { price, knd: kind }, { verbose: 0 })).rejects.toThrow(
      '[TwoHeads heads] unknown output in y "knd". Did you mean "kind"?',
    );
    await expect(model.fit(x, { price }, { verbose: 0 })).rejects.toThrow(
      '[TwoHeads heads] the loss "sparse_categorical_crossentropy" of the output "kind" needs targets. Received: no y for it.',
    );
    await expect(model.fit(x, price, { verbose: 0 })).rejects.toThrow(
      '[TwoHeads heads] there must be targets for each of the 2 outputs. Received: 1.',
    );
  });
});
