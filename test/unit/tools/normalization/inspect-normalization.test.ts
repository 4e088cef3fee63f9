import { describe, expect, test } from 'vitest';
import { Input, Model, Sequential, layers } from '../../../../src/index.ts';
import { inspectNormalization } from '../../../../src/tools/normalization/index.ts';
import type { Finding, InspectedNormalization } from '../../../../src/tools/normalization/index.ts';
import { nsfwjsNetwork } from '../../../support/nsfwjs-network.ts';

type Statistics = Partial<Record<'gamma' | 'beta' | 'movingMean' | 'movingVariance', number[]>>;
type BatchOptions = ConstructorParameters<typeof layers.BatchNormalization>[0];

/** A model of one normalization with given weights; what is not given is that of a trained layer. */
function inspected(values: Statistics, options: BatchOptions = {}): InspectedNormalization {
  const channels = Object.values(values)[0]?.length ?? 2;
  const bn = new layers.BatchNormalization({ name: 'bn', ...options });
  const model = new Sequential([Input({ shape: [channels] }), bn]);
  const usual = { gamma: 1, beta: 0, movingMean: 0.5, movingVariance: 2 };
  for (const key of ['gamma', 'beta', 'movingMean', 'movingVariance'] as const) {
    bn[key]?.assign(values[key] ?? Array<number>(channels).fill(usual[key]));
  }
  const [found] = inspectNormalization(model).layers;
  return found!;
}

const only = ({ findings }: InspectedNormalization): Finding => {
  expect(findings).toHaveLength(1);
  return findings[0]!;
};

