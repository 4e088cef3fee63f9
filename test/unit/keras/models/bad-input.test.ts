import {
  type AnyModel,
  Input,
  type KerasTensor,
  Model,
  Sequential,
  type Value,
  ops,
  resetNames,
  tensor,
} from 'evenkeel';
import * as L from 'evenkeel/layers';
import { beforeEach, describe, expect, test } from 'vitest';

/** What users get wrong: one clear error each, and nothing that is half changed. */

const of = (...shape: (number | null)[]): KerasTensor => Input({ shape });

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}

async function rejectionOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}

/** All that a call could change of a layer. */
function stateOf(layer: L.Layer): unknown {
  const { built, builtShape, inboundNodes, weights } = layer;
  return {
    built,
    builtShape,
    calls: inboundNodes.length,
    weights: weights.map(({ path, value }) => [path, value.toArray()]),
  };
}

function built(layer: L.Layer, shape: readonly (number | null)[]): L.Layer {
  layer.build(shape);
  return layer;
}

beforeEach(resetNames);

describe('a layer called on a wrong rank or shape is refused', () => {
  const cases: readonly (readonly [about: string, make: () => L.Layer, input: () => KerasTensor, message: string])[] = [
    [
      'of a single axis',
      () => new L.Dense(2, { name: 'd' }),
      () => Input({ batchShape: [null] }),
      '[Dense d] expected an input of rank 2 or more. Received: input of shape [null].',
    ],
    [
      'of a size that nobody knows',
      () => new L.Dense(2, { name: 'd' }),
      () => of(null),
      '[Dense d] the size of axis 1 must be known to create the weights. Received: inputShape=[null, null].',
    ],
    [
      'of other features than it was built for',
      () => built(new L.Dense(2, { name: 'd' }), [null, 3]),
      () => of(4),
      '[Dense d] expected axis -1 of the input to have size 3. Received: input of shape [null, 4].',
    ],
    [
      'of a rank that is no image’s',
      () => new L.Conv2D(2, 3, { name: 'c' }),
      () => of(4, 4),
      '[Conv2D c] expected an input of rank 4. Received: input of shape [null, 4, 4].',
    ],
    [
      'smaller than its window',
      () => new L.Conv2D(2, 3, { name: 'c' }),
      () => of(2, 2, 3),
      '[Conv2D c] the window must fit into the input: it spans 3 elements of spatial axis 0. Received: spatial shape [2, 2]. Use padding="same" or a smaller window.',
    ],
    [
      'of other channels than it was built for',
      () => built(new L.Conv2D(2, 3, { name: 'c' }), [null, 5, 5, 3]),
      () => of(5, 5, 4),
      '[Conv2D c] expected axis -1 of the input to have size 3. Received: input of shape [null, 5, 5, 4].',
    ],
    [
      'that its window cannot slide over',
      () => new L.MaxPooling2D({ name: 'p' }),
      () => of(4, 4),
      '[MaxPooling2D p] expected an input of rank 4. Received: input of shape [null, 4, 4].',
    ],
    [
      'without the axis that it normalizes',
      () => new L.BatchNormalization({ name: 'b', axis: 3 }),
      () => of(4),
      '[BatchNormalization b] axis must be in [-2, 1] for an input of rank 2. Received: axis=3.',
    ],
    [
      'of another rank than it was built for',
      () => built(new L.BatchNormalization({ name: 'b' }), [null, 3]),
      () => of(4, 3),
      '[BatchNormalization b] expected an input of rank 2. Received: input of shape [null, 4, 3].',
    ],
    [
      'of other elements than its target',
      () => new L.Reshape([5], { name: 'r' }),
      () => of(4),
      '[Reshape r] targetShape=[5] must have as many elements as the input without its batch, 4. Received: input of shape [null, 4].',
    ],
    [
      'of another rank than it permutes',
      () => new L.Permute([1, 2, 3], { name: 'pm' }),
      () => of(4, 4),
      '[Permute pm] expected an input of rank 4. Received: input of shape [null, 4, 4].',
    ],
  ];

  test.each(cases)('%s', (_, make, input, message) => {
    const layer = make();
    const before = stateOf(layer);
    expect(messageOf(() => layer.apply(input()))).toBe(`ValueError: ${message}`);
    expect(stateOf(layer)).toEqual(before);
  });

  test('one of several inputs', () => {
    const layer = new L.Dense(2, { name: 'd' });
    expect(messageOf(() => layer.apply([of(4), of(4)]))).toBe(
      'ValueError: [Dense d] expected one input. Received: 2 inputs. Merge them first, or call the layer on each.',
    );
    expect(layer.built).toBe(false);
  });

  test('an array', async () => {
    const layer = new L.Conv2D(2, 3, { name: 'c' });
    expect(await rejectionOf(() => layer.apply(tensor(new Float32Array(12), [1, 2, 2, 3])))).toBe(
      'ValueError: [Conv2D c] the window must fit into the input: it spans 3 elements of spatial axis 0. Received: spatial shape [2, 2]. Use padding="same" or a smaller window.',
    );
    expect(stateOf(layer)).toEqual({ built: false, builtShape: null, calls: 0, weights: [] });
    // Nothing is left of the three channels.
    expect(layer.apply(of(5, 5, 4)).shape).toEqual([null, 3, 3, 2]);
  });

  test('in a model, which is unchanged', async () => {
    const model = new Sequential([of(3), new L.Dense(2, { name: 'd' })], { name: 's' });
    const before = stateOf(model);
    expect(messageOf(() => model.apply(of(4)))).toBe(
      'ValueError: [Dense d] expected axis -1 of the input to have size 3. Received: input of shape [null, 4].',
    );
    expect(await rejectionOf(() => model.predict([[1, 2]], { verbose: 0 }))).toBe(
      'ValueError: [Dense d] expected axis -1 of the input to have size 3. Received: input of shape [1, 2].',
    );
    expect(messageOf(() => model.add(new L.Conv2D(2, 3, { name: 'c' })))).toBe(
      'ValueError: [Conv2D c] expected an input of rank 4. Received: input of shape [null, 2].',
    );
    expect(stateOf(model)).toEqual(before);
    expect(model.layers).toHaveLength(1);
  });
});

