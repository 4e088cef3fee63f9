import { type Config, Input, type KerasTensor, Model, activations, ops, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { predictByReference } from '../../../support/predict-by-reference.ts';
import { NOT_RECORDABLE } from '../../../../src/keras/ops/serialization.ts';

const functions = [...Object.entries(ops), ...Object.entries(ops.image)].flatMap(
  ([name, entry]): [string, { readonly name: string }][] => (typeof entry === 'function' ? [[name, entry]] : []),
);

test.each(functions)('%s is recordable, or listed as not recordable', (name, run) => {
  expect('specification' in run).toBe(!Object.hasOwn(NOT_RECORDABLE, name));
});

test('every name that is listed as not recordable exists', () => {
  expect(Object.keys(NOT_RECORDABLE).filter((name) => !functions.some(([known]) => known === name))).toEqual([]);
});

test.each(functions.filter(([, run]) => 'specification' in run))('%s has the name of its export', (name, run) => {
  const aliases: Readonly<Record<string, string>> = {
    abs: 'absolute',
    conj: 'conjugate',
    hardSwish: 'hardSilu',
    swish: 'silu',
  };
  const others: Readonly<Record<string, string>> = { trueDivide: 'divide' };
  expect(run.name).toBe(aliases[name] ?? others[name] ?? name);
});

const ones = tensor(new Float32Array(6).fill(1), [6]);
const written = { class_name: '__numpy__', config: { value: [1, 1, 1, 1, 1, 1], dtype: 'float32' } };

// The arguments and configs are those that Keras 3.15.1 writes for the same calls, except that it calls arrays __tensor__.
test.each([
  [
    'LayerNorm',
    (x: KerasTensor) => ops.layerNormalization(x),
    [null, null],
    {},
    { axis: -1, epsilon: null, rms_scaling: false },
  ],
  ['LayerNorm', (x: KerasTensor) => ops.layerNormalization(x, { gamma: ones }), [written, null], {}, { axis: -1 }],
  ['RMSNorm', (x: KerasTensor) => ops.rmsNormalization(x, { scale: ones }), [], { scale: written }, { epsilon: null }],
  [
    'BatchNorm',
    (x: KerasTensor) => ops.batchNormalization(x, ones, ones, -1),
    [written, written, null, null],
    {},
    { axis: -1, epsilon: 0.001 },
  ],
  ['Slice', (x: KerasTensor) => ops.slice(x, [0, 1, 2], [2, 3, 2]), [[0, 1, 2]], {}, { shape: [2, 3, 2] }],
  [
    'Pad',
    (x: KerasTensor) =>
      ops.pad(
        x,
        [
          [0, 0],
          [1, 1],
          [0, 0],
        ],
        { constantValues: 2 },
      ),
    [],
    { constant_values: 2 },
    { mode: 'constant' },
  ],
  [
    'ReLU',
    (x: KerasTensor) => activations.relu(x, { negativeSlope: 0.1 }),
    [],
    {},
    { negative_slope: 0.1, max_value: null, threshold: 0 },
  ],
] as const)('a call of %s is recorded as in Keras, and read again', (className, call, args, kwargs, config) => {
  const inputs = Input({ shape: [4, 6], name: 'i' });
  const model = new Model({ inputs, outputs: call(inputs) });
  const json = JSON.parse(JSON.stringify(model.getConfig())) as Config;
  const [, entry] = json['layers'] as readonly Config[];
  const [node] = entry!['inbound_nodes'] as readonly { args: readonly unknown[]; kwargs: unknown }[];
  expect(entry!['class_name']).toBe(className);
  expect(entry!['config']).toMatchObject(config);
  expect(node!.args.slice(1)).toEqual(args);
  expect(node!.kwargs).toEqual(kwargs);
  const x = tensor(
    Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)),
    [2, 4, 6],
  );
  const [expected] = predictByReference(model, [x]);
  const [again] = predictByReference(Model.fromConfig(json), [x]);
  expectClose(again!.data, expected!.data, { rtol: 0 });
});

describe('the options of a function', () => {
  const inputs = Input({ shape: [4], name: 'x' });

  test('must exist', () => {
    expect(() => ops.softmax(inputs, { axes: 1 } as never)).toThrow(
      new TypeError('[ops.softmax] unknown option "axes". Did you mean "axis"?'),
    );
  });

  test('must be an object', () => {
    expect(() => ops.softmax([1, 2], -1 as never)).toThrow(
      new TypeError('[ops.softmax] options must be an object. Received: -1. Name it: x, { axis: -1 }.'),
    );
  });

  test('must be JSON where symbolic tensors are given', () => {
    expect(() => ops.clip(inputs, 0, inputs)).toThrow(
      /^\[ops\.clip\] xMax must be a finite number, a string, a boolean, null, or an array of these, where symbolic tensors are given\./,
    );
  });
});
