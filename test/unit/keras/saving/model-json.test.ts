import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Input, Layer, Model, Sequential, type Value, loadModel, modelFromJson, ops } from '../../../../src/index.ts';
import { Dense } from '../../../../src/keras/layers/index.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

class Doubled extends Layer {
  static override readonly className = 'Doubled';
  override call(x: Value): Value {
    return ops.multiply(x, 2);
  }
}

const golden = (file: string): string =>
  readFileSync(new URL(`../../../golden/model-json/${file}`, import.meta.url), 'utf8').trim();

test('toJson writes the keys and the layers of the JSON that Keras wrote, in its order', () => {
  const given = JSON.parse(golden('residual.json')) as {
    config: { layers: { name: string; inbound_nodes: unknown }[] };
  };
  const written = JSON.parse(modelFromJson(golden('residual.json')).toJson()) as typeof given;
  expect(Object.keys(written)).toEqual(Object.keys(given));
  expect(Object.keys(written.config)).toEqual(Object.keys(given.config));
  expect(written.config.layers.map(({ name }) => name)).toEqual(given.config.layers.map(({ name }) => name));
});

test('toJson writes the layers in one line, or indented like json.dumps of Python', () => {
  const model = new Sequential([Input({ shape: [2] }), new Dense(1)], { name: 'line' });
  const line = model.toJson();
  const indented = model.toJson({ indent: 2 });
  expect(line).not.toContain('\n');
  expect(indented.split('\n').slice(0, 4)).toEqual([
    '{',
    '  "module": "keras",',
    '  "class_name": "Sequential",',
    '  "config": {',
  ]);
  expect(indented).toContain('"config": {},\n');
  expect(JSON.parse(indented)).toEqual(JSON.parse(line));
  expect(() => model.toJson({ indent: -1 })).toThrow('[Sequential line toJson] indent must be an integer ≥ 0.');
});

test('modelFromJson compiles a model that was compiled, as Keras does', () => {
  const model = modelFromJson(golden('stack.json'));
  expect(model.optimizer.getConfig()['momentum']).toBe(0.9);
  expect(modelFromJson(golden('residual.json')).compiled).toBe(false);
});

test('modelFromJson makes custom layers and classes of models of customObjects', () => {
  class Custom extends Model {
    readonly dense = new Dense(2);
    override call(x: Value): Value {
      return this.dense.apply(x);
    }
    static override fromConfig(): Custom {
      return new Custom();
    }
  }
  const json = new Sequential([Input({ shape: [2] }), new Doubled()]).toJson();
  expect(() => modelFromJson(json)).toThrow('customObjects');
  expect(modelFromJson(json, { customObjects: { Doubled } }).layers[0]).toBeInstanceOf(Doubled);
  const model = new Custom();
  model.build([null, 3]);
  const read = modelFromJson(model.toJson(), { customObjects: { Custom } });
  expect(read).toBeInstanceOf(Custom);
});

test('modelFromJson leaves a model uncompiled, with a warning, whose loss it does not know', () => {
  const model = new Sequential([Input({ shape: [2] }), new Dense(1)]);
  model.compile({ loss: function custom(y: Value, yPred: Value) { return ops.subtract(y, yPred); } }); // prettier-ignore
  const read = modelFromJson(model.toJson());
  expectWarning(/compile_config: .*custom.*The model is not compiled/);
  expect(read.compiled).toBe(false);
});

test.each([
  ['{}', '[modelFromJson] json must have class_name and config. Received: {}.'],
  ['[1]', '[modelFromJson] json must have class_name and config. Received: [1].'],
  ['nope', '[modelFromJson] the string must be valid JSON. Received: "nope"'],
  [
    '{"class_name": "Dense", "config": {"units": 3}}',
    '[modelFromJson] json: the file must contain a model. Received: Dense.',
  ],
  [
    '{"class_name": "Sequential", "config": {}}',
    '[modelFromJson] json: [Sequential] a config must have a name and a list of layers.',
  ],
])('modelFromJson refuses %s in one sentence', (json, message) => {
  expect(() => modelFromJson(json)).toThrow(message);
});

test('modelFromJson asks for a string if it receives an object', () => {
  const model = new Sequential([Input({ shape: [2] }), new Dense(1)]);
  expect(() => modelFromJson(model as never)).toThrow(
    '[modelFromJson] json must be a string, as model.toJson() returns it.',
  );
});

test('loadModel names modelFromJson if the file is the JSON of a model', async () => {
  const bytes = new TextEncoder().encode(golden('residual.json'));
  await expect(loadModel(bytes)).rejects.toThrow(
    'Received: JSON without weights. Read the JSON of a model with modelFromJson',
  );
});
