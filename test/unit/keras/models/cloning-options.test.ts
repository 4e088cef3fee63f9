import {
  Input,
  type KerasTensor,
  type Layer,
  Model,
  Sequential,
  cloneModel,
  layers,
  losses,
  metrics,
  optimizers,
} from 'evenkeel';
import { describe, expect, test } from 'vitest';

const { Dense, Dropout } = layers;
const names = (model: Model): string[] => model.layers.map(({ name }) => name);

/** A functional model with a Sequential one inside. */
const nested = (): Model => {
  const inputs = Input({ shape: [2], name: 'i' });
  const inner = new Sequential([new Dense(2, { name: 'd' })], { name: 'inner' });
  return new Model({ inputs, outputs: new Dense(1, { name: 'head' }).apply(inner.apply(inputs)) });
};

describe('cloneModel', () => {
  test('gives models among the layers to cloneFunction, or with recursive their layers', () => {
    const seen: string[] = [];
    const cloneFunction = (layer: Layer): Layer => {
      seen.push(layer.name);
      return (layer.constructor as typeof Dense).fromConfig(layer.getConfig());
    };
    // Keras: ['inner', 'head'] and ['d', 'head'].
    cloneModel(nested(), { cloneFunction });
    expect(seen.splice(0)).toEqual(['inner', 'head']);
    const model = nested();
    const twin = cloneModel(model, { cloneFunction, recursive: true });
    expect(seen).toEqual(['d', 'head']);
    expect(twin.getLayer('inner')).not.toBe(model.getLayer('inner'));
    expect(twin.countParams()).toBe(9);
  });

  test('calls the clones with callFunction, but not in Sequential models', () => {
    const callFunction = (layer: Layer, inputs: KerasTensor, options: object): KerasTensor => {
      const outputs = layer.apply(inputs, options);
      return layer instanceof Dense ? new Dropout(0.5, { name: `after_${layer.name}` }).apply(outputs) : outputs;
    };
    // Keras: the same layers.
    const model = cloneModel(nested(), { callFunction, recursive: true });
    expect(names(model)).toEqual(['i', 'inner', 'head', 'after_head']);
    expect(names(model.getLayer('inner') as Model)).toEqual(['d']);
    const kept = nested();
    expect(cloneModel(kept, { cloneFunction: (layer) => layer, callFunction }).getLayer('head')).toBe(
      kept.getLayer('head'),
    );
    expect(() => cloneModel(new Sequential([new Dense(1)], { name: 's' }), { callFunction })).toThrow(
      '[cloneModel] callFunction is for models made of inputs and outputs, since a Sequential model only lists its layers. Received: Sequential s.',
    );
  });

  test('clones a layer that is shared with an inner model once', () => {
    const shared = new Dense(2, { name: 'shared' });
    const inner = new Sequential([shared], { name: 'inner' });
    const inputs = Input({ shape: [2] });
    const model = new Model({ inputs, outputs: shared.apply(inner.apply(inputs)) });
    const twin = cloneModel(model, { recursive: true });
    expect((twin.getLayer('inner') as Model).layers[0]).toBe(twin.getLayer('shared'));
    expect(twin.countParams()).toBe(6);
  });

  test('builds on inputTensors in the structure of the inputs', () => {
    const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [2], name: 'b' })];
    const model = new Model({ inputs: { a, b }, outputs: new layers.Add().apply([a, b]) });
    const [c, d] = [Input({ shape: [2], name: 'c' }), Input({ shape: [2], name: 'd' })];
    expect(cloneModel(model, { inputTensors: { b: d, a: c } }).input).toEqual({ a: c, b: d });
    expect(() => cloneModel(model, { inputTensors: [c, d] })).toThrow(
      '[cloneModel] inputTensors must have the structure of the model\'s inputs, ["input.a", "input.b"]. Received: ["input[0]", "input[1]"].',
    );
    expect(() => cloneModel(model, { inputTensors: 3 as never })).toThrow(
      '[cloneModel] inputTensors must be symbolic tensors. Received: inputTensors=3.',
    );
    const between = new Dense(2).apply(Input({ shape: [5] }));
    expect(cloneModel(nested(), { inputTensors: between }).inputShape).toEqual([null, 2]);
    const stack = new Sequential([new Dense(1)]);
    expect(cloneModel(stack, { inputTensors: c }).input).toBe(c);
    stack.build([null, 2]);
    expect(cloneModel(stack, { inputTensors: [c] }).input).toBe(c);
    expect(cloneModel(stack, { inputTensors: between }).inputShape).toEqual([null, 2]);
  });

  test('compiles the clone of a compiled model with an optimizer and metrics of its own', () => {
    const model = nested();
    expect(cloneModel(model).compiled).toBe(false);
    const loss = losses.meanSquaredError;
    const metric = new metrics.MeanSquaredError({ name: 'm' });
    model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.25 }), loss, metrics: [metric, 'mae'] });
    const twin = cloneModel(model);
    expect(twin.optimizer).not.toBe(model.optimizer);
    expect(twin.optimizer.learningRate.value.item()).toBe(0.25);
    model.compile({ optimizer: 'adam', loss: 'mse' });
    expect(cloneModel(model).getCompileConfig()).toMatchObject({ loss: 'mse', optimizer: { class_name: 'Adam' } });
  });
});
