import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { type AnyModel, Model, Sequential } from '../../../../src/keras/models/index.ts';
import { recalibrateBatchNormalization, replaceNormalization } from '../../../../src/tools/normalization/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

function network(options: layers.BatchNormalizationOptions = {}): Sequential {
  const model = new Sequential([
    Input({ shape: [6, 6, 3] }),
    new layers.Conv2D(12, 3),
    new layers.BatchNormalization({ name: 'bn', epsilon: 0.01, ...options }),
    new layers.ReLU(),
    new layers.Flatten(),
    new layers.Dense(4),
  ]);
  model.setWeights(model.getWeights().map(({ shape }, i) => new Tensor(lcg(shape, i + 1, 0.5, 1.5), shape)));
  return model;
}

describe('replaceNormalization', () => {
  test.for([
    ['GroupNormalization', { groups: 12 }, ['gamma', 'beta']],
    ['InstanceNormalization', { groups: -1 }, ['gamma', 'beta']],
    ['LayerNormalization', { axis: -1 }, ['gamma', 'beta']],
    ['RMSNormalization', { axis: -1 }, ['gamma']],
    ['BatchRenormalization', { renorm: true }, ['gamma', 'beta', 'moving_mean', 'moving_variance']],
  ] as const)(
    '%s takes the place of batch normalization with its options and its weights',
    async ([rule, own, carried]) => {
      const model = network();
      const before = model.getWeights().map((weight) => weight.toArray());
      const other = replaceNormalization(model, rule);
      const made = other.getLayer('bn');
      expect(made).toMatchObject({ epsilon: 0.01, ...own });
      expect(other.replaceReport.replaced).toMatchObject([{ normalization: 'bn', by: made.className, carried }]);
      const [from, to] = [model.getLayer('bn').normalizationParts, made.normalizationParts];
      expect(to?.gamma).not.toBe(null);
      expectClose(valuesOf(to?.gamma?.value), valuesOf(from?.gamma?.value), { rtol: 0 });
      for (const i of [0, 3]) expect(other.layers[i]!.getWeights()).toEqual(model.layers[i]!.getWeights());
      expect(model.getWeights().map((weight) => weight.toArray())).toEqual(before);
      const x = new Tensor(lcg([2, 6, 6, 3], 5), [2, 6, 6, 3]);
      expect((await other.predict(x, { verbose: 0 })).shape).toEqual([2, 4]);
    },
  );

  test('batch renormalization from batch normalization predicts the same numbers', async () => {
    const model = network();
    const x = new Tensor(lcg([8, 6, 6, 3], 5), [8, 6, 6, 3]);
    await recalibrateBatchNormalization(model, x);
    const other = replaceNormalization(model, 'BatchRenormalization');
    const [expected, actual] = (await Promise.all([model, other].map((each) => each.predict(x, { verbose: 0 })))) as [
      Tensor,
      Tensor,
    ];
    expectClose(actual.data, expected.data, { rtol: 1e-5 });
  });

  test.for([
    [64, 32, 32],
    [48, 32, 24],
    [7, 32, 7],
    [34, 8, 2],
    [13, 8, 1],
  ])('%i channels get groups of at most %i: %i', ([channels, groups, expected]) => {
    const model = new Sequential([Input({ shape: [4, 4, channels!] }), new layers.BatchNormalization({ name: 'bn' })]);
    expect(replaceNormalization(model, 'GroupNormalization', { groups: groups! }).getLayer('bn')).toMatchObject({
      groups: expected,
    });
  });

  test.for([
    [{}, 64, 4],
    [{}, 16, 1],
    [{ groups: 8 }, 64, 8],
    [{ groups: 32 }, 7, 1],
  ] as const)(
    'after a dense layer, options %j give %i channels groups of several channels: %i',
    ([options, channels, groups]) => {
      const model = new Sequential([Input({ shape: [channels] }), new layers.BatchNormalization({ name: 'bn' })]);
      expect(replaceNormalization(model, 'GroupNormalization', options).getLayer('bn')).toMatchObject({ groups });
    },
  );

  test('instance normalization after a dense layer, whose output would be constant, is refused', () => {
    const model = new Sequential([Input({ shape: [8] }), new layers.BatchNormalization({ name: 'bn' })]);
    expect(() => replaceNormalization(model, 'InstanceNormalization')).toThrow(
      '[replaceNormalization] InstanceNormalization needs several elements of each channel, or its output is constant. Received: BatchNormalization bn with inputs of shape [null, 8].',
    );
  });

  const models: Readonly<Record<string, () => AnyModel>> = {
    Sequential: () =>
      new Sequential([
        Input({ shape: [5, 5, 3] }),
        new layers.Conv2D(8, 3),
        new layers.BatchNormalization({ name: 'bn' }),
      ]),
    functional: () => {
      const x = Input({ shape: [5, 5, 3] });
      const y = new layers.BatchNormalization({ name: 'bn' }).apply(new layers.Conv2D(8, 3).apply(x));
      return new Model({ inputs: x, outputs: [new layers.ReLU().apply(y), y] });
    },
    nested: () => {
      const inner = new Sequential([Input({ shape: [3, 3, 8] }), new layers.BatchNormalization({ name: 'bn' })]);
      const x = Input({ shape: [5, 5, 3] });
      return new Model({ inputs: x, outputs: inner.apply(new layers.Conv2D(8, 3).apply(x)) });
    },
    'channels first': () =>
      new Sequential([
        Input({ shape: [8, 3, 3] }),
        new layers.BatchNormalization({ axis: 1, name: 'bn' }),
        new layers.Conv2D(2, 1, { dataFormat: 'channels_first' }),
      ]),
  };
  // Of the 32 parameters of a BatchNormalization of 8 channels, 16 are trained.
  const counts = [
    ['GroupNormalization', 16, 16],
    ['InstanceNormalization', 16, 16],
    ['LayerNormalization', 16, 16],
    ['RMSNormalization', 8, 8],
    ['BatchRenormalization', 56, 16],
  ] as const;
  const size = (weights: readonly { readonly shape: readonly (number | null)[] }[]): number =>
    weights.reduce((sum, { shape }) => sum + shape.reduce<number>((product, each) => product * (each ?? 1), 1), 0);

  test.for(Object.keys(models).flatMap((kind) => counts.map((count) => [kind, ...count] as const)))(
    'in a model that is %s, %s has %i parameters in the place of 32, %i of them trained, and all shapes stay',
    ([kind, rule, parameters, trained]) => {
      const model = models[kind]!();
      const weights = model.getWeights().map((weight) => weight.toArray());
      const calls = model.layers.map(({ inboundNodes }) => inboundNodes.length);
      const other = replaceNormalization(model, rule);
      expect(other.countParams()).toBe(model.countParams() - 32 + parameters);
      expect(size(other.trainableWeights)).toBe(size(model.trainableWeights) - 16 + trained);
      expect([other.inputShape, other.outputShape]).toEqual([model.inputShape, model.outputShape]);
      expect(model.getWeights().map((weight) => weight.toArray())).toEqual(weights);
      expect(model.layers.map(({ inboundNodes }) => inboundNodes.length)).toEqual(calls);
    },
  );

  test.for([
    ['LayerNormalization', { axis: [3, 1] }, [3, 5]],
    ['GroupNormalization', { virtualBatchSize: 2 }, [5]],
    ['BatchRenormalization', { virtualBatchSize: 2 }, [1, 1, 1, 1, 5]],
  ] as const)('%s carries γ over from weights with axes of size 1, with options %j', ([rule, options, shape]) => {
    const bn = new layers.BatchNormalization({ name: 'bn', ...(options as layers.BatchNormalizationOptions) });
    const model = new Sequential([Input({ shape: [3, 4, 5] }), bn]);
    bn.gamma!.assign(new Tensor(lcg(bn.gamma!.shape, 3), bn.gamma!.shape));
    const other = replaceNormalization(model, rule);
    const { gamma } = other.getLayer('bn').normalizationParts!;
    expect((gamma!.value as { readonly shape: unknown }).shape).toEqual(shape);
    expect(valuesOf(gamma!.value)).toEqual(bn.gamma!.value.data);
    expect(other.getLayer('bn')).toMatchObject(
      'virtualBatchSize' in options && rule === 'BatchRenormalization' ? options : {},
    );
    expect(other.replaceReport.replaced[0]!.dropped).not.toContain('gamma');
  });

  test('the replaced model of a compiled one is compiled alike, with an optimizer of its own', async () => {
    const model = network();
    model.compile({ optimizer: 'adam', loss: 'mse' });
    const other = replaceNormalization(model, 'GroupNormalization');
    expect(other.optimizer).not.toBe(model.optimizer);
    await other.fit(new Tensor(lcg([4, 6, 6, 3], 1), [4, 6, 6, 3]), new Tensor(lcg([4, 4], 2), [4, 4]), { verbose: 0 });
    expect(other.optimizer.iterations.value.item()).toBe(1);
    expect(model.optimizer.iterations.value.item()).toBe(0);
  });

  test('a rule that returns the layer itself keeps a copy of it, and one that returns a layer in use is refused', () => {
    const model = network();
    const bn = model.getLayer('bn');
    const other = replaceNormalization(model, (layer) => layer);
    expect(other.replaceReport).toEqual({ replaced: [], kept: ['bn'] });
    expect(other.getLayer('bn')).not.toBe(bn);
    const used = new layers.LayerNormalization({ name: 'used' });
    new Sequential([Input({ shape: [12] }), used]);
    expect(() => replaceNormalization(model, () => used)).toThrow(
      '[replaceNormalization] the rule must return a new layer for each layer. Received: LayerNormalization used, which is in use. Construct the layer in the rule.',
    );
  });

  test('a rule that is a function chooses for each layer, of nested models too, and null keeps a layer', () => {
    const inner = new Sequential([Input({ shape: [4] }), new layers.BatchNormalization({ name: 'b' })], { name: 'in' });
    const x = Input({ shape: [4] });
    const shared = new layers.BatchNormalization({ name: 'a' });
    const y = inner.apply(shared.apply(new layers.Dense(4).apply(shared.apply(x))));
    const model = new Model({ inputs: x, outputs: new layers.BatchNormalization({ name: 'c' }).apply(y) });
    const other = replaceNormalization(model, (_, name) =>
      name === 'c' ? null : name === 'a' ? 'LayerNormalization' : new layers.UnitNormalization({ name: 'unit' }),
    );
    expect(other.replaceReport.kept).toEqual(['c']);
    expect(other.replaceReport.replaced.map(({ normalization, by }) => [normalization, by])).toEqual([
      ['a', 'LayerNormalization'],
      ['in/b', 'UnitNormalization'],
    ]);
    expect(other.getLayer('a').inboundNodes.length).toBe(2);
    expect(other.getLayer('c').className).toBe('BatchNormalization');
    expect(model.getLayer('a').className).toBe('BatchNormalization');
  });

  test('layers that are not in the option layers are kept, and an unknown name is refused', () => {
    const inner = new Sequential([Input({ shape: [4] }), new layers.BatchNormalization({ name: 'b' })], { name: 'in' });
    const model = new Sequential([Input({ shape: [4] }), new layers.BatchNormalization({ name: 'a' }), inner], {
      name: 'outer',
    });
    const other = replaceNormalization(model, 'LayerNormalization', { layers: ['in/b'] });
    expect(other.replaceReport).toMatchObject({ replaced: [{ normalization: 'in/b' }], kept: ['a'] });
    expect(() => replaceNormalization(model, 'LayerNormalization', { layers: ['b'] })).toThrow(
      '[replaceNormalization] layers must be names of BatchNormalization layers of the model. Received: "b". It has a, in/b.',
    );
  });

  test('a class with one channel axis is refused for a layer with several, before anything is made', () => {
    const model = new Sequential([
      Input({ shape: [3, 4] }),
      new layers.BatchNormalization({ axis: [1, 2], name: 'bn' }),
    ]);
    expect(() => replaceNormalization(model, 'GroupNormalization')).toThrow(
      '[replaceNormalization] the replacement has one axis of channels. Received: BatchNormalization bn with axis=[1, 2].',
    );
  });

  test('a layer of a custom class that contains batch normalization is refused by name', () => {
    class Block extends layers.Layer {
      readonly bn = new layers.BatchNormalization({ name: 'bn' });
      override call(x: never): never {
        return this.bn.apply(x) as never;
      }
      override getConfig(): ReturnType<layers.Layer['getConfig']> {
        return super.getConfig();
      }
    }
    const model = new Sequential([Input({ shape: [3] }), new Block({ name: 'block' })]);
    expect(() => replaceNormalization(model, 'GroupNormalization')).toThrow('Received: block/bn.');
  });
});

const valuesOf = (part: unknown): ArrayLike<number> => (part as { readonly value: Tensor }).value.data;
