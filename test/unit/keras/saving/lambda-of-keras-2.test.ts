import { describe, expect, test } from 'vitest';
import { type Model, type Value, layers, loadModel, ops } from '../../../../src/index.ts';
import type { Config } from '../../../../src/core/config.ts';
import { writeHdf5 } from '../../../../src/formats/hdf5/hdf5.ts';
import { GroupBuilder } from '../../../../src/keras/saving/groups.ts';
import { setStrings } from '../../../../src/keras/saving/legacy/attributes.ts';

const code = ['4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMIAAAAfABkARQAUwCpAk7pAgAAAKkA', null, null];
const tuple = (...items: readonly unknown[]): object => ({ class_name: '__tuple__', items });

/** A Lambda as Keras 2 writes it. */
const lambda = (config: object = {}): Config => ({
  class_name: 'Lambda',
  config: {
    name: 'double',
    trainable: true,
    dtype: 'float32',
    function: tuple(...code),
    function_type: 'lambda',
    module: '__main__',
    output_shape: null,
    output_shape_type: 'raw',
    output_shape_module: null,
    arguments: {},
    ...config,
  } as Config,
});

const dense: Config = { class_name: 'Dense', config: { name: 'd', units: 1, dtype: 'float32' } };

const kernel = new Float32Array([1, 2, 3, 4]);
const bias = new Float32Array([0.5]);

/** The bytes of an `.h5` of Keras 2 with a stack of layers; a layer `d` has weights. */
async function fileOf(stack: readonly Config[]): Promise<Uint8Array> {
  const builder = new GroupBuilder();
  const config = { name: 'stack', layers: stack };
  builder.set('model_config', JSON.stringify({ class_name: 'Sequential', config }));
  const weights = builder.group('model_weights');
  const hasDense = stack.includes(dense);
  setStrings(weights, 'layer_names', hasDense ? ['double', 'd'] : ['double']);
  setStrings(weights.group('double'), 'weight_names', []);
  if (hasDense) {
    const group = weights.group('d');
    setStrings(group, 'weight_names', ['d/kernel:0', 'd/bias:0']);
    group.add('d/kernel:0', { kind: 'array', dtype: 'float32', shape: [4, 1], data: kernel });
    group.add('d/bias:0', { kind: 'array', dtype: 'float32', shape: [1], data: bias });
  }
  return writeHdf5(builder.build());
}

const double = (x: Value): Value => ops.multiply(x, 2);

async function read(...stack: readonly Config[]): Promise<Model> {
  return loadModel(await fileOf(stack), { customObjects: { double } });
}

describe('a Lambda of Keras 2', () => {
  test('at the start of a stack states the shape of its input', async () => {
    const model = await read(lambda({ batch_input_shape: [null, 4] }), dense);
    expect(model.built).toBe(true);
    expect(model.getLayer('d').weights.map(({ shape }) => shape)).toEqual([[4, 1], [1]]);
  });

  test('after an input of its own is built as well', async () => {
    const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, 4], name: 'x', dtype: 'float32' } };
    const model = await read(input, lambda({ batch_input_shape: [null, 4] }), dense);
    expect(model.outputShape).toEqual([null, 1]);
  });

  test.each([
    ['code', { output_shape: tuple(...code), output_shape_type: 'lambda', output_shape_module: '__main__' }],
    ['a list of code', { output_shape: code, output_shape_type: 'lambda', output_shape_module: '__main__' }],
    ['the name of a function', { output_shape: 'same', output_shape_type: 'function', output_shape_module: 'm' }],
    ['a tuple', { output_shape: tuple(4), output_shape_type: 'raw' }],
    ['a list', { output_shape: [4], output_shape_type: 'raw' }],
    ['a list that contradicts the function', { output_shape: [7], output_shape_type: 'raw' }],
    ['the shapes of several outputs', { output_shape: [[4], [4]], output_shape_type: 'raw' }],
  ])('has the shape of the output that its function has: output_shape is %s', async (_, config) => {
    const model = await read(lambda({ batch_input_shape: [null, 4], ...config }), dense);
    expect(model.getLayer('d').weights[0]?.shape).toEqual([4, 1]);
  });

  test.each([
    ['a name', 'double', 'function'],
    ['code', code, 'lambda'],
  ])('has its function by name or by the name of the layer: %s', async (_, fn, type) => {
    const model = await read(lambda({ batch_input_shape: [null, 4], function: fn, function_type: type }), dense);
    expect(model.getLayer('double')).toBeInstanceOf(layers.Lambda);
  });

  test('has arguments', async () => {
    const by = (x: Value, { factor }: { factor: number }): Value => ops.multiply(x, factor);
    const config = lambda({ batch_input_shape: [null, 2], name: 'by', arguments: { factor: 3 } });
    const model = await loadModel(await fileOf([config]), { customObjects: { by } });
    expect((model.getLayer('by') as layers.Lambda).arguments).toEqual({ factor: 3 });
  });
});
