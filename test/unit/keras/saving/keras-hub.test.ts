import { afterAll, beforeAll, expect, test } from 'vitest';
import { activations, layers, utils } from '../../../../src/index.ts';

const serialized = (registeredName: string): never =>
  ({
    ...{ module: 'keras_hub.src.layers', class_name: registeredName.replace(/^.*>/, ''), config: {} },
    registered_name: registeredName,
  }) as never;

// Another test in the same process may have imported evenkeel/hub.
const table = utils.getCustomObjects();
const registered = new Map<string, unknown>();

beforeAll(() => {
  for (const [name, object] of Object.entries(table)) if (/^keras_(hub|nlp)>/.test(name)) registered.set(name, object);
  for (const name of registered.keys()) Reflect.deleteProperty(table, name);
});

afterAll(() => {
  for (const [name, object] of registered) table[name] = object;
});

test('a layer of keras-hub in a file asks for the entry that registers it', () => {
  for (const name of [
    'keras_hub>TransformerEncoder',
    'keras_nlp>TransformerEncoder',
    'keras_hub>ReversibleEmbedding',
  ]) {
    expect(() => layers.deserialize(serialized(name))).toThrow(
      new TypeError(
        `[deserializeLayer] the layer "${name}" is in evenkeel/hub, which has not been imported. Add import 'evenkeel/hub'.`,
      ),
    );
  }
  expect(() => activations.get('keras_hub>gelu_approximate')).toThrow(
    `[activations.get] the activation "keras_hub>gelu_approximate" is in evenkeel/hub, which has not been imported. Add import 'evenkeel/hub'.`,
  );
});

test('a class of keras-hub that is not supported is refused with the reason', () => {
  expect(() => layers.deserialize(serialized('keras_hub>StartEndPacker'))).toThrow(
    '[deserializeLayer] the layer "keras_hub>StartEndPacker" of keras-hub is not supported: it computes on ragged tensors of TensorFlow, outside of models. A custom one can replace it: pass it in customObjects under this name.',
  );
  expect(() => layers.deserialize(serialized('keras_hub>BertBackbone'))).toThrow(
    'the layer "keras_hub>BertBackbone" of keras-hub is not supported: evenkeel/hub has AlibiBias, CachedMultiHeadAttention, ',
  );
});
