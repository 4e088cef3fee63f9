import { Input, Layer, Sequential, ops, resetNames } from 'evenkeel';
import type { Config, Value } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadGolden } from '../../../support/golden.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';

interface ModelCase {
  readonly kind: string;
  readonly name: string;
  readonly toJson: string;
  readonly compile: string | null;
  readonly buildConfig: string | null;
}

const cases = loadGolden<ModelCase>('vocabulary').cases.filter(({ kind }) => kind === 'model');
const golden = (name: string): ModelCase => cases.find((entry) => entry.name === name && entry.compile === null)!;

const stack = (): Layer[] => [
  new Conv2D(32, [3, 3], { activation: 'relu' }),
  new Conv2D(32, [3, 3], { activation: 'relu' }),
  new BatchNormalization(),
  new MaxPooling2D(),
  new Flatten(),
  new Dense(10, { activation: 'softmax' }),
];

const models: Readonly<Record<string, () => Sequential>> = {
  'article, unbuilt': () => new Sequential(stack()),
  'article, built by an input': () => new Sequential([Input({ shape: [28, 28, 1] }), ...stack()]),
  'article, built by build((None, 28, 28, 1))': () => {
    const model = new Sequential(stack());
    model.build([null, 28, 28, 1]);
    return model;
  },
  'article, built by a call on [2, 28, 28, 1]': () => {
    const model = new Sequential(stack());
    model.ensureBuilt([2, 28, 28, 1]);
    return model;
  },
  empty: () => new Sequential(null, { name: 'empty' }),
};

beforeEach(() => resetNames());

describe('Sequential config', () => {
  test.each(Object.keys(models))('is Keras’s JSON: %s', (name) => {
    const model = models[name]!();
    const expected = golden(name);
    // As text, so that the order of the keys counts too.
    expect(JSON.stringify(model, null, 1)).toBe(JSON.stringify(JSON.parse(expected.toJson), null, 1));
  });

  test.each(Object.keys(models))('fromConfig restores the model: %s', (name) => {
    const model = models[name]!();
    const again = Sequential.fromConfig(model.getConfig());
    expect(again.getConfig()).toEqual(model.getConfig());
    expect(again.built).toBe(model.built);
    expect(again.weights.map(({ path, shape }) => [path, shape])).toEqual(
      model.weights.map(({ path, shape }) => [path, shape]),
    );
  });

  test('nested models are written and read', () => {
    const inner = new Sequential([new Dense(3)], { name: 'inner' });
    const model = new Sequential([Input({ shape: [4] }), inner, new Dense(2)]);
    const again = Sequential.fromConfig(JSON.parse(JSON.stringify(model.getConfig())) as Config);
    expect(again.getLayer('inner')).toBeInstanceOf(Sequential);
    expect(again.countParams()).toBe(4 * 3 + 3 + 3 * 2 + 2);
    expect(again.weights.map(({ path }) => path)).toEqual([
      'sequential/inner/dense/kernel',
      'sequential/inner/dense/bias',
      'sequential/dense_1/kernel',
      'sequential/dense_1/bias',
    ]);
  });

  test('malformed configs are refused', () => {
    expect(() => Sequential.fromConfig({ layers: [] })).toThrow(
      '[Sequential] a config must have a name and a list of layers. Received: {"layers":[]}.',
    );
  });
});

