import { type AnyModel, type Config, Input, type KerasTensor, Model, ops, resetNames, tensor } from 'evenkeel';
import { BatchNormalization, Dense, Flatten, Layer, Masking } from 'evenkeel/layers';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';
import { predictByReference } from '../../../support/predict-by-reference.ts';

interface Case {
  readonly kind: 'function' | 'special' | 'plain' | 'model';
  readonly name: string;
  readonly low?: number;
  readonly high?: number;
  readonly config: Config;
  readonly layers: readonly string[];
  readonly paths?: readonly string[];
  readonly feeds?: Readonly<Record<string, GoldenArray>>;
  readonly summary?: string;
  readonly outputs: readonly GoldenArray[];
}

const { cases } = loadGolden<Case>('operations');
const functions = cases.filter(({ kind }) => kind === 'function');
const models = cases.filter(({ kind }) => kind === 'model');

beforeEach(resetNames);

describe.each(functions)('$name in a config of Keras', ({ config, layers, low, high, outputs }) => {
  test('is read, computes what Keras computes, and is written as it was', () => {
    const model = Model.fromConfig(config);
    expect(model.layers.map(({ name }) => name)).toEqual(layers);
    expect(JSON.stringify(model.getConfig())).toBe(JSON.stringify(config));
    const x = tensor(Float32Array.from(lcg([2, 4, 6], 3, low, high)), [2, 4, 6]);
    const found = predictByReference(model, [x]);
    expect(found.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    for (const [i, output] of outputs.entries()) expectClose(found[i]!.data, output.data, { rtol: 1e-5 });
  });
});

describe.each(models)('the model $name of Keras', ({ config, layers, paths, feeds, summary, outputs }) => {
  test('is read, computes what Keras computes, and is written as it was', () => {
    const model = Model.fromConfig(config);
    expect(model.layers.map(({ name }) => name)).toEqual(layers);
    expect(model.weights.map(({ path }) => path)).toEqual(paths);
    // Records come back sorted by their keys.
    expect(model.getConfig()).toEqual(config);
    expect(JSON.stringify(model.getConfig()).length).toBe(JSON.stringify(config).length);
    model.setWeights(
      model.weights.map(({ shape }, k) => tensor(Float32Array.from(lcg(shape, 40 + k, 0.2, 0.8)), shape)),
    );
    const given = Object.values(feeds!).map(({ data, shape, dtype }) =>
      tensor(data as Float32Array, shape, dtype as 'float32'),
    );
    const found = predictByReference(model, given);
    for (const [i, output] of outputs.entries()) expectClose(found[i]!.data, output.data, { rtol: 1e-5 });
  });

  test('has the summary of Keras', () => {
    const lines: string[] = [];
    Model.fromConfig(config).summary({ lineLength: 100, printFn: (text) => lines.push(text) });
    expect(lines.join('\n')).toBe(summary);
  });
});

const W = lcg([6, 3], 5, -0.5, 0.5);
const V = tensor(Float32Array.from(lcg([6], 6, 0.5, 1.5)), [6]);
const kernel = (...shape: number[]) => tensor(Float32Array.from(W), shape);

/** The functions of the golden file, called here; those that are missing have no name in `ops`. */
const CALLS: Readonly<Record<string, (x: KerasTensor) => KerasTensor | readonly KerasTensor[]>> = {
  Negative: ops.negative,
  Absolute: ops.abs,
  Sign: ops.sign,
  Floor: ops.floor,
  Exp: ops.exp,
  Log: (x) => ops.log(ops.abs(x)),
  Sqrt: (x) => ops.sqrt(ops.abs(x)),
  Reciprocal: (x) => ops.reciprocal(ops.add(x, 3)),
  Rsqrt: (x) => ops.rsqrt(ops.add(ops.abs(x), 0.5)),
  Square: ops.square,
  Sin: ops.sin,
  Cos: ops.cos,
  Tanh: ops.tanh,
  Erf: ops.erf,
  Isnan: ops.isnan,
  LogicalNot: (x) => ops.logicalNot(ops.greater(x, 0)),
  StopGradient: ops.stopGradient,
  Add: (x) => ops.add(x, 3),
  'Add from the left': (x) => ops.add(2, x),
  'Add an array': (x) => ops.add(x, V),
  Subtract: (x) => ops.subtract(1, x),
  Multiply: (x) => ops.multiply(x, 1 / 6),
  Divide: (x) => ops.divide(x, 3),
  Power: (x) => ops.power(x, 2),
  Maximum: (x) => ops.maximum(x, 0.1),
  Minimum: (x) => ops.minimum(0.1, x),
  Equal: (x) => ops.equal(x, x),
  NotEqual: (x) => ops.notEqual(x, 0),
  Less: (x) => ops.less(x, 0.1),
  LessEqual: (x) => ops.lessEqual(x, 0.1),
  Greater: (x) => ops.greater(x, 0.1),
  GreaterEqual: (x) => ops.greaterEqual(x, 0.1),
  LogicalAnd: (x) => ops.logicalAnd(ops.greater(x, -0.2), ops.less(x, 0.2)),
  LogicalOr: (x) => ops.logicalOr(ops.less(x, -0.2), ops.greater(x, 0.2)),
  Where: (x) => ops.where(ops.greater(x, 0), x, 0.5),
  Clip: (x) => ops.clip(x, -0.1, 0.2),
  Cast: (x) => ops.cast(ops.multiply(x, 5), 'int32'),
  Matmul: (x) => ops.matmul(x, kernel(6, 3)),
  'Matmul of two': (x) => ops.matmul(x, ops.transpose(x, { axes: [0, 2, 1] })),
  Mean: (x) => ops.mean(x, { axis: [1, 2], keepdims: true }),
  Sum: (x) => ops.sum(x, { axis: 1 }),
  Max: (x) => ops.max(x, { axis: -1 }),
  Min: (x) => ops.min(x, { axis: -1 }),
  Prod: (x) => ops.prod(x, { axis: [1, 2] }),
  All: (x) => ops.all(ops.greater(x, -0.4), { axis: 1 }),
  Any: (x) => ops.any(ops.greater(x, 0.4), { axis: 1 }),
  Var: (x) => ops.variance(x, { axis: 1 }),
  Argmax: (x) => ops.argmax(x, { axis: -1 }),
  Softmax: (x) => ops.softmax(x),
  LogSoftmax: (x) => ops.logSoftmax(x),
  Normalize: (x) => ops.normalize(x, { axis: 1 }),
  Reshape: (x) => ops.reshape(x, [-1, 3, 8]),
  Transpose: (x) => ops.transpose(x, { axes: [0, 2, 1] }),
  BroadcastTo: (x) => ops.broadcastTo(ops.mean(x, { axis: [0, 1] }), [2, 6]),
  Concatenate: (x) => ops.concatenate([x, ops.negative(x)], { axis: 1 }),
  Stack: (x) => ops.stack([x, ops.negative(x)], { axis: -1 }),
  Split: (x) => ops.split(x, 2, { axis: -1 }),
  'Split at': (x) => ops.split(x, [1, 2], { axis: 1 })[1]!,
  Squeeze: (x) => ops.squeeze(ops.expandDims(x, 1), { axis: 1 }),
  Repeat: (x) => ops.repeat(x, 2, { axis: 1 }),
  Take: (x) => ops.take(x, tensor([2, 0], [2], 'int32'), { axis: 1 }),
  OneHot: (x) => ops.oneHot(ops.argmax(x, { axis: -1 }), 6),
  Pad: (x) =>
    ops.pad(x, [
      [0, 0],
      [1, 2],
      [0, 1],
    ]),
  FullLike: (x) => ops.fullLike(x, 2),
  ZerosLike: ops.zerosLike,
  OnesLike: ops.onesLike,
  GetItem: (x) => ops.getItem(x, [{}, { start: 1, stop: 3 }]),
  'GetItem at': (x) => ops.getItem(x, [{}, -1]),
  'GetItem with dots': (x) => ops.getItem(x, ['...', 0]),
  'GetItem with a new axis': (x) => ops.getItem(x, [{}, null, { step: 2 }]),
  Relu: ops.relu,
  Relu6: ops.relu6,
  Sigmoid: ops.sigmoid,
  Softplus: ops.softplus,
  Silu: ops.silu,
  HardSigmoid: ops.hardSigmoid,
  HardSilu: ops.hardSilu,
  Selu: ops.selu,
  Softsign: ops.softsign,
  LogSigmoid: ops.logSigmoid,
  HardTanh: ops.hardTanh,
  TanhShrink: ops.tanhShrink,
  SparsePlus: ops.sparsePlus,
  SparseSigmoid: ops.sparseSigmoid,
  LeakyRelu: (x) => ops.leakyRelu(x),
  Elu: (x) => ops.elu(x),
  Celu: (x) => ops.celu(x, { alpha: 0.5 }),
  Glu: (x) => ops.glu(x),
  SoftShrink: (x) => ops.softShrink(x, { threshold: 0.1 }),
  HardShrink: (x) => ops.hardShrink(x, { threshold: 0.1 }),
  Squareplus: (x) => ops.squareplus(x),
  Gelu: (x) => ops.gelu(x),
  'Gelu, exact': (x) => ops.gelu(x, { approximate: false }),
  Threshold: (x) => ops.threshold(x, 0.1, -1),
  Conv: (x) => ops.conv(x, kernel(1, 6, 3), { strides: 2, padding: 'same' }),
  DepthwiseConv: (x) => ops.depthwiseConv(x, kernel(3, 6, 1)),
  SeparableConv: (x) => ops.separableConv(x, kernel(3, 6, 1), kernel(1, 6, 3)),
  MaxPool: (x) => ops.maxPool(x, 2),
  AveragePool: (x) => ops.averagePool(x, 2, { strides: 1, padding: 'same' }),
  Moments: (x) => ops.moments(x, [1])[1]!,
};

describe('a function of ops on symbolic tensors', () => {
  test.each(Object.entries(CALLS))('is written as Keras writes %s', (name, call) => {
    const inputs = Input({ shape: [4, 6], name: 'i' });
    const { config } = functions.find((entry) => entry.name === name)!;
    const model = new Model({ inputs, outputs: call(inputs), name: 'model' });
    expect(JSON.stringify(model.getConfig())).toBe(JSON.stringify(config));
  });

  test('is called on values and arrays as before', () => {
    expect(ops.add.name).toBe('add');
    expect(() => ops.reshape([1, 2, 3], [2, -1])).toThrow('[ops.reshape] the sizes must divide the 3 elements.');
  });

  test.each([
    ['argmax', (x: KerasTensor) => ops.argmax(x), [], { axis: null, keepdims: false }],
    [
      'argmax',
      (x: KerasTensor) => ops.argmax(x, { axis: null, keepdims: true }),
      [1, 1, 1],
      { axis: null, keepdims: true },
    ],
    ['take', (x: KerasTensor) => ops.take(x, tensor([2, 30], [2], 'int32')), [2], { axis: null }],
  ] as const)('goes through all elements where %s is given no axis', (_, call, shape, config) => {
    const inputs = Input({ shape: [4, 6], name: 'i' });
    const outputs = call(inputs);
    expect(outputs.shape).toEqual(shape);
    const [, node] = new Model({ inputs, outputs }).getConfig()['layers'] as readonly Config[];
    expect(node!['config']).toMatchObject(config);
  });

  test('writes slices as Keras’s ranges', () => {
    const inputs = Input({ shape: [4, 6], name: 'i' });
    const sliced = ops.getItem(inputs, [
      { start: 0, step: 1 },
      { start: 1, stop: 3, step: 1 },
      { start: 2, stop: 6, step: 2 },
    ]);
    expect(sliced.shape).toEqual([null, 2, 2]);
    const [, node] = new Model({ inputs, outputs: sliced }).getConfig()['layers'] as readonly Config[];
    const [{ args }] = node!['inbound_nodes'] as [{ args: readonly unknown[] }];
    const range = (start: number, stop: number | null, step: number) => ({
      class_name: '__slice__',
      config: { start, stop, step },
    });
    expect(node!['class_name']).toBe('GetItem');
    expect(args[1]).toEqual([range(0, null, 1), range(1, 3, 1), range(2, 6, 2)]);
  });

  test('has gradients, and weights before and behind it', () => {
    const inputs = Input({ shape: [4], name: 'i' });
    const [first, second] = [new Dense(3), new Dense(2)];
    const model = new Model({ inputs, outputs: second.apply(ops.square(ops.add(first.apply(inputs), 1))) });
    expect(model.layers).toEqual([inputs.node.operation, first, second]);
    expect(model.trainableWeights).toEqual([...first.weights, ...second.weights]);
  });

  test('is repeated where a model begins at the output of a layer', () => {
    const inputs = Input({ shape: [4], name: 'i' });
    const middle = new Flatten().apply(inputs);
    const model = new Model({ inputs: middle, outputs: ops.multiply(ops.add(middle, 1), middle) });
    const [found] = predictByReference(model, [tensor([[1, 2, 3, 4]])]);
    expect(found!.toArray()).toEqual([[2, 6, 12, 20]]);
  });

  test('passes no mask on', () => {
    const inputs = Input({ shape: [3, 2], name: 'i' });
    const seen: boolean[] = [];
    class Look extends Layer {
      static override readonly className: string = 'Look';
      override call(x: never, { mask }: { mask: unknown }): never {
        seen.push(mask !== null);
        return x;
      }
    }
    const masked = new Masking().apply(inputs);
    const model = new Model({ inputs, outputs: [new Look().apply(masked), new Look().apply(ops.add(masked, 1))] });
    seen.length = 0;
    predictByReference(model, [
      tensor([
        [
          [1, 1],
          [0, 0],
          [2, 2],
        ],
      ]),
    ]);
    expect(seen.sort()).toEqual([false, true]);
  });
});

describe('a mask given to a symbolic call', () => {
  test('is used, and written down', () => {
    const [inputs, mask] = [Input({ shape: [2, 1], name: 'x' }), Input({ shape: [2], name: 'k', dtype: 'bool' })];
    const outputs = new BatchNormalization().apply(inputs, { mask });
    const model = new Model({ inputs: [inputs, mask], outputs });
    const written = JSON.stringify(model.getConfig());
    expect(written).toContain('"kwargs":{"mask":{"class_name":"__keras_tensor__"');
    expect(JSON.stringify(Model.fromConfig(JSON.parse(written) as Config).getConfig())).toBe(written);
  });

  test('must be symbolic', () => {
    const inputs = Input({ shape: [2, 1], name: 'x' });
    const bn = new BatchNormalization({ name: 'bn' });
    expect(() => bn.apply(inputs, { mask: [[true, false]] } as never)).toThrow(
      new TypeError(
        '[BatchNormalization bn] the mask of a symbolic tensor must be a symbolic tensor. Received: mask=[[true, false]].',
      ),
    );
    expect(bn.inboundNodes).toHaveLength(0);
  });
});

describe('what operations refuse', () => {
  const inputs = Input({ shape: [4], name: 'x' });

  test('weights as arguments, which no config can hold', () => {
    const dense = new Dense(4);
    dense.build([null, 4]);
    expect(() => ops.multiply(inputs, dense.weights[0] as never)).toThrow(
      new TypeError(
        '[ops.multiply] the arguments beside symbolic tensors must be numbers or tensors. Received: a Variable. Use weights in a layer instead.',
      ),
    );
  });

  test('shapes that do not fit, by the name of the operation', () => {
    expect(() => ops.add(inputs, tensor([1, 2, 3]))).toThrow(/^\[Add add\] .*Received: /);
  });

  const read = (entry: object): AnyModel =>
    Model.fromConfig({
      name: 'm',
      layers: [
        {
          class_name: 'InputLayer',
          config: { batch_shape: [null, 4], name: 'x' },
          name: 'x',
          inbound_nodes: [],
        },
        {
          module: 'keras.src.ops.numpy',
          class_name: 'Add',
          name: 'f',
          config: { name: 'f' },
          inbound_nodes: [
            { args: [{ class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } }], kwargs: {} },
          ],
          ...entry,
        },
      ],
      input_layers: ['x', 0, 0],
      output_layers: ['f', 0, 0],
    });

  test.each([
    [
      'a class that ops has not',
      { class_name: 'Rearrange' },
      'NotImplementedError: [Model] an operation of a config must be one of the functions of evenkeel/ops. Received: Rearrange of keras.src.ops.numpy, at "f".',
    ],
    [
      'an option that is unknown',
      { class_name: 'Sum', config: { name: 'f', where: 1 } },
      'ValueError: [Sum f] the options must be among ["axis", "keepdims"]. Received: where=1.',
    ],
    [
      'an option that is missing',
      { class_name: 'Reshape' },
      'ValueError: [Reshape f] newshape must be given. Received: a config without it.',
    ],
    [
      'an option that has no counterpart',
      { module: 'keras.src.ops.nn', class_name: 'OneHot', config: { name: 'f', num_classes: 3, sparse: true } },
      'ValueError: [OneHot f] sparse must be false. Received: sparse=true. Use a Lambda layer.',
    ],
    [
      'a keyword that is unknown',
      {
        inbound_nodes: [
          { args: [{ class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } }], kwargs: { other: 1 } },
        ],
      },
      'ValueError: [Add f] the arguments of the call must be x1, x2. Received: other=….',
    ],
    [
      'an argument that is missing',
      {},
      'ValueError: [Add f] the arguments of the call must be x1, x2. Received: no x2.',
    ],
  ])('%s', (_, entry, message) => {
    let error: unknown = null;
    try {
      read(entry);
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toBe(message);
  });
});
