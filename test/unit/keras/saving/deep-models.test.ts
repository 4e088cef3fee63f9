import { expect, test } from 'vitest';
import { Input, Sequential, layers, loadModel } from '../../../../src/index.ts';

test.each(['keras', 'h5'] as const)(
  'a model of 60 models inside each other is read from its %s file',
  async (format) => {
    let model = new Sequential([Input({ shape: [2] }), new layers.Dense(2, { name: 'core' })]);
    for (let i = 0; i < 60; i++) model = new Sequential([Input({ shape: [2] }), model]);
    expect((await loadModel(await model.toBytes(format))).getWeights()).toEqual(model.getWeights());
  },
);
