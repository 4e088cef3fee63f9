import {
  type AnyModel,
  Input,
  type KerasTensor,
  Layer,
  Model,
  Sequential,
  cloneModel,
  layers,
  loadModel,
} from 'evenkeel';
import { describe, expect, test } from 'vitest';

const { Add, Dense, Identity } = layers;

const base = (): AnyModel => {
  const inputs = Input({ shape: [4], name: 'in' });
  const hidden = new Dense(3, { name: 'hidden' }).apply(inputs);
  return new Model({ inputs, outputs: new Dense(1, { name: 'head' }).apply(hidden) });
};

describe('the input and output of a layer', () => {
  test('are the symbolic tensors of its first call', () => {
    const [a, b] = [Input({ shape: [2] }), Input({ shape: [2] })];
    const dense = new Dense(2);
    const first = dense.apply(a);
    dense.apply(b);
    expect([dense.input, dense.output]).toEqual([a, first]);
    expect(dense.input === a && dense.output === first).toBe(true);
    const add = new Add();
    add.apply([a, b]);
    expect(add.input).toEqual([a, b]);
  });

  test('of an input layer are no tensors and the Input', () => {
    const input = Input({ shape: [2], name: 'i' });
    const model = new Model({ inputs: input, outputs: new Identity().apply(input) });
    expect(model.getLayer('i').output).toBe(input);
    expect(model.getLayer('i').input).toEqual([]);
  });

  test('have the structure of the call', () => {
    class Split extends Layer {
      override call(x: never): never {
        return { a: x, b: [x] } as never;
      }
    }
    const layer = new Split();
    const result = layer.apply(Input({ shape: [2] })) as unknown;
    expect(layer.output).toBe(result);
    expect(layer.output).toMatchObject({ a: { shape: [null, 2] }, b: [{ shape: [null, 2] }] });
  });

  test('are unknown before the first call', () => {
    const layer = new Dense(3, { name: 'd' });
    layer.build([null, 2]);
    expect(() => layer.output).toThrow(
      '[Dense d] output is known after the first call on a symbolic tensor. Received: a layer that has never been called on one. Call it on an Input, or build the model that contains it.',
    );
    expect(() => layer.input).toThrow('[Dense d] input is known after the first call on a symbolic tensor.');
  });
});

describe('a model that ends at a layer of another one', () => {
  const ends = (model: AnyModel, name: string): AnyModel =>
    new Model({ inputs: model.input, outputs: model.getLayer(name).output });

  test('shares its layers', () => {
    const model = base();
    const features = ends(model, 'hidden');
    expect(features.outputShape).toEqual([null, 3]);
    expect(features.getLayer('hidden')).toBe(model.getLayer('hidden'));
    expect(model.input).toBe(model.inputs[0]);
    expect(model.output).toBe(model.outputs[0]);
  });

  test('is made of Sequential models with and without an Input, of copies and of loaded models', async () => {
    const stack = [new Dense(3, { name: 'hidden' }), new Dense(1)];
    const sequential = new Sequential([Input({ shape: [4] }), ...stack]);
    const built = new Sequential([new Dense(3, { name: 'hidden' }), new Dense(1)]);
    built.build([null, 4]);
    const loaded = await loadModel(await base().toBytes('keras'));
    const loadedStack = await loadModel(await sequential.toBytes('keras'));
    for (const model of [sequential, built, loaded, loadedStack, cloneModel(base()), cloneModel(sequential)]) {
      expect(ends(model, 'hidden').outputShape).toEqual([null, 3]);
    }
    const grown = new Sequential([Input({ shape: [4] })]);
    for (const layer of [new Dense(3, { name: 'hidden' }), new Dense(2), new Dense(1)]) grown.add(layer);
    grown.pop();
    expect(ends(grown, 'hidden').outputShape).toEqual([null, 3]);
    expect(grown.output.shape).toEqual([null, 2]);
  });

  test('reaches into a nested functional model, whose own tensors are kept when it is called', () => {
    const inner = base();
    const outer = Input({ shape: [4] });
    const called = inner.apply(outer);
    expect(inner.output).not.toBe(called);
    expect(ends(inner, 'hidden').outputShape).toEqual([null, 3]);
    // Keras: "Output with path `` is not connected to `inputs`".
    expect(() => new Model({ inputs: outer, outputs: inner.getLayer('hidden').output, name: 'm' })).toThrow(
      '[Functional m] the outputs must be computed from the inputs alone.',
    );
  });

  test('ends at a nested Sequential model, whose tensors are those of its call', () => {
    const inner = new Sequential([Input({ shape: [4] }), new Dense(2)], { name: 'inner' });
    const own = inner.output;
    const outer = Input({ shape: [4] });
    const called = inner.apply(outer);
    const model = new Model({ inputs: outer, outputs: new Dense(1).apply(called) });
    expect(inner.output).toBe(called);
    expect(own).not.toBe(called);
    expect(ends(model, 'inner').outputShape).toEqual([null, 2]);
  });

  test('accepts lists and records of inputs and outputs', () => {
    const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [2], name: 'b' })];
    const sum = new Add({ name: 'sum' }).apply([a, b]);
    const record = new Model({ inputs: { a, b }, outputs: { sum } });
    expect(record.input).toEqual({ a, b });
    expect(record.output).toEqual({ sum });
    expect(ends(record, 'sum').inputShape).toEqual({ a: [null, 2], b: [null, 2] });
    const list = new Model({ inputs: [a, b], outputs: [sum, a] });
    expect(list.output).toEqual([sum, a]);
  });

  test('is known of a class only after a symbolic call', () => {
    class Own extends Model {
      d = new Dense(1);
      override call(x: never): never {
        return this.d.apply(x) as never;
      }
    }
    const model = new Own({ name: 'own' });
    expect(() => model.output).toThrow('[Own own] output is known after the first call on a symbolic tensor.');
    const input = Input({ shape: [2] });
    const output: KerasTensor = model.apply(input);
    expect(model.input).toBe(input);
    expect(model.output).toBe(output);
  });

  test('of a Sequential model that is not built is unknown', () => {
    expect(() => new Sequential([new Dense(1)], { name: 's' }).input).toThrow(
      '[Sequential s] input is not known before the model is built: build([…]) it, or add an Input first.',
    );
  });
});
