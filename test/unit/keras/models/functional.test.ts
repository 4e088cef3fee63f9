import {
  type AnyModel,
  Input,
  type KerasTensor,
  Model,
  Sequential,
  type Tensor,
  type Value,
  ops,
  resetNames,
} from 'evenkeel';
import { Add, BatchNormalization, Dense, Flatten, Layer } from 'evenkeel/layers';
import { beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import type { Tree } from '../../../../src/core/tree.ts';
import { loadGolden } from '../../../support/golden.ts';

interface Described {
  readonly kind: 'net' | 'diamond';
  readonly layers: readonly string[];
  readonly paths: readonly string[];
  readonly config: { readonly config: Readonly<Record<string, never>> };
  readonly summary: readonly {
    readonly columns: number;
    readonly options: { readonly show_trainable?: boolean };
    readonly text: string;
  }[];
}

const { cases } = loadGolden<Described>('functional');

function net(): AnyModel {
  const [a, b] = [Input({ shape: [4], name: 'a' }), Input({ shape: [4], name: 'b' })];
  const shared = new Dense(3, { activation: 'relu', name: 'shared' });
  const bn = new BatchNormalization({ momentum: 0.9, name: 'bn' });
  const [x, y] = [shared.apply(a), shared.apply(b)];
  const z = new Add({ name: 'add' }).apply([bn.apply(x), y]);
  const s = new Sequential([Input({ shape: [3] }), new Dense(2, { name: 'inner' })], { name: 'seq' }).apply(z);
  const one = new Dense(1, { name: 'one' }).apply(s);
  const two = new Dense(2, { activation: 'softmax', name: 'two' }).apply(bn.apply(y));
  return new Model({ inputs: [a, b], outputs: [one, two], name: 'net' });
}

function diamond(): AnyModel {
  const [p, unused] = [Input({ shape: [2], name: 'p' }), Input({ shape: [5], name: 'unused' })];
  const late = new Dense(2, { name: 'late' });
  const early = new Dense(2, { name: 'early' }).apply(p);
  const far = new Dense(2, { name: 'far' }).apply(new Dense(2, { name: 'farther' }).apply(p));
  const both = new Add({ name: 'both' }).apply([far, early]);
  const twice = late.apply(late.apply(both));
  const last = new Dense(1, { name: 'last' }).apply(early);
  return new Model({ inputs: { q: p, u: unused }, outputs: { z: twice, y: last }, name: 'diamond' });
}

const models = { net, diamond };
const described = cases.filter(({ kind }) => kind in models);

beforeEach(resetNames);

describe('Model of symbolic tensors', () => {
  test.each(described)("$kind: layers and weights have Keras's order", (entry) => {
    const model = models[entry.kind]();
    expect(model.layers.map(({ name }) => name)).toEqual(entry.layers);
    expect(model.weights.map(({ path }) => path)).toEqual(entry.paths);
  });

  test.each(described)("$kind: the config is Keras's JSON and can be read", ({ kind, config }) => {
    const json = JSON.stringify(models[kind]().toJSON());
    expect(JSON.parse(json)).toEqual(config);
    expect(JSON.stringify(Model.fromConfig(config.config).toJSON())).toBe(json);
  });

  test("writes Keras's JSON in the order of its keys", () => {
    const [{ config } = { config: {} }] = described;
    expect(JSON.stringify(net().toJSON())).toBe(JSON.stringify(config));
  });

  test.each(described.flatMap(({ kind, summary }) => summary.map((entry) => ({ kind, ...entry }))))(
    'prints the summary of Keras: $kind $options $columns',
    ({ kind, columns, options, text }) => {
      vi.stubEnv('COLUMNS', String(columns));
      const texts: string[] = [];
      models[kind]().summary({ showTrainable: options.show_trainable, printFn: (printed) => texts.push(printed) });
      expect(texts).toEqual([text.trimEnd()]);
      vi.unstubAllEnvs();
    },
  );

  test('the summary of a chain is that of a Sequential model', () => {
    const inputs = Input({ shape: [4] });
    const texts: string[] = [];
    new Model({ inputs, outputs: new Dense(1).apply(inputs) }).summary({ printFn: (text) => texts.push(text) });
    expect(texts[0]).not.toContain('Connected to');
  });

  test('default names are functional, functional_1, …; the class is Functional in configs', () => {
    const inputs = Input({ shape: [4] });
    const make = (): AnyModel => new Model({ inputs, outputs: new Flatten().apply(inputs) });
    expect([make().name, make().name, make().className]).toEqual(['functional', 'functional_1', 'Functional']);
  });

  test('inputs, outputs, shapes and layers are available', () => {
    const model = net();
    expect(model.inputs.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(model.outputs.map(({ shape }) => shape)).toEqual([
      [null, 1],
      [null, 2],
    ]);
    expect(model.inputShape).toEqual([
      [null, 4],
      [null, 4],
    ]);
    expect(model.outputNames).toEqual(['one', 'two']);
    expect(model.getLayer('bn')).toBe(model.layers[3]);
    expect(model.built).toBe(true);
    expect(model.countParams()).toBe(46);
  });

  test('outputs in a record are named by its keys', () => {
    expect(diamond().outputNames).toEqual(['y', 'z']);
    expect(diamond().outputShape).toEqual({ y: [null, 1], z: [null, 2] });
  });

  test('a layer that is called twice has one set of weights', () => {
    const inputs = Input({ shape: [3] });
    const layer = new Dense(3);
    const model = new Model({ inputs, outputs: layer.apply(layer.apply(inputs)) });
    expect(model.weights).toEqual(layer.weights);
  });

  test('a model can be a layer of another model and keeps the paths of its weights', () => {
    const x = Input({ shape: [4], name: 'x' });
    const inner = new Model({ inputs: x, outputs: new Dense(2, { name: 'in' }).apply(x), name: 'inner' });
    const y = Input({ shape: [4], name: 'y' });
    const outer = new Model({ inputs: y, outputs: inner.apply(y), name: 'outer' });
    expect(outer.layers).toEqual([y.node.operation, inner]);
    expect(outer.weights.map(({ path }) => path)).toEqual(['in/kernel', 'in/bias']);
    const stack = new Sequential([inner, new Dense(1)], { name: 'stack' });
    stack.build([null, 4]);
    expect(inner.weights.map(({ path }) => path)).toEqual(['in/kernel', 'in/bias']);
    // Keras counts the calls of models from 1 in output_layers.
    expect(outer.getConfig()['output_layers']).toEqual(['inner', 1, 0]);
    for (const model of [outer, stack]) {
      const json = model.toJSON();
      const read = (model === stack ? Sequential : Model).fromConfig(json['config'] as never);
      expect(read.toJSON()).toEqual(json);
      expect(read.layers.find(({ name }) => name === 'inner')).toBeInstanceOf(Model);
    }
  });

  test('only calls within the model are counted', () => {
    const shared = new Dense(2, { name: 'shared' });
    shared.apply(Input({ shape: [3] }));
    const inputs = Input({ shape: [3], name: 'x' });
    const hidden = shared.apply(inputs);
    const { output_layers: outputs } = new Model({ inputs, outputs: hidden }).getConfig();
    expect(hidden.node.index).toBe(1);
    expect(outputs).toEqual(['shared', 0, 0]);
  });

  test('a model can start at the output of a layer, with a new Input', () => {
    const inputs = Input({ shape: [3], name: 'x' });
    const hidden = new Dense(5, { name: 'first' }).apply(inputs);
    const last = new Dense(2, { name: 'last' });
    const tail = new Model({ inputs: hidden, outputs: last.apply(hidden) });
    expect(tail.layers.map(({ name }) => name)).toEqual(['firstCLONE', 'last']);
    expect(tail.layers[1]).toBe(last);
    expect(tail.weights).toEqual(last.weights);
  });

  test('a custom class can pass inputs and outputs to super', () => {
    class Mine extends Model {
      static override readonly className: string = 'Mine';
      constructor(units: number) {
        const inputs = Input({ shape: [3] });
        super({ inputs, outputs: new Dense(units).apply(inputs) });
      }
    }
    const model = new Mine(7);
    expect([model.outputShape, model.name, model.className]).toEqual([[null, 7], 'mine', 'Mine']);
  });

  test('trainable freezes the model, in the constructor and later', () => {
    const inputs = Input({ shape: [3] });
    const model = new Model({ inputs, outputs: new Dense(2).apply(inputs), trainable: false });
    expect(model.trainableWeights).toEqual([]);
    expect(model.nonTrainableWeights).toHaveLength(2);
  });

  test('predict is typed by the structure of the outputs', () => {
    const inputs = Input({ shape: [3] });
    const y = new Flatten().apply(inputs);
    const single = new Model({ inputs, outputs: y });
    const record = new Model({ inputs, outputs: { p: y, q: y } });
    expectTypeOf<Awaited<ReturnType<typeof single.predict>>>().toEqualTypeOf<Tensor>();
    expectTypeOf<Awaited<ReturnType<typeof record.predict>>>().toEqualTypeOf<{ p: Tensor; q: Tensor }>();
    const nested = new Model({ inputs, outputs: { p: y, q: [y] } });
    expectTypeOf<Awaited<ReturnType<typeof nested.predict>>>().toEqualTypeOf<Tree<Tensor>>();
    expectTypeOf(single).toExtend<Model>();
    expect([record.outputNames, nested.outputNames]).toEqual([
      ['p', 'q'],
      ['p', 'q'],
    ]);
  });

  test('computeOutputShape accepts other input shapes', () => {
    const inputs = Input({ shape: [null, 3] });
    const model = new Model({ inputs, outputs: new Dense(2).apply(inputs) });
    expect(model.computeOutputShape([7, 5, 3])).toEqual([7, 5, 2]);
    expect(model.apply(Input({ shape: [9, 3] })).shape).toEqual([null, 9, 2]);
  });
});

describe('Model refuses', () => {
  const attempt = (make: () => unknown): string => {
    try {
      make();
    } catch (error) {
      return String(error);
    }
    return 'nothing';
  };
  const pair = (): readonly [KerasTensor, KerasTensor] => [
    Input({ shape: [2], name: 'a' }),
    Input({ shape: [2], name: 'b' }),
  ];

  test('outputs that need an Input that is not among the inputs', () => {
    const [a, b] = pair();
    const sum = new Add({ name: 'sum' }).apply([a, b]);
    expect(attempt(() => new Model({ inputs: a, outputs: sum, name: 'm' }))).toBe(
      'ValueError: [Functional m] the outputs must be computed from the inputs alone. Received: inputs=["a"], while Add sum needs the Input "b". Add it to the inputs.',
    );
    expect(attempt(() => new Model({ inputs: a, outputs: b, name: 'm' }))).toBe(
      'ValueError: [Functional m] the outputs must be computed from the inputs alone. Received: inputs=["a"], while an output needs the Input "b". Add it to the inputs.',
    );
  });

  test('two layers with the same name', () => {
    const [a] = pair();
    const outputs = new Dense(1, { name: 'same' }).apply(new Dense(1, { name: 'same' }).apply(a));
    expect(attempt(() => new Model({ inputs: a, outputs, name: 'm' }))).toBe(
      'ValueError: [Functional m] the layers must have different names. Received: a second layer named "same". Give it another one: { name: … }.',
    );
  });

  test('the same input twice', () => {
    const [a] = pair();
    expect(attempt(() => new Model({ inputs: [a, a], outputs: new Flatten().apply(a), name: 'm' }))).toBe(
      'ValueError: [Functional m] the inputs must be different tensors. Received: "a" twice.',
    );
  });

  test('inputs and outputs that are not symbolic tensors, or missing', () => {
    const [a] = pair();
    expect(attempt(() => new Model({ inputs: a, outputs: [1] as never, name: 'm' }))).toBe(
      'TypeError: [Functional m] outputs must be symbolic tensors, of Input(…) and of layers applied to it, alone or in arrays and records. Received: outputs=[1].',
    );
    for (const outputs of [undefined, new Flatten({ name: 'f' })]) {
      expect(attempt(() => new Model({ inputs: a, outputs: outputs as never, name: 'm' }))).toMatch(
        /Received: outputs=(?:undefined|a Flatten)\. Pass the output of a layer that has been applied: layer\.output\.$/,
      );
    }
    expect(attempt(() => new Model({ inputs: [], outputs: a, name: 'm' }))).toBe(
      'TypeError: [Functional m] inputs must be symbolic tensors, at least one, alone or in arrays and records. Received: inputs=[].',
    );
    expect(attempt(() => new Model({ inputs: a, outputs: a, nam: 'm' } as never))).toBe(
      'TypeError: [Model] unknown option "nam". Did you mean "name"?',
    );
    expect(attempt(() => new Model())).toBe(
      'TypeError: [Model] inputs and outputs must be given. Received: neither. A custom model extends Model and defines call.',
    );
  });

  test('a class without call', () => {
    class Mute extends Model {
      static override readonly className: string = 'Mute';
    }
    const model = new Mute({ name: 'm' });
    expect(attempt(() => model.apply(Input({ shape: [2] })))).toBe(
      'NotImplementedError: [Mute m] a model must define how it computes its outputs. Received: a class without call. Add a call method, or call super({ inputs, outputs }).',
    );
    expect(attempt(() => model.inputs)).toBe(
      'ValueError: [Mute m] inputs is only known of models made of inputs and outputs.',
    );
  });

  test('calls with a wrong number of inputs, a missing or an unknown input, or a wrong shape', () => {
    const [a, b] = pair();
    const model = new Model({ inputs: [a, b], outputs: new Add().apply([a, b]), name: 'm' });
    const [x, wide] = [Input({ shape: [2] }), Input({ shape: [3] })];
    expect(attempt(() => model.apply([x]))).toBe(
      'ValueError: [Functional m] the model has 2 inputs, ["a", "b"]. Received: 1. Give a list of 2 tensors, or a record with these names.',
    );
    expect(attempt(() => model.apply({ a: x }))).toBe(
      'ValueError: [Functional m] there must be data for every input. Received: ["a"], without "b".',
    );
    expect(attempt(() => model.apply({ a: x, bb: x }))).toBe(
      'TypeError: [Functional m] unknown input "bb". Known: "a", "b".',
    );
    expect(attempt(() => model.apply({ a: x, b: wide }))).toBe(
      'ValueError: [Functional m] expected inputs of shape [null, 2] for "b". Received: shape [null, 3].',
    );
    expect(model.inboundNodes).toEqual([]);
  });

  describe('in configs', () => {
    const input = { class_name: 'InputLayer', config: { batch_shape: [null, 2], name: 'x' }, name: 'x' };
    const tensorOf = (...history: readonly (string | number)[]): object => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 2], dtype: 'float32', keras_history: history },
    });
    const flat = (name: string, ...calls: readonly object[]): object => ({
      class_name: 'Flatten',
      config: { name },
      name,
      inbound_nodes: calls,
    });
    const read = (layers: readonly object[], output: readonly unknown[] = ['f', 0, 0]): AnyModel =>
      Model.fromConfig({ name: 'm', layers, input_layers: ['x', 0, 0], output_layers: output } as never);
    const on = (...history: readonly (string | number)[]): object => ({ args: [tensorOf(...history)], kwargs: {} });

    test('calls that form a cycle', () => {
      const layers = [{ ...input, inbound_nodes: [] }, flat('f', on('g', 0, 0)), flat('g', on('f', 0, 0))];
      expect(attempt(() => read(layers))).toBe(
        'ValueError: [Model] the layers of a config must not depend on each other in a cycle. Received: a cycle, or calls that are never made, at ["f", "g"].',
      );
    });

    test('references to a missing layer', () => {
      expect(attempt(() => read([input, flat('f', on('nobody', 0, 0))]))).toBe(
        'ValueError: [Model] the layers of a config must be called on each other. Received: a reference to "nobody", which is not among the layers.',
      );
    });

    test('references to missing calls', () => {
      expect(attempt(() => read([input, flat('f', on('x', 0, 0))], ['f', 1, 0]))).toBe(
        'ValueError: [Model] input_layers and output_layers must be [layer, call, output] of calls in the config. Received: ["f", 1, 0].',
      );
    });

    test('calls with unknown arguments', () => {
      const call = { args: [tensorOf('x', 0, 0)], kwargs: { initial_state: 1 } };
      expect(attempt(() => read([input, flat('f', call)]))).toBe(
        'NotImplementedError: [Model] Flatten f can only be called with training and mask. Received: initial_state=1 in its config.',
      );
      expect(attempt(() => read([input, flat('f', { args: [tensorOf('x', 0, 0), 2], kwargs: {} })]))).toBe(
        'NotImplementedError: [Model] Flatten f can only be called on symbolic tensors, one argument or several. Received: 2 arguments in its config, not all of them symbolic.',
      );
      expect(attempt(() => read([input, flat('f', { args: [1], kwargs: {} })]))).toBe(
        'ValueError: [Model] the inbound_nodes of Flatten f must be calls on symbolic tensors. Received: 1.',
      );
    });

    test('duplicate names and malformed configs', () => {
      expect(attempt(() => read([input, input]))).toBe(
        'ValueError: [Model] the layers of a config must have different names. Received: a second layer named "x".',
      );
      expect(attempt(() => Model.fromConfig({ name: 'm' }))).toBe(
        'ValueError: [Model] a config must have a list of layers, input_layers and output_layers. Received: {"name":"m"}.',
      );
    });

    test('not the calls of Keras 2, nor inputs and outputs in lists', () => {
      const old = { class_name: 'InputLayer', config: { batch_input_shape: [null, 2], name: 'x' } };
      const calls = [[['x', 0, 0, {}]]] as unknown as readonly object[];
      const model = read([{ ...old, config: input.config }, flat('f', ...calls)], [['f', 0, 0]]);
      expect(model.outputs.map(({ shape }) => shape)).toEqual([[null, 2]]);
      const sum = {
        class_name: 'Add',
        config: { name: 'f' },
        inbound_nodes: [
          [
            ['x', 0, 0, {}],
            ['x', 0, 0, {}],
          ],
        ],
      };
      expect(read([input, sum]).layers).toHaveLength(2);
    });

    test('not custom classes that are passed in customObjects', () => {
      class Twice extends Layer {
        static override readonly className: string = 'Twice';
        override call(x: Value): Value {
          return ops.add(x, x);
        }
      }
      const inputs = Input({ shape: [2], name: 'x' });
      const config = new Model({ inputs, outputs: new Twice().apply(inputs) }).getConfig();
      expect(Model.fromConfig(config, { customObjects: { Twice } }).layers[1]).toBeInstanceOf(Twice);
    });
  });
});

test('a model accepts its inputs and outputs by position', () => {
  const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [2], name: 'b' })];
  const sum = new Add({ name: 'sum' }).apply([a, b]);
  const config = new Model({ inputs: [a, b], outputs: sum, name: 'm', trainable: false }).getConfig();
  expect(new Model([a, b], sum, { name: 'm', trainable: false }).getConfig()).toEqual(config);
  expect(new Model({ a, b }, [sum, a]).outputShape).toEqual([
    [null, 2],
    [null, 2],
  ]);
  expect(() => new Model([a, b] as never)).toThrow(
    new TypeError('[Model] outputs must be given after inputs. Received: inputs alone.'),
  );
  expect(() => new Model([a, b], sum, { nam: 'm' } as never)).toThrow('[Model] unknown option "nam".');
});