describe('Sequential', () => {
  test('weights are made when the input shape is known', () => {
    const model = new Sequential();
    model.add(new Dense(8));
    model.add(new Dense(4));
    expect(model.built).toBe(false);
    expect(model.weights).toEqual([]);
    expect(() => model.inputs).toThrow(
      '[Sequential sequential] inputs is not known before the model is built: build([…]) it, or add an Input first.',
    );
    model.build([null, 16]);
    expect(model.weights.map(({ path }) => path)).toEqual([
      'sequential/dense/kernel',
      'sequential/dense/bias',
      'sequential/dense_1/kernel',
      'sequential/dense_1/bias',
    ]);
    expect(model.inputShape).toEqual([null, 16]);
    expect(model.outputShape).toEqual([null, 4]);
    expect(model.outputs[0]!.shape).toEqual([null, 4]);
  });

  test('a layer that is added to a built model is built at once', () => {
    const model = new Sequential([Input({ shape: [16] })]);
    expect(model.built).toBe(false);
    model.add(new Dense(8));
    expect(model.built).toBe(true);
    expect(model.weights).toHaveLength(2);
    model.add(new Dense(4));
    expect(model.outputShape).toEqual([null, 4]);
    expect(model.weights).toHaveLength(4);
  });

  test('the first layer can determine the input shape', () => {
    const model = new Sequential([new Dense(8, { inputShape: [16] })]);
    expect(model.inputShape).toEqual([null, 16]);
    expect(model.layers).toHaveLength(1);
  });

  test('pop keeps the weights of the remaining layers', () => {
    const model = new Sequential([Input({ shape: [3] }), new Dense(2), new Dense(1)]);
    const [kernel] = model.weights;
    expect(model.pop().name).toBe('dense_1');
    expect(model.weights[0]).toBe(kernel);
    expect(model.outputShape).toEqual([null, 2]);
    model.pop();
    expect(() => model.pop()).toThrow('[Sequential sequential] pop needs a layer to remove. Received: an empty model.');
  });

  test('getLayer finds layers by name and by index', () => {
    const model = new Sequential([new Dense(8, { name: 'first' }), new Dense(4, { name: 'second' })]);
    expect(model.getLayer('second')).toBe(model.layers[1]);
    expect(model.getLayer({ index: 0 })).toBe(model.layers[0]);
    expect(() => model.getLayer('secnd')).toThrow(
      '[Sequential sequential] unknown layer "secnd". Did you mean "second"?',
    );
    expect(() => model.getLayer({ index: 2 })).toThrow(
      '[Sequential sequential] getLayer: there are 2 layers. Received: index=2.',
    );
  });

  test('getLayer with a class returns a layer of that class, and refuses one of another', () => {
    const model = new Sequential([Input({ shape: [3] }), new Dense(2, { name: 'first' }), new BatchNormalization()]);
    expect(model.getLayer('first', Dense).kernel.shape).toEqual([3, 2]);
    expect(model.getLayer({ index: 1 }, BatchNormalization).movingMean.shape).toEqual([2]);
    expect(() => model.getLayer('first', BatchNormalization)).toThrow(
      new TypeError(
        '[Sequential sequential] the layer first must be of the class BatchNormalization. Received: Dense first.',
      ),
    );
  });

  test('optimizer is refused before compile', () => {
    const model = new Sequential([new Dense(1)]);
    expect(model.compiled).toBe(false);
    expect(() => model.optimizer).toThrow(
      '[Sequential sequential] optimizer is known after compile. Received: a model that is not compiled.',
    );
    model.compile({ optimizer: 'sgd' });
    expect(model.optimizer.name).toBe('sgd');
  });

  test('trainable applies to all layers', () => {
    const model = new Sequential([Input({ shape: [3] }), new Dense(2), new BatchNormalization()]);
    expect(model.trainableWeights).toHaveLength(4);
    model.getLayer('dense').trainable = false;
    expect(model.trainableWeights.map(({ name }) => name)).toEqual(['gamma', 'beta']);
    model.trainable = false;
    expect(model.trainableWeights).toEqual([]);
    model.trainable = true;
    expect(model.trainableWeights).toHaveLength(4);
  });

  test('computeOutputShape works before the model is built', () => {
    const model = new Sequential(stack());
    expect(model.computeOutputShape([null, 28, 28, 1])).toEqual([null, 10]);
    expect(model.built).toBe(false);
  });
});