describe('a disconnected functional graph is refused', () => {
  test('with the names of the missing inputs', () => {
    const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [2], name: 'b' })];
    const outputs = new L.Add({ name: 'sum' }).apply([a, b]);
    expect(messageOf(() => new Model({ inputs: a, outputs, name: 'm' }))).toBe(
      'ValueError: [Functional m] the outputs must be computed from the inputs alone. Received: inputs=["a"], while Add sum needs the Input "b". Add it to the inputs.',
    );
    expect(new Model({ inputs: [a, b], outputs, name: 'm' }).layers).toHaveLength(3);
  });

  const input = {
    class_name: 'InputLayer',
    config: { batch_shape: [null, 2], name: 'x' },
    name: 'x',
    inbound_nodes: [],
  };
  const tensorOf = (name: string, call = 0): object => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 2], dtype: 'float32', keras_history: [name, call, 0] },
  });
  const layer = (class_name: string, name: string, ...calls: readonly object[]): object => ({
    class_name,
    config: { name },
    name,
    inbound_nodes: calls,
  });
  const read = (...layers: readonly object[]): AnyModel =>
    Model.fromConfig({
      name: 'm',
      layers: [input, ...layers],
      input_layers: ['x', 0, 0],
      output_layers: ['f', 0, 0],
    } as never);

  test.each<[string, readonly object[], string]>([
    [
      'of two layers',
      [
        layer('Flatten', 'f', { args: [tensorOf('g')], kwargs: {} }),
        layer('Flatten', 'g', { args: [tensorOf('f')], kwargs: {} }),
      ],
      '["f","g"]',
    ],
    [
      'of a layer that is called on its own output',
      [layer('Flatten', 'f', { args: [tensorOf('f')], kwargs: {} })],
      '["f"]',
    ],
    [
      'of two calls of one layer',
      [layer('Flatten', 'f', { args: [tensorOf('f', 1)], kwargs: {} }, { args: [tensorOf('f', 0)], kwargs: {} })],
      '["f"]',
    ],
    [
      'through one of several inputs',
      [
        layer('Add', 'f', { args: [[tensorOf('x'), tensorOf('g')]], kwargs: {} }),
        layer('Flatten', 'g', { args: [tensorOf('f')], kwargs: {} }),
      ],
      '["f","g"]',
    ],
    [
      'through a mask',
      [
        layer('BatchNormalization', 'f', { args: [tensorOf('x')], kwargs: { mask: tensorOf('g') } }),
        layer('Flatten', 'g', { args: [tensorOf('f')], kwargs: {} }),
      ],
      '["f","g"]',
    ],
    [
      'in the older form',
      [layer('Flatten', 'f', [['g', 0, 0, {}]]), layer('Flatten', 'g', [['f', 0, 0, {}]])],
      '["f","g"]',
    ],
  ])('whose config is a cycle %s', (_, layers, names) => {
    expect(messageOf(() => read(...layers)).replaceAll('", "', '","')).toBe(
      `ValueError: [Model] the layers of a config must not depend on each other in a cycle. Received: a cycle, or calls that are never made, at ${names}.`,
    );
  });
});

