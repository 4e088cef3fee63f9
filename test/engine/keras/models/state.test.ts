import {
  Input,
  Model,
  Sequential,
  Variable,
  type Value,
  layers,
  loadModel,
  losses,
  metrics,
  ops,
  tensor,
} from 'evenkeel';
import { type CallContext, Dense, Layer } from 'evenkeel/layers';
import { describe, expect, test } from 'vitest';

const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i / 8)).reshape([4, 2]);
const y = tensor(Float32Array.from({ length: 4 }, (_, i) => i)).reshape([4, 1]);
const quiet = { verbose: 0 } as const;

class Holder {
  readonly inner: unknown;
  constructor(inner: unknown) {
    this.inner = inner;
  }
}

type Keep = (layer: Dense) => unknown;

/** Ways to keep a layer in a field. */
const places: Readonly<Record<string, Keep>> = {
  field: (layer) => layer,
  list: (layer) => [layer],
  record: (layer) => ({ layer }),
  Map: (layer) => new Map([['layer', layer]]),
  'key of a Map': (layer) => new Map([[layer, 'layer']]),
  Set: (layer) => new Set([layer]),
  'object of a class': (layer) => new Holder(layer),
  'object without a prototype': (layer) => Object.assign(Object.create(null) as object, { layer }),
  'list of lists, 20 deep': (layer) => {
    let nested: unknown = layer;
    for (let i = 0; i < 20; i++) nested = [nested];
    return nested;
  },
  'mixed containers': (layer) => [new Map([['a', new Set([{ b: new Holder([{ layer }]) }])]])],
  'cycle of containers': (layer) => {
    const cycle: Record<string, unknown> = { layer };
    cycle['self'] = [cycle];
    return cycle;
  },
};

/** A layer that keeps another in a field, and calls it. */
class Keeper extends Layer {
  static override readonly className: string = 'Keeper';
  readonly #dense: Dense;
  readonly kept: unknown;

  constructor(keep: Keep) {
    super();
    this.#dense = new Dense(1, { name: 'kept' });
    this.kept = keep(this.#dense);
  }

  override call(inputs: Value): Value {
    return this.#dense.apply(inputs);
  }
}

class KeeperModel extends Model {
  static override readonly className: string = 'KeeperModel';
  readonly keeper: Keeper;

  constructor(keep: Keep) {
    super();
    this.keeper = new Keeper(keep);
  }

