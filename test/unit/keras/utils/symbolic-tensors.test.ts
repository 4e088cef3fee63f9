import { DTypePolicy, Input, KerasTensor, layers, ops, setDtypePolicy, tensor, utils } from 'evenkeel';
import { describe, expect, test } from 'vitest';

describe('isKerasTensor', () => {
  test('isKerasTensor is true of symbolic tensors alone', () => {
    expect(utils.isKerasTensor(new layers.Dense(1).apply(Input({ shape: [2] })))).toBe(true);
    for (const other of [tensor([1]), [1], null, new layers.Dense(1)]) expect(utils.isKerasTensor(other)).toBe(false);
  });
});

describe('getSourceInputs', () => {
  test('getSourceInputs lists the inputs in the order of the walk, each once, as Keras does', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => Input({ shape: [2], name })) as [
      KerasTensor,
      KerasTensor,
      KerasTensor,
    ];
    const shared = new layers.Dense(2);
    const sum = ops.add(shared.apply(b), shared.apply(a));
    const all = new layers.Concatenate().apply([sum, ops.multiply(a, 2), ops.where(ops.greater(c, 0), sum, b)]);
    expect(utils.getSourceInputs(all)).toEqual([b, a, c]);
    expect(utils.getSourceInputs(a)).toEqual([a]);
  });

  test('getSourceInputs walks a chain of many calls', () => {
    const input = Input({ shape: [2] });
    let x: KerasTensor = input;
    for (let i = 0; i < 5000; i++) x = ops.add(x, x);
    expect(utils.getSourceInputs(x)).toEqual([input]);
  });

  test('getSourceInputs refuses what is not symbolic', () => {
    expect(() => utils.getSourceInputs(3 as never)).toThrow(
      '[utils.getSourceInputs] the argument must be a symbolic tensor. Received: 3. Pass what a layer returns when it is called on an Input.',
    );
  });
});

describe('standardizeDtype', () => {
  test('standardizeDtype names the type of a name, a class or a policy', () => {
    const given = ['float64', 'bool', 'int', Uint8Array, Number, Boolean, new DTypePolicy('mixed_float16'), null];
    const names = ['float64', 'bool', 'int32', 'uint8', 'float32', 'bool', 'float32', 'float32'];
    expect(given.map((dtype) => utils.standardizeDtype(dtype))).toEqual(names);
  });

  test('standardizeDtype uses the policy of new layers where there is no type', () => {
    setDtypePolicy('float64');
    try {
      expect(utils.standardizeDtype()).toBe('float64');
    } finally {
      setDtypePolicy('float32');
    }
  });

  test.each(['int64', 'complex64', 'mixed_float16', String, {}])(
    'standardizeDtype refuses what tensors lack (%#)',
    (x) => {
      expect(() => utils.standardizeDtype(x)).toThrow(
        '[utils.standardizeDtype] dtype must name a type of tensors: bool, uint8, int32, float32 or float64. Received: dtype=',
      );
    },
  );
});

describe('clearSession', () => {
  test('clearSession resets the names of layers, with or without the memory of programs', () => {
    for (const freeMemory of [true, false]) {
      utils.clearSession({ freeMemory });
      expect(new layers.Dense(1).name).toBe('dense');
    }
    expect(() => utils.clearSession({ freeMemory: 1 as never })).toThrow(TypeError);
  });
});