describe('inspectNormalization', () => {
  test('inspectNormalization reports a trained layer as fine, with the ranges of its weights', () => {
    expect(inspected({ gamma: [1, 3] })).toEqual({
      layer: 'bn',
      className: 'BatchNormalization',
      trainable: true,
      epsilon: 0.001,
      weights: [
        { name: 'gamma', shape: [2], minimum: 1, mean: 2, maximum: 3, nonFinite: 0 },
        { name: 'beta', shape: [2], minimum: 0, mean: 0, maximum: 0, nonFinite: 0 },
        { name: 'moving_mean', shape: [2], minimum: 0.5, mean: 0.5, maximum: 0.5, nonFinite: 0 },
        { name: 'moving_variance', shape: [2], minimum: 2, mean: 2, maximum: 2, nonFinite: 0 },
      ],
      verdict: 'fine',
      findings: [],
    });
  });

  test('inspectNormalization reports NaN and infinities as broken, and counts them', () => {
    const found = inspected({ gamma: [NaN, 1], movingMean: [Infinity, NaN] });
    expect(found.verdict).toBe('broken');
    expect(only(found)).toMatchObject({
      kind: 'not-finite',
      message: 'There are NaN or infinities in gamma, moving_mean.',
    });
    expect(found.weights[0]).toMatchObject({ minimum: 1, mean: 1, maximum: 1, nonFinite: 1 });
    expect(found.weights[2]).toMatchObject({ minimum: null, mean: null, maximum: null, nonFinite: 2 });
  });

  test('inspectNormalization reports a negative variance as broken', () => {
    const found = inspected({ movingVariance: [1, -0.5, 2] });
    expect(found.verdict).toBe('broken');
    expect(only(found)).toMatchObject({
      kind: 'negative-variance',
      channels: [1],
      message: 'The variance is negative in 1 of 3 channels (1).',
    });
  });

  test('inspectNormalization reports a layer that was never trained as suspicious', () => {
    const found = inspected({ gamma: [1, 1], movingMean: [0, 0], movingVariance: [1, 1] });
    expect(found.verdict).toBe('suspicious');
    expect(only(found).message).toBe(
      'The moving statistics and the other weights have their initial values: the layer was never trained.',
    );
  });

  test('inspectNormalization reports initial statistics beside trained weights as suspicious', () => {
    const found = inspected({ gamma: [1.2, 1], movingMean: [0, 0], movingVariance: [1, 1] });
    expect(only(found)).toMatchObject({
      kind: 'never-trained',
      message: 'The moving statistics have their initial values, although the other weights were trained.',
    });
  });

  test('inspectNormalization compares statistics with the values of their initializers, rounded like the weights', () => {
    const constant = { class_name: 'Constant', config: { value: 0.1 } };
    const options = { movingMeanInitializer: constant } as BatchOptions;
    const mean = [0.1, 0.1];
    expect(only(inspected({ movingMean: mean, movingVariance: [1, 1] }, options)).kind).toBe('never-trained');
    expect(inspected({ movingMean: [0, 0], movingVariance: [1, 1] }, options).findings).toEqual([]);
    const random = { movingMeanInitializer: 'random_normal' } as BatchOptions;
    expect(inspected({ movingMean: [0, 0], movingVariance: [1, 1] }, random).findings).toEqual([]);
  });

  test.each<readonly [kind: string, values: Statistics, options: BatchOptions, channels: number[], message: string]>([
    [
      'dead-channels',
      { movingVariance: [1, 0, 9e-7] },
      {},
      [1, 2],
      'The variance is close to 0 (at most 0.000001) in 2 of 3 channels (1, 2).',
    ],
    [
      'dead-channels',
      { movingVariance: [0, 0] },
      { epsilon: 0 },
      [0, 1],
      'The variance is close to 0 (at most 1e-14) in all 2 channels.',
    ],
    [
      'epsilon-dominates',
      { movingVariance: [2e-6, 9e-4, 1.1e-3] },
      {},
      [0, 1],
      'Epsilon, 0.001, is larger than the variance in 2 of 3 channels (0, 1).',
    ],
    ['variance-huge', { movingVariance: [1, 2e8] }, {}, [1], 'The variance is above 100000000 in 1 of 2 channels (1).'],
    [
      'mean-far-off',
      { movingMean: [-3000, 900], movingVariance: [1, 1] },
      {},
      [0],
      'The mean is more than 1000 standard deviations from 0 in 1 of 2 channels (0).',
    ],
    ['gamma-zero', { gamma: [0, 0] }, {}, [0, 1], 'γ is 0 in all 2 channels: the output is β for any input.'],
    ['gamma-small', { gamma: [-9e-4, 9e-4] }, {}, [0, 1], '|γ| is below 0.001 in all 2 channels.'],
    ['momentum-one', {}, { momentum: 1 }, [], 'momentum is 1: training never changes the moving statistics.'],
  ])('inspectNormalization: %s is suspicious', (kind, values, options, channels, message) => {
    const found = inspected(values, options);
    expect(only(found)).toMatchObject({ kind, severity: 'suspicious', channels, message });
    expect(found.verdict).toBe('suspicious');
  });

  test.each<readonly [kind: string, values: Statistics, options: BatchOptions, message: string]>([
    ['gamma-zero', { gamma: [0, 1, 0, 0, 0, 0, 0] }, {}, 'γ is 0 in 6 of 7 channels (0, 2, 3, 4, 5, …).'],
    ['gamma-small', { gamma: [1e-4, 1] }, {}, '|γ| is below 0.001 in 1 of 2 channels (0).'],
    ['gamma-negative', { gamma: [-1] }, {}, 'γ is negative in the only channel.'],
    ['momentum-zero', {}, { momentum: 0 }, 'momentum is 0: the moving statistics are those of the last batch only.'],
    [
      'frozen',
      {},
      { trainable: false },
      'The layer is frozen: its statistics do not change, and are used in training too.',
    ],
  ])('inspectNormalization: %s is a note, and the layer fine', (kind, values, options, message) => {
    const found = inspected(values, options);
    expect(only(found)).toMatchObject({ kind, severity: 'note', message });
    expect(found.verdict).toBe('fine');
  });

  test("inspectNormalization uses the epsilon of TensorFlow's fused kernel", () => {
    const bn = new layers.BatchNormalization({ fused: true, epsilon: 1e-7 });
    const model = new Sequential([Input({ shape: [2, 2, 1] }), bn]);
    expect(inspectNormalization(model).layers[0]?.epsilon).toBe(1.001e-5);
  });

  test('inspectNormalization covers every kind of normalization layer, nested and wrapped ones included, each once', () => {
    const shared = new layers.LayerNormalization({ name: 'shared' });
    const inner = new Sequential([Input({ shape: [4] }), new layers.RMSNormalization({ name: 'rms' })], {
      name: 'inner',
    });
    const input = Input({ shape: [4] });
    const wrapped = new layers.WeightNormalization(new layers.Dense(4), { name: 'weights' });
    const unit = new layers.UnitNormalization({ name: 'unit' });
    const outputs = unit.apply(shared.apply(wrapped.apply(inner.apply(shared.apply(input)))) as never);
    const { layers: found } = inspectNormalization(new Model({ inputs: input, outputs: outputs as never }));
    expect(found.map(({ layer, className }) => [layer, className])).toEqual([
      ['shared', 'LayerNormalization'],
      ['inner/rms', 'RMSNormalization'],
      ['weights', 'WeightNormalization'],
      ['unit', 'UnitNormalization'],
    ]);
    expect(found.every(({ verdict }) => verdict === 'fine')).toBe(true);
  });

  test('inspectNormalization reports a Normalization without adapt, or with constant features, as suspicious', () => {
    const findings = (mean: number[], variance: number[]): readonly Finding[] => {
      const layer = new layers.Normalization();
      const model = new Sequential([Input({ shape: [2] }), layer]);
      layer.adaptMean!.assign(mean);
      layer.adaptVariance!.assign(variance);
      return inspectNormalization(model).layers[0]!.findings;
    };
    expect(findings([0, 0], [1, 1])).toMatchObject([
      { kind: 'never-trained', message: 'Mean and variance are 0 and 1, as before adapt: the layer has no effect.' },
    ]);
    expect(findings([3, 1], [0, 4])).toMatchObject([{ kind: 'dead-channels', channels: [0] }]);
    expect(findings([3, 1], [2, 4])).toEqual([]);
    const given = new layers.Normalization({ mean: [0, 0], variance: [1, 1] });
    expect(inspectNormalization(new Sequential([Input({ shape: [2] }), given])).verdict).toBe('fine');
  });

  test('inspectNormalization reports a model without normalization as fine, and refuses other arguments', () => {
    const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)], { name: 'plain' });
    expect(inspectNormalization(model)).toEqual({ model: 'plain', verdict: 'fine', layers: [] });
    expect(() => inspectNormalization({} as never)).toThrow('[inspectNormalization] expected a model. Received: {}.');
  });
});

test('inspectNormalization raises no alarm for the 52 layers of a trained MobileNetV2', () => {
  const { verdict, layers: inspected } = inspectNormalization(nsfwjsNetwork().model);
  expect([verdict, inspected.length]).toEqual(['fine', 52]);
  expect([...new Set(inspected.flatMap(({ findings }) => findings.map(({ kind }) => kind)))].sort()).toEqual([
    ...['dead-channels', 'epsilon-dominates', 'frozen', 'gamma-negative'],
  ]);
});
