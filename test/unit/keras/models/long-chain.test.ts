import { expect, test } from 'vitest';
import { Model } from '../../../../src/keras/models/model.ts';
import { modelFromJson } from '../../../../src/keras/models/model-from-json.ts';
import { inspectNormalization } from '../../../../src/tools/normalization/index.ts';

const LENGTH = 20_000;

function chain(): object {
  const layers: object[] = [
    { class_name: 'InputLayer', config: { batch_shape: [null, 4], dtype: 'float32', name: 'x' }, name: 'x', inbound_nodes: [] }, // prettier-ignore
  ];
  for (let i = 0, last = 'x'; i < LENGTH; i++) {
    const input = { class_name: '__keras_tensor__', config: { shape: [null, 4], dtype: 'float32', keras_history: [last, 0, 0] } }; // prettier-ignore
    last = `a${i}`;
    layers.push({ class_name: 'Activation', config: { name: last, activation: 'relu' }, name: last, inbound_nodes: [{ args: [input], kwargs: {} }] }); // prettier-ignore
  }
  const config = { name: 'deep', layers, input_layers: [['x', 0, 0]], output_layers: [[`a${LENGTH - 1}`, 0, 0]] };
  return { module: 'keras', class_name: 'Functional', config };
}

test('a chain of 20,000 layers is read, summarized and written', () => {
  const model = modelFromJson(JSON.stringify(chain()));
  expect(model).toBeInstanceOf(Model);
  expect(model.layers).toHaveLength(LENGTH + 1);
  let text = '';
  model.summary({ printFn: (printed) => (text = printed) });
  expect(text).toContain(`a${LENGTH - 1} (Activation)`);
  expect(inspectNormalization(model).layers).toEqual([]);
  expect(JSON.parse(model.toJson())).toMatchObject({ config: { layers: { length: LENGTH + 1 } } });
});