describe('Sequential refuses', () => {
  test('two layers with the same name, and is unchanged', () => {
    const model = new Sequential([new Dense(8, { name: 'a' })]);
    expect(() => model.add(new Dense(4, { name: 'a' }))).toThrow(
      '[Sequential sequential] the layers must have different names. Received: a second layer named "a". Give it another one: { name: … }.',
    );
    expect(model.layers).toHaveLength(1);
  });

  test('values that are not layers', () => {
    expect(() => new Sequential([3 as never])).toThrow(
      '[Sequential sequential] only layers and Input can be added. Received: 3.',
    );
    expect(() => new Sequential(new Dense(3) as never)).toThrow(
      '[Sequential sequential_1] layers must be a list of layers. Received: a Dense.',
    );
    expect(() => new Sequential([], { nme: 'a' } as never)).toThrow(
      '[Sequential] unknown option "nme". Did you mean "name"?',
    );
  });

  test('an Input after a layer, and a second Input', () => {
    const model = new Sequential([new Dense(1)]);
    expect(() => model.add(Input({ shape: [1] }))).toThrow(
      '[Sequential sequential] an Input must come first, and once. Received: 1 layers before it.',
    );
    const other = new Sequential([Input({ shape: [1] })]);
    expect(() => other.add(Input({ shape: [2] }))).toThrow(
      '[Sequential sequential_1] an Input must come first, and once. Received: one of shape [null, 1] before.',
    );
  });

  test('a layer that does not fit the layers before it, and is unchanged', () => {
    const model = new Sequential([Input({ shape: [4] }), new Dense(2)]);
    expect(() => model.add(new Conv2D(1, 3))).toThrow(/rank/);
    expect(model.layers).toHaveLength(1);
    expect(model.built).toBe(true);
    model.add(new Dense(1));
    expect(model.outputShape).toEqual([null, 1]);
  });

  test('building without layers, or for a second shape', () => {
    expect(() => new Sequential().build([null, 3])).toThrow(
      '[Sequential sequential] a model without layers cannot be built: add(layer) first.',
    );
    const model = new Sequential([Input({ shape: [4] })]);
    model.add(new Dense(2));
    expect(() => model.build([null, 5])).toThrow(/Received: inputShape=\[null, 5\]/);
  });

  test('inputs with a different shape', () => {
    const model = new Sequential([Input({ shape: [4] }), new Dense(2)]);
    expect(() => model.apply(Input({ shape: [5] }))).toThrow(
      '[Dense dense] expected axis -1 of the input to have size 4. Received: input of shape [null, 5].',
    );
    expect(model.apply(Input({ shape: [4] })).shape).toEqual([null, 2]);
  });
});

describe('a custom layer', () => {
  class Scale extends Layer {
    static override readonly className: string = 'Scale';
    factor = this.addWeight({ name: 'factor', shape: [1], initializer: 'ones' });
    override call(inputs: Value): Value {
      return ops.multiply(inputs, this.factor);
    }
  }

  test('is restored from a config with customObjects', () => {
    const model = new Sequential([Input({ shape: [2] }), new Scale()]);
    const again = Sequential.fromConfig(model.getConfig(), { customObjects: { Scale } });
    expect(again.getLayer('scale')).toBeInstanceOf(Scale);
    expect(() => Sequential.fromConfig(model.getConfig())).toThrow(/Scale/);
  });
});

test('the error for a single row says that it is a batch of one', () => {
  const model = new Sequential([Input({ shape: [3] }), new Dense(1)], { name: 'm' });
  expect(() => model.apply(input('x', [3], 'float32'))).toThrow(
    '[Sequential m] expected inputs of shape [null, 3]. Received: shape [3]. A single row is a batch of one: [row].',
  );
});

test('a layer can be added and removed without building the model again', () => {
  const model = new Sequential([Input({ shape: [3] }), new Dense(4, { name: 'first' })]);
  model.add(new Dense(2, { name: 'second' }), { rebuild: false });
  expect([model.built, model.layers.length]).toEqual([false, 2]);
  expect(() => model.outputShape).toThrow('outputShape is not known before the model is built');
  model.build([null, 3]);
  expect(model.outputShape).toEqual([null, 2]);
  expect(model.pop({ rebuild: false }).name).toBe('second');
  expect(model.built).toBe(false);
  expect(model.apply(Input({ shape: [3] })).shape).toEqual([null, 4]);
  expect(model.countParams()).toBe(16);
  model.add(new Dense(2, { name: 'third' }), { rebuild: true });
  expect(model.outputShape).toEqual([null, 2]);
  expect(() => model.add(new Dense(2), { rebuild: 1 } as never)).toThrow('rebuild must be true or false');
  expect(() => model.pop({ build: false } as never)).toThrow('unknown option "build"');
  expect(model.layers).toHaveLength(2);
});