describe('an input missing from a record is refused', () => {
  const make = (): AnyModel => {
    const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [2], name: 'b' })];
    const outputs = new L.Dense(1, { name: 'd' }).apply(new L.Add({ name: 'sum' }).apply([a, b]));
    return new Model({ inputs: [a, b], outputs, name: 'm' });
  };
  const message = 'ValueError: [Functional m] there must be data for every input. Received: ["a"], without "b".';

  test('symbolic tensors', () => {
    const model = make();
    const before = stateOf(model);
    expect(messageOf(() => model.apply({ a: of(2) }))).toBe(message);
    expect(stateOf(model)).toEqual(before);
  });

  test('data', async () => {
    const model = make();
    model.compile({ loss: 'mse', metrics: ['mae'] });
    const before = stateOf(model);
    const a = tensor([[1, 2]]);
    expect(await rejectionOf(() => model.fit({ a }, [[1]], { verbose: 0 }))).toBe(message);
    expect(await rejectionOf(() => model.trainOnBatch({ a }, [[1]]))).toBe(message);
    expect(await rejectionOf(() => model.evaluate({ a }, [[1]], { verbose: 0 }))).toBe(message);
    expect(await rejectionOf(() => model.predict({ a }, { verbose: 0 }))).toBe(message);
    expect(stateOf(model)).toEqual(before);
    expect(model.optimizer.built).toBe(false);
  });
});

describe('an optional input that is omitted', () => {
  test('is refused, since layers accept only tensors, and kept in configs', async () => {
    const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [2], name: 'b', optional: true })];
    const model = new Model({ inputs: { a, b }, outputs: new L.Add({ name: 'sum' }).apply([a, b]), name: 'm' });
    const message =
      'NotImplementedError: [Functional m] the optional input "b" cannot be omitted, since layers accept only tensors. Received: ["a"]. Pass a neutral tensor, such as zeros.';
    expect(messageOf(() => model.apply({ a: of(2) }))).toBe(message);
    expect(await rejectionOf(() => model.predict({ a: tensor([[1, 2]]) }, { verbose: 0 }))).toBe(message);
    const copy = Model.fromConfig(model.getConfig());
    expect(copy.getConfig()).toEqual(model.getConfig());
    expect(copy.inputs.map(({ node }) => (node.operation as L.InputLayer).optional)).toEqual([false, true]);
  });
});

describe('two layers with the same name are refused', () => {
  const message = (who: string): string =>
    `ValueError: [${who}] the layers must have different names. Received: a second layer named "same". Give it another one: { name: … }.`;
  const dense = (): L.Dense => new L.Dense(1, { name: 'same' });

  test('in a functional model', () => {
    const inputs = of(2);
    expect(messageOf(() => new Model({ inputs, outputs: dense().apply(dense().apply(inputs)), name: 'm' }))).toBe(
      message('Functional m'),
    );
  });

  test('in a Sequential model, which is unchanged', () => {
    expect(messageOf(() => new Sequential([dense(), dense()], { name: 's' }))).toBe(message('Sequential s'));
    const model = new Sequential([of(2), dense()], { name: 's' });
    const before = stateOf(model);
    const second = dense();
    expect(messageOf(() => model.add(second))).toBe(message('Sequential s'));
    expect(stateOf(model)).toEqual(before);
    expect(second.built).toBe(false);
  });

  test('in a config', () => {
    const inputs = of(2);
    const { layers, ...config } = new Model({ inputs, outputs: dense().apply(inputs) }).getConfig();
    const twice = [...(layers as object[]), (layers as object[])[1]];
    expect(messageOf(() => Model.fromConfig({ ...config, layers: twice } as never))).toBe(
      'ValueError: [Model] the layers of a config must have different names. Received: a second layer named "same".',
    );
  });
});

