import { expect, test } from 'vitest';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Sequential } from '../../../../src/keras/models/index.ts';
import {
  adaptBatchNormalization,
  diagnoseNormalization,
  freezeBatchNormalization,
  recalibrateBatchNormalization,
  replaceNormalization,
  unfreezeBatchNormalization,
  withTestTimeStatistics,
} from '../../../../src/tools/normalization/index.ts';

type Tool = (model: never) => unknown;

const x = [[1, 2]];

const tools: Readonly<Record<string, Tool>> = {
  recalibrateBatchNormalization: (model) => recalibrateBatchNormalization(model, x),
  adaptBatchNormalization: (model) => adaptBatchNormalization(model, x),
  withTestTimeStatistics: (model) => withTestTimeStatistics(model, () => 1),
  freezeBatchNormalization: (model) => freezeBatchNormalization(model),
  unfreezeBatchNormalization: (model) => unfreezeBatchNormalization(model),
  replaceNormalization: (model) => replaceNormalization(model, 'LayerNormalization'),
};

const names = Object.keys(tools);
const run = async (name: string, model: unknown): Promise<unknown> => tools[name]?.(model as never);

test.for(names)('%s refuses something that is not a model', async (name) => {
  await expect(run(name, { layers: [] })).rejects.toThrow(`[${name}] expected a model. Received: {"layers":[]}.`);
});

test.for(names)('%s refuses a model without batch normalization', async (name) => {
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense(2)], { name: 'plain' });
  await expect(run(name, model)).rejects.toThrow(
    `[${name}] the model must have a BatchNormalization layer. Received: Sequential plain without one.`,
  );
});

test.for(names)('%s refuses a model that is not built', async (name) => {
  const model = new Sequential([new layers.BatchNormalization()], { name: 'unbuilt' });
  await expect(run(name, model)).rejects.toThrow(`[${name}] the model must be built. Received: Sequential unbuilt.`);
});

test.for(['recalibrateBatchNormalization', 'adaptBatchNormalization'])(
  '%s refuses empty data, data of another shape and unknown names, and changes nothing',
  async (name) => {
    const bn = new layers.BatchNormalization({ name: 'bn' });
    const model = new Sequential([Input({ shape: [2] }), bn], { name: 'net' });
    const tool = name === 'adaptBatchNormalization' ? adaptBatchNormalization : recalibrateBatchNormalization;
    await expect(tool(model, [])).rejects.toThrow(`[${name}] `);
    await expect(tool(model, { [Symbol.iterator]: () => [][Symbol.iterator]() })).rejects.toThrow(
      `[${name}] the data yielded no batch in pass 1.`,
    );
    await expect(tool(model, [[1, 2, 3]])).rejects.toThrow('[BatchNormalization bn] expected axis 1');
    await expect(tool(model, x, { layers: ['dense'] })).rejects.toThrow(
      `[${name}] layers must be names of BatchNormalization layers of the model. Received: "dense". It has bn.`,
    );
    await expect(tool(model, x, { method: 'other' as never })).rejects.toThrow(
      `[${name}] method must be one of "sequential", "simultaneous". Received: method="other".`,
    );
    await expect(tool(model, x, { batchSize: 0 })).rejects.toThrow(`[${name}] batchSize must be an integer ≥ 1.`);
    expect(bn.getWeights().map((weight) => weight.toArray())).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
      [1, 1],
    ]);
  },
);

test.for([
  [
    'recalibrateBatchNormalization',
    (model: Sequential, layers: never) => recalibrateBatchNormalization(model, x, { layers }),
  ],
  ['adaptBatchNormalization', (model: Sequential, layers: never) => adaptBatchNormalization(model, x, { layers })],
  ['withTestTimeStatistics', (model: Sequential, layers: never) => withTestTimeStatistics(model, () => 1, { layers })],
  ['freezeBatchNormalization', (model: Sequential, layers: never) => freezeBatchNormalization(model, { layers })],
  ['unfreezeBatchNormalization', (model: Sequential, layers: never) => unfreezeBatchNormalization(model, { layers })],
] as const)('%s refuses layers that are not a list of names of its layers', async ([name, tool]) => {
  const model = new Sequential([Input({ shape: [2] }), new layers.BatchNormalization({ name: 'bn' })]);
  const runWith = async (given: unknown): Promise<unknown> => tool(model, given as never);
  await expect(runWith('bn')).rejects.toThrow(
    `[${name}] layers must be a list of names, or null for all. Received: layers="bn".`,
  );
  await expect(runWith(['bn', 'other'])).rejects.toThrow(
    `[${name}] layers must be names of BatchNormalization layers of the model. Received: "other". It has bn.`,
  );
  expect(model.trainableWeights.length).toBe(2);
});

