import { expect, test } from 'vitest';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Sequential } from '../../../../src/keras/models/index.ts';
import { NormalizationMonitor, type NormalizationMonitorOptions } from '../../../../src/tools/normalization/index.ts';

const x = [
  [1, 2],
  [3, 4],
];
const y = [[1], [2]];

function network(): Sequential {
  const model = new Sequential(
    [
      Input({ shape: [2] }),
      new layers.BatchNormalization({ name: 'bn' }),
      new layers.Normalization({ name: 'scale', mean: 0, variance: 1 }),
      new layers.Dense(1, { name: 'dense' }),
    ],
    { name: 'net' },
  );
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}

const fit = (model: Sequential, options: NormalizationMonitorOptions): Promise<unknown> =>
  model.fit(x, y, { verbose: 0, callbacks: [new NormalizationMonitor(options)] });

test.for([
  [
    'an unknown normalization layer',
    { layers: ['bm'] },
    '[NormalizationMonitor] layers must be names of normalization layers of the model. Received: "bm". It has bn.',
  ],
  [
    'an adapted layer',
    { layers: ['scale'] },
    '[NormalizationMonitor] layers must be names of normalization layers of the model. Received: "scale".',
  ],
  [
    'an unknown layer of inputs',
    { probe: [x], inputsOf: ['denso'] },
    '[NormalizationMonitor] inputsOf must be names of layers of the model. Received: "denso". It has bn, scale, dense.',
  ],
  [
    'a probe with other sizes',
    { probe: [[[1, 2, 3]]] },
    '[BatchNormalization bn] expected axis 1 of the input to have size 2.',
  ],
  [
    'a probe of another rank',
    {
      probe: [
        [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ],
    },
    '[Sequential net] expected inputs of shape [null, 2]. Received: shape [2, 2, 2].',
  ],
  ['an empty probe', { probe: [[]] }, '[NormalizationMonitor, probe] '],
  ['a probe with fewer targets', { probe: [x, [[1]]], gradients: 'all' }, '[NormalizationMonitor, probe] '],
  [
    'gradients without targets',
    { probe: [x], gradients: 'all' },
    '[NormalizationMonitor] gradients must have a probe with targets. Received: a probe without. Give probe: [x, y].',
  ],
  [
    'gradients and inputs without a probe',
    { inputsOf: ['bn'], gradients: 'all' },
    '[NormalizationMonitor] inputsOf and gradients must have a probe. Received: probe=null. Give a batch: probe: [x, y].',
  ],
  [
    'a unit beyond the inputs',
    { probe: [x], inputsOf: ['bn'], unit: 2 },
    '[NormalizationMonitor] unit must be an index along the last axis of the inputs of bn. Received: unit=2 for 2 units.',
  ],
] as const)('NormalizationMonitor refuses %s before the first step', async ([, options, message]) => {
  const model = network();
  const before = model.getWeights().map(({ data }) => [...data]);
  await expect(fit(model, options as unknown as NormalizationMonitorOptions)).rejects.toThrow(message);
  expect(model.optimizer.iterations.value.item()).toBe(0);
  expect(model.getWeights().map(({ data }) => [...data])).toEqual(before);
});

test('NormalizationMonitor refuses a model without normalization layers', async () => {
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)], { name: 'plain' });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  await expect(fit(model, {})).rejects.toThrow(
    '[NormalizationMonitor] the model must have a normalization layer that training changes. Received: Sequential plain without one.',
  );
});

test('NormalizationMonitor refuses a probe for a model that is built by the first batch of a generator', async () => {
  const model = new Sequential([new layers.BatchNormalization(), new layers.Dense(1)], { name: 'open' });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const callbacks = [new NormalizationMonitor({ probe: [x] })];
  const batches = {
    *[Symbol.iterator]() {
      yield [x, y] as const;
    },
  };
  await expect(model.fit(batches, undefined, { verbose: 0, callbacks })).rejects.toThrow(
    '[NormalizationMonitor] the model must be built. Received: Sequential open.',
  );
});

test.for([
  [{ probe: x[0]!.concat(x[0]!) }, 'probe must be a batch: [x], [x, y] or [x, y, sampleWeight].'],
  [{ updateFreq: 0 }, 'updateFreq must be "epoch" or an integer ≥ 1. Received: updateFreq=0.'],
  [{ layers: ['a', 'a'] }, 'layers must be a list of different names of layers.'],
  [{ inputsOf: 'a' }, 'inputsOf must be a list of different names of layers.'],
  [{ percentiles: [101] }, 'percentiles must be in [0, 100].'],
  [{ percentiles: [] }, 'percentiles must be a list of numbers.'],
  [{ unit: -1 }, 'unit must be an integer ≥ 0.'],
  [{ gradients: 'some' }, 'gradients must be'],
  [{ filename: 5 }, 'filename must be a path, or a file URL. Received: filename=5.'],
  [{ logDir: '' }, 'logDir must be a path, or a file URL. Received: logDir="".'],
  [{ frequency: 3 }, 'unknown option "frequency".'],
] as const)('NormalizationMonitor refuses the options %j', ([options, message]) => {
  expect(() => new NormalizationMonitor(options as unknown as NormalizationMonitorOptions)).toThrow(
    `[NormalizationMonitor] ${message}`,
  );
});

test('a plot of NormalizationMonitor refuses quantities without records', () => {
  const monitor = new NormalizationMonitor();
  expect(() => monitor.plot()).toThrow(
    '[NormalizationMonitor.plot] the monitor must have records of the quantity. Received: quantity="mean" with 0 records.',
  );
  expect(() => monitor.plot('median' as 'mean')).toThrow('[NormalizationMonitor.plot] quantity must be');
});