describe('a merging layer called on incompatible shapes is refused', () => {
  const elementwise = [L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum];

  test.each(elementwise.map((layerClass) => [layerClass.className, layerClass] as const))(
    '%s',
    (className, layerClass) => {
      const layer = new layerClass({ name: 'm' });
      expect(messageOf(() => layer.apply([of(3, 4), of(3, 5)]))).toBe(
        `ValueError: [${className} m] the inputs must have one batch size and shapes that broadcast. Received: shapes [[null, 3, 4], [null, 3, 5]].`,
      );
      const [two, three] = [Input({ batchShape: [2, 4] }), Input({ batchShape: [3, 4] })];
      expect(messageOf(() => layer.apply([two, three]))).toBe(
        `ValueError: [${className} m] the inputs must have one batch size and shapes that broadcast. Received: shapes [[2, 4], [3, 4]].`,
      );
      expect(stateOf(layer)).toEqual({ built: false, builtShape: null, calls: 0, weights: [] });
      expect(layer.apply([of(3, 4), of(3, 4)]).shape).toEqual([null, 3, 4]);
    },
  );

  test('Concatenate', () => {
    const layer = new L.Concatenate({ name: 'm' });
    expect(messageOf(() => layer.apply([of(3, 4), of(2, 5)]))).toBe(
      'ValueError: [Concatenate m] the sizes of all axes but the joined one must be equal. Received: shapes [null, 3, 4] and [null, 2, 5].',
    );
    expect(messageOf(() => layer.apply([of(3, 4), of(4)]))).toBe(
      'ValueError: [Concatenate m] the operands must have the same rank. Received: shapes [null, 3, 4] and [null, 4].',
    );
    expect(layer.inboundNodes).toHaveLength(0);
  });

  test('Dot, and Subtract of three inputs', () => {
    const dot = new L.Dot(1, { name: 'm' });
    expect(messageOf(() => dot.apply([of(3), of(4)]))).toBe(
      'ValueError: [Dot m] the axes to sum over must have one size. Received: 3 and 4, of shapes [null, 3] and [null, 4] with axes=1.',
    );
    const subtract = new L.Subtract({ name: 'm' });
    expect(messageOf(() => subtract.apply([of(3), of(3), of(3)]))).toBe(
      'ValueError: [Subtract m] expected exactly 2 inputs. Received: 3, of shapes [[null, 3], [null, 3], [null, 3]].',
    );
    expect([dot.inboundNodes.length, subtract.inboundNodes.length]).toEqual([0, 0]);
  });
});

describe('groups that do not divide the channels are refused', () => {
  test.each<[string, () => L.Layer, string]>([
    [
      'the channels of GroupNormalization',
      () => new L.GroupNormalization({ name: 'g', groups: 3 }),
      '[GroupNormalization g] groups must divide the number of channels, 4. Received: groups=3. Choose one of 1, 2, 4, or -1 for a group of each channel.',
    ],
    [
      'the channels, being more than these',
      () => new L.GroupNormalization({ name: 'g' }),
      '[GroupNormalization g] groups must not be more than the number of channels, 4. Received: groups=32. Choose one of 1, 2, 4, or -1 for a group of each channel.',
    ],
    [
      'the channels of a convolution',
      () => new L.Conv2D(6, 3, { name: 'c', groups: 3 }),
      "[Conv2D c] the input's channels must be divisible by groups=3. Received: 4 channels, inputShape=[null, 5, 5, 4].",
    ],
  ])('%s', (_, make, message) => {
    const layer = make();
    expect(messageOf(() => layer.apply(of(5, 5, 4)))).toBe(`ValueError: ${message}`);
    expect(stateOf(layer)).toEqual({ built: false, builtShape: null, calls: 0, weights: [] });
  });

  test('the filters of a convolution', () => {
    expect(messageOf(() => new L.Conv2D(3, 3, { name: 'c', groups: 2 }))).toBe(
      'ValueError: [Conv2D c] filters must be divisible by groups. Received: filters=3, groups=2.',
    );
  });
});

