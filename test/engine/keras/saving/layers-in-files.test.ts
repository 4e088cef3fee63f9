import { Input, Model, Sequential, loadModel, resetNames, tensor } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { beforeEach, expect, test } from 'vitest';
import { readHdf5 } from '../../../../src/formats/hdf5/hdf5.ts';
import { lcg } from '../../../support/lcg.ts';

beforeEach(resetNames);

test.each(['keras', 'h5'] as const)('a stateful layer is saved as .%s without its states', async (format) => {
  const input = Input({ batchShape: [2, 3, 1] });
  const model = new Sequential([input, new layers.GRU(2, { stateful: true })]);
  const x = tensor(lcg([2, 3, 1], 1), [2, 3, 1]);
  const first = await model.predict(x, { verbose: 0, batchSize: 2 });
  const copy = await loadModel(await model.toBytes(format));
  expect((await copy.predict(x, { verbose: 0, batchSize: 2 })).toArray()).toEqual(first.toArray());
});

test('a legacy .h5 has the name of GroupQueryAttention in Python, and the layers of a Pipeline in the current form', async () => {
  const x = Input({ shape: [3, 4] });
  const pipeline = new layers.Pipeline([new layers.Rescaling(2), new layers.Dense(4)]);
  const attention = new layers.GroupQueryAttention(2, 4, 2);
  const scaled = pipeline.apply(x);
  const model = new Model({ inputs: x, outputs: attention.apply([scaled, scaled]) });
  const bytes = await model.toBytes('h5');
  const text = (await readHdf5(bytes, 'test')).attributes.get('model_config') as string;
  const { config } = JSON.parse(text) as { config: { layers: { class_name: string; config: never }[] } };
  expect(config.layers.map((layer) => layer.class_name)).toEqual(['InputLayer', 'Pipeline', 'GroupedQueryAttention']);
  const inner = config.layers[1]!.config as { layers: { module: string; class_name: string }[] };
  expect(inner.layers.map(({ module, class_name }) => `${module}.${class_name}`)).toEqual([
    'keras.layers.Rescaling',
    'keras.layers.Dense',
  ]);
  const copy = await loadModel(bytes);
  const data = tensor(lcg([2, 3, 4], 1), [2, 3, 4]);
  expect(await copy.predict(data, { verbose: 0 })).toEqual(await model.predict(data, { verbose: 0 }));
});