  override call(inputs: Value): Value {
    return this.keeper.apply(inputs);
  }
}

describe('a layer that another layer keeps', () => {
  test.for(Object.entries(places))(
    'in a %s is counted, trained, frozen and saved like one in a field',
    async ([, keep]) => {
      const model = new KeeperModel(keep);
      model.compile({ optimizer: 'adam', loss: 'mse' });
      await model.fit(x, y, quiet);
      expect(model.weights.map(({ name }) => name)).toEqual(['kernel', 'bias']);
      expect(model.trainableWeights).toHaveLength(2);
      const copy = new KeeperModel(keep);
      copy.build([null, 2]);
      await copy.predict(x, quiet);
      await copy.loadWeights(await model.toBytes('weights.h5'));
      expect(await copy.predict(x, quiet)).toEqual(await model.predict(x, quiet));
      model.keeper.trainable = false;
      expect(model.trainableWeights).toEqual([]);
    },
  );

  test('is found in lists nested 10,000 deep', () => {
    let nested: unknown = new Dense(1);
    for (let i = 0; i < 10_000; i++) nested = [nested];
    expect(new Keeper(() => nested).sublayers).toHaveLength(1);
  });

  test('in a #private field is refused by name at the first call', async () => {
    const layer = new Keeper(() => null);
    await expect(layer.apply(x)).rejects.toThrow(
      new RegExp(
        `^\\[Keeper ${layer.name}\\] every variable that a call uses must be found in the fields of layers, .* Received: the layer "kept" in it, the variable "kept/(?:kernel|bias)", which no field leads to\\. Keep it,`,
      ),
    );
    const model = new KeeperModel(() => null);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await expect(model.predict(x, quiet)).rejects.toThrow(/"kept".*which no field leads to/);
    await expect(model.fit(x, y, quiet)).rejects.toThrow(/"kept".*which no field leads to/);
    await expect(model.evaluate(x, y, quiet)).rejects.toThrow(/"kept".*which no field leads to/);
  });

  test('in two fields is counted once, also if the layers keep each other', async () => {
    class Twice extends Model {
      first = new Dense(2, { name: 'one' });
      again = [this.first];
      back: unknown = new Holder(this);
      override call(inputs: Value): Value {
        return this.again[0]!.apply(this.first.apply(inputs));
      }
    }
    const model = new Twice();
    (model.first as unknown as Record<string, unknown>)['owner'] = [model];
    await model.predict(x, quiet);
    expect(model.weights).toHaveLength(2);
    model.trainable = false;
    expect(model.trainableWeights).toEqual([]);
    expect(model.weightRegularizers.size).toBe(0);
  });

  test('is used from the next call when it replaces another or is added to a list', async () => {
    class Growing extends Model {
      blocks: Dense[] = [new Dense(2, { kernelInitializer: 'ones' })];
      head = new Dense(1, { kernelInitializer: 'ones' });
      override call(inputs: Value): Value {
        return this.head.apply(this.blocks.reduce((value, block) => block.apply(value), inputs));
      }
    }
    const model = new Growing();
    const before = await model.predict([[1, 1]], quiet);
    expect(before.toArray()).toEqual([[4]]);
    model.head = new Dense(1, { kernelInitializer: 'zeros' });
    expect((await model.predict([[1, 1]], quiet)).toArray()).toEqual([[0]]);
    model.head = new Dense(1, { kernelInitializer: 'ones' });
    model.blocks.push(new Dense(2, { kernelInitializer: 'ones' }));
    expect((await model.predict([[1, 1]], quiet)).toArray()).toEqual([[8]]);
    expect(model.weights).toHaveLength(6);
  });
});

/** A layer with a variable that it makes itself. */
class Offset extends Layer {
  static override readonly className: string = 'Offset';
  readonly kept: unknown;
  readonly #offset: Variable;