describe('adapt', () => {
  const changing = (received: string, builtFor = '[null, 2]'): string =>
    `ValueError: [Normalization n] adapt needs batches of one shape but for the axes that are reduced, as the layer was built for: ${builtFor}. Received: a batch of shape ${received}.`;

  test.each<[string, unknown, string]>([
    [
      'on no data',
      undefined,
      'TypeError: [Normalization n] data must be a tensor, nested arrays of numbers, or an iterable of batches. Received: data=undefined.',
    ],
    ['on an empty list', [], 'ValueError: [Normalization n] adapt needs data. Received: 0 batches with 0 rows.'],
    ['on no batches', new Set(), 'ValueError: [Normalization n] adapt needs data. Received: 0 batches with 0 rows.'],
    [
      'on no rows',
      tensor(new Float32Array(0), [0, 3]),
      'ValueError: [Normalization n] adapt needs data. Received: 1 batches with 0 rows.',
    ],
    ['on batches of changing sizes', new Set([[[1, 2]], [[1, 2, 3]]]), changing('[1, 3]')],
    ['on batches of changing ranks', new Set([[[1, 2]], [[[1, 2]]]]), changing('[1, 1, 2]')],
  ])('%s', async (_, data, message) => {
    const layer = new L.Normalization({ name: 'n' });
    expect(await rejectionOf(() => layer.adapt(data as never))).toBe(message);
    expect(stateOf(layer)).toEqual({ built: false, builtShape: null, calls: 0, weights: [] });
  });

  test('data with a different shape than before', async () => {
    const layer = new L.Normalization({ name: 'n' });
    await layer.adapt([
      [1, 2],
      [3, 6],
    ]);
    const before = stateOf(layer);
    expect(await rejectionOf(() => layer.adapt([[1, 2, 3]]))).toBe(changing('[1, 3]'));
    expect(stateOf(layer)).toEqual(before);
  });
});

describe('metrics that do not fit the outputs are refused', () => {
  const make = (): Sequential => new Sequential([of(3), new L.Dense(2, { name: 'd' })], { name: 's' });
  const x = [[1, 2, 3]];

  test.each<[string, object, unknown, string]>([
    [
      'under a name that is no output’s',
      { loss: 'mse', metrics: { a: ['mae'] } },
      [[1, 2]],
      'TypeError: [Sequential s] unknown output in metrics "a". Known: "d".',
    ],
    ['without targets', { metrics: ['mae'] }, null, 'ValueError: [Sequential s] metrics need targets. Received: no y.'],
    [
      'for classes by number, of targets that are none',
      { loss: 'mse', metrics: ['sparse_categorical_accuracy'] },
      [[1, 0]],
      'ValueError: [SparseCategoricalAccuracy] yTrue must have the shape of yPred without its last axis, [1]. Received: yTrue of shape [1, 2], yPred of shape [1, 2]. If the targets are one-hot, use the categorical accuracy.',
    ],
    [
      'of a function that gives nothing symbolic',
      { loss: 'mse', metrics: [() => 3] },
      [[1, 0]],
      'ValueError: [metric] a metric must return a symbolic value. Received: 3. Write it with evenkeel/ops.',
    ],
  ])('%s', async (_, options, y, message) => {
    const model = make();
    const before = stateOf(model);
    model.compile(options);
    expect(await rejectionOf(() => model.fit(x, y as never, { verbose: 0 }))).toBe(message);
    expect(await rejectionOf(() => model.testOnBatch(x, y as never))).toBe(message);
    expect(stateOf(model)).toEqual(before);
    expect(model.optimizer.built).toBe(false);
  });

  test('a wrong number', async () => {
    const inputs = Input({ shape: [3], name: 'x' });
    const outputs = ['a', 'b'].map((name) => new L.Dense(1, { name }).apply(inputs));
    const model = new Model({ inputs, outputs, name: 'm' });
    model.compile({ loss: 'mse', metrics: [['mae'], ['mae'], ['mae']] });
    const y = [tensor([[1]]), tensor([[1]])];
    expect(await rejectionOf(() => model.fit(x, y, { verbose: 0 }))).toBe(
      'ValueError: [Functional m] compile: metrics must have an entry for each of the 2 outputs. Received: [["mae"], ["mae"], ["mae"]].',
    );
  });

  test('unknown names, by compile', () => {
    const model = make();
    model.compile({ loss: 'mse' });
    const before = JSON.stringify(model.getCompileConfig());
    expect(messageOf(() => model.compile({ loss: 'mse', metrics: ['acuracy'] }))).toBe(
      'TypeError: [Sequential s] unknown metric "acuracy". Did you mean "accuracy"?',
    );
    expect(messageOf(() => model.compile({ loss: 'mse', metrics: 'mae' as never }))).toBe(
      'TypeError: [Sequential s] compile: metrics must be a list or a record of metrics. Received: "mae".',
    );
    expect(JSON.stringify(model.getCompileConfig())).toBe(before);
  });
});