test('withTestTimeStatistics refuses something that is not a function', async () => {
  const model = new Sequential([Input({ shape: [2] }), new layers.BatchNormalization()]);
  await expect(withTestTimeStatistics(model, 3 as never)).rejects.toThrow(
    '[withTestTimeStatistics] run must be a function. Received: run=3.',
  );
});

test('the summary of a model names the layers that freezeBatchNormalization froze', () => {
  const model = new Sequential([Input({ shape: [2] }), new layers.BatchNormalization({ name: 'bn' })]);
  const summary = (): string => {
    const lines: string[] = [];
    model.summary({ printFn: (line: string) => lines.push(line) });
    return lines.join('\n');
  };
  freezeBatchNormalization(model);
  expect(summary()).toContain('Frozen normalization: bn');
  unfreezeBatchNormalization(model);
  expect(summary()).not.toContain('Frozen');
});

test('diagnoseNormalization refuses what is not a built model with normalization, and data that does not fit', async () => {
  const who = '[diagnoseNormalization]';
  const bn = new layers.BatchNormalization({ name: 'bn' });
  const model = new Sequential([Input({ shape: [2] }), bn], { name: 'net' });
  const plain = new Sequential([Input({ shape: [2] }), new layers.Dense(2)], { name: 'plain' });
  const unbuilt = new Sequential([new layers.BatchNormalization()], { name: 'unbuilt' });
  await expect(diagnoseNormalization({} as never, x)).rejects.toThrow(`${who} expected a model. Received: {}.`);
  await expect(diagnoseNormalization(plain, x)).rejects.toThrow(
    `${who} the model must have a normalization layer. Received: Sequential plain without one.`,
  );
  await expect(diagnoseNormalization(unbuilt, x)).rejects.toThrow(
    `${who} the model must be built. Received: Sequential unbuilt.`,
  );
  await expect(diagnoseNormalization(model, [])).rejects.toThrow(`${who} `);
  await expect(diagnoseNormalization(model, { [Symbol.iterator]: () => [][Symbol.iterator]() })).rejects.toThrow(
    `${who} the data yielded no batch in pass 1.`,
  );
  await expect(diagnoseNormalization(model, [[1, 2, 3]])).rejects.toThrow('[BatchNormalization bn] expected axis 1');
  await expect(diagnoseNormalization(model, x, { updates: -1 })).rejects.toThrow(
    `${who} updates must be an integer ≥ 0. Received: updates=-1.`,
  );
  await expect(diagnoseNormalization(model, x, { thresholds: { distance: 0 } })).rejects.toThrow(
    `${who} thresholds.distance must be positive. Received: 0.`,
  );
  await expect(diagnoseNormalization(model, x, { thresholds: { far: 1 } as never })).rejects.toThrow(
    '[diagnoseNormalization thresholds] unknown option "far".',
  );
});

test('a negative prior count is refused', async () => {
  const model = new Sequential([Input({ shape: [2] }), new layers.BatchNormalization()]);
  await expect(adaptBatchNormalization(model, x, { priorCount: -1 })).rejects.toThrow(
    '[adaptBatchNormalization] priorCount must be ≥ 0. Received: priorCount=-1.',
  );
});

test('freezing and unfreezing change batch normalization only, and return the names that changed', () => {
  const inner = new Sequential([Input({ shape: [2] }), new layers.BatchNormalization({ name: 'b' })], { name: 'in' });
  const model = new Sequential([
    Input({ shape: [2] }),
    new layers.Dense(2),
    new layers.BatchNormalization({ name: 'a', trainable: false }),
    inner,
  ]);
  expect(freezeBatchNormalization(model)).toEqual(['in/b']);
  expect(model.trainableWeights.map(({ name }) => name)).toEqual(['kernel', 'bias']);
  expect(unfreezeBatchNormalization(model, { layers: ['a'] })).toEqual(['a']);
  expect(unfreezeBatchNormalization(model)).toEqual(['in/b']);
  expect(model.trainableWeights.length).toBe(6);
});

test('an unknown rule of replaceNormalization is refused with the names that exist', () => {
  const model = new Sequential([Input({ shape: [2] }), new layers.BatchNormalization()]);
  expect(() => replaceNormalization(model, 'groupnorm' as never)).toThrow(
    '[replaceNormalization] rule must be one of "GroupNormalization", "InstanceNormalization", "LayerNormalization", "RMSNormalization", "BatchRenormalization", or a function that returns one, a layer or null. Received: "groupnorm".',
  );
});