  constructor({ keep = (offset: Variable): unknown => offset, trainable = true, ...options } = {}) {
    super(options, ['keep', 'trainable']);
    this.#offset = new Variable(tensor([1, 1]), { name: 'offset', trainable });
    this.kept = keep(this.#offset);
  }

  override call(inputs: Value): Value {
    return ops.add(inputs, this.#offset);
  }

  override getConfig(): ReturnType<Layer['getConfig']> {
    return super.getConfig();
  }
}

describe('a variable in a field', () => {
  test.for([
    ['itself', (variable: Variable): unknown => variable],
    ['in a list of records', (variable: Variable): unknown => [{ variable }]],
    ['in a Map', (variable: Variable): unknown => new Map([[0, variable]])],
  ] as const)('%s is a weight of the layer, with its path, trained, frozen and saved', async ([, keep]) => {
    const model = new Sequential([Input({ shape: [2] }), new Offset({ keep, name: 'offset_layer' } as never)], {
      name: 'net',
    });
    expect(model.weights.map(({ path }) => path)).toEqual(['net/offset_layer/offset']);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.fit(x, x, quiet);
    expect(model.getWeights()[0]!.data[0]).toBeLessThan(1);
    const copy = new Sequential([Input({ shape: [2] }), new Offset({ keep })]);
    await copy.loadWeights(await model.toBytes('weights.h5'));
    expect(copy.getWeights()).toEqual(model.getWeights());
    model.layers[0]!.trainable = false;
    expect(model.trainableWeights).toEqual([]);
    model.layers[0]!.trainable = true;
    expect(model.trainableWeights).toHaveLength(1);
  });

  test('that is not trainable stays so when the layer is unfrozen', () => {
    const layer = new Offset({ trainable: false });
    layer.trainable = false;
    layer.trainable = true;
    expect(layer.trainableWeights).toEqual([]);
    expect(layer.nonTrainableWeights).toHaveLength(1);
  });

  test('that is #private, or in the closure of a Lambda, is refused by name', async () => {
    const hidden = new Offset({ keep: () => null, name: 'hidden' } as never);
    await expect(hidden.apply(x)).rejects.toThrow('[Offset hidden] every variable');
    const scale = new Variable(tensor(2), { name: 'scale' });
    const inputs = Input({ shape: [2] });
    const lambda = new layers.Lambda((value) => ops.multiply(value, scale), { name: 'closure' });
    const model = new Model({ inputs, outputs: lambda.apply(inputs) });
    await expect(model.predict(x, quiet)).rejects.toThrow('the layer "closure" in it, the variable "scale"');
  });

  test('that a model reads only to update it is refused as well', async () => {
    const count = new Variable(tensor(0), { name: 'count', trainable: false });
    class Counting extends Model {
      override call(inputs: Value, context: CallContext): Value {
        context.update(count, ops.add(context.read(count), 1));
        return inputs;
      }
    }
    await expect(new Counting().predict(x, quiet)).rejects.toThrow('the variable "count"');
  });

  test('that ties a layer to another is counted once', async () => {
    class Tied extends Layer {
      kernel: Variable | null = null;
      readonly source: Dense;
      constructor(source: Dense) {
        super();
        this.source = source;
      }
      override build(): void {
        this.kernel = this.source.kernel;
      }
      override call(inputs: Value): Value {
        return ops.matmul(inputs, ops.transpose(this.kernel!));
      }
    }
    const encoder = new Dense(3, { useBias: false, name: 'encoder' });
    const model = new Sequential([Input({ shape: [2] }), encoder, new Tied(encoder)], { name: 'tied' });
    expect(model.weights).toEqual([encoder.kernel]);
    await expect(model.predict(x, quiet)).resolves.toBeDefined();
  });
});

describe('state outside of the layers', () => {
  const model = (loss: unknown): Model => {
    const made = new Sequential([new Dense(1)]);
    made.compile({ optimizer: 'sgd', loss: loss as never });
    return made;
  };

  test('a trainable variable in a loss is refused by name', async () => {
    class Centered extends losses.Loss {
      readonly center = new Variable(tensor(0), { name: 'center' });
      override call(yTrue: Value, yPred: Value): Value {
        return ops.mean(ops.square(ops.subtract(ops.subtract(yPred, yTrue), this.center)));
      }
    }
    const made = model(new Centered());
    await expect(made.fit(x, y, quiet)).rejects.toThrow(
      'a trainable variable that a loss or a metric uses must be found in the fields of layers',
    );
    expect(made.optimizer.iterations.value.item()).toBe(0);
  });

  test('a loss may use another network, and a variable that is not trained', async () => {
    const features = new Dense(2);
    const weight = new Variable(tensor(0.5), { name: 'weight', trainable: false });
    const made = model((yTrue: Value, yPred: Value) => {
      const distance = ops.subtract(features.apply(yPred), features.apply(yTrue));
      return ops.multiply(ops.mean(ops.square(distance), { axis: -1 }), weight);
    });
    await made.fit(x, y, quiet);
    expect(made.weights).toHaveLength(2);
  });

  test('a metric in a field of a layer keeps its state, which is saved but no weight', async () => {
    class Watched extends Layer {
      static override readonly className: string = 'Watched';
      readonly seen = new metrics.Mean({ name: 'seen' });
      override call(inputs: Value, context: CallContext): Value {
        this.seen.updateState(context.trace, inputs, inputs);
        return inputs;
      }
    }
    const layer = new Watched();
    const made = new Sequential([Input({ shape: [2] }), layer]);
    await made.predict(x, quiet);
    expect(made.weights).toEqual([]);
    expect(made.variables).toEqual(layer.seen.variables);
    const copy = new Watched();
    await new Sequential([Input({ shape: [2] }), copy]).loadWeights(await made.toBytes('weights.h5'));
    expect(copy.seen.variables.map(({ value }) => value)).toEqual(layer.seen.variables.map(({ value }) => value));
  });
});

test('a model with layers in containers is restored from .keras', async () => {
  const customObjects = {
    KeeperModel: class extends KeeperModel {
      constructor() {
        super(places['mixed containers']!);
      }
      static override fromConfig(): Model {
        return new this();
      }
    },
  };
  const model = new customObjects.KeeperModel();
  const before = await model.predict(x, quiet);
  const restored = await loadModel(await model.toBytes('keras'), { customObjects });
  expect(await restored.predict(x, quiet)).toEqual(before);
});