describe('sample weights that do not fit the outputs are refused', () => {
  const make = (): AnyModel => {
    const inputs = Input({ shape: [3], name: 'x' });
    const outputs = ['a', 'b'].map((name) => new L.Dense(1, { name }).apply(inputs));
    const model = new Model({ inputs, outputs, name: 'm' });
    model.compile({ loss: 'mse' });
    return model;
  };
  const [x, y] = [[[1, 2, 3]], [tensor([[1]]), tensor([[1]])]];

  test.each<[string, unknown, string]>([
    [
      'a wrong number',
      [tensor([1]), tensor([1]), tensor([1])],
      'ValueError: [Functional m] sampleWeight must be one array, or one for each of the 2 outputs. Received: 3.',
    ],
    [
      'by their names',
      { a: tensor([1]), c: tensor([1]) },
      'TypeError: [Functional m] unknown output in sampleWeight "c". Known: "a", "b".',
    ],
    [
      'since one is missing',
      { a: tensor([1]) },
      'ValueError: [Functional m] sampleWeight must have weights for every output. Received: ["a"], without "b".',
    ],
    [
      'in their rows',
      [tensor([1]), tensor([1, 2])],
      'ValueError: [Functional m] all arrays must have the same number of rows. Received: x of shape [1, 3], y[0] of shape [1, 1], y[1] of shape [1, 1], sampleWeight[0] of shape [1], sampleWeight[1] of shape [2].',
    ],
    [
      'being no numbers',
      [null, 'many'],
      'TypeError: [Functional m] sampleWeight[1] must be a tensor, nested arrays of numbers, or a list or record of these. Received: "many".',
    ],
  ])('%s', async (_, sampleWeight, message) => {
    const model = make();
    const before = stateOf(model);
    expect(await rejectionOf(() => model.fit(x, y, { verbose: 0, sampleWeight: sampleWeight as never }))).toBe(message);
    expect(stateOf(model)).toEqual(before);
  });
});

describe('a custom layer without getConfig', () => {
  const mend =
    'Override getConfig: return { ...super.getConfig(), units: this.units }; and, for arguments before the options, static fromConfig.';

  class Forgetting extends L.Layer {
    static override readonly className: string = 'Forgetting';
    readonly units: number;
    constructor(units: number, options: L.LayerOptions | undefined) {
      super(options);
      this.units = units;
    }
    override call(x: Value): Value {
      return ops.multiply(x, this.units);
    }
  }

  test('is refused when its model is saved, but can be trained', () => {
    const inputs = of(2);
    const layer = new Forgetting(3, { name: 'mine' });
    const model = new Model({ inputs, outputs: layer.apply(inputs), name: 'm' });
    const message = `NotImplementedError: [Forgetting mine] a layer with additional arguments must override getConfig. Received: a constructor with 2 parameters. ${mend}`;
    expect(messageOf(() => model.getConfig())).toBe(message);
    expect(messageOf(() => model.toJSON())).toBe(message);
    expect(model.apply(of(2)).shape).toEqual([null, 2]);
  });
});
