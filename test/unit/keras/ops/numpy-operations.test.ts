import { type Config, Input, type KerasTensor, Model, type Value, ops, resetNames, tensor } from 'evenkeel';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { checkGradient, evaluateAll, evaluateFunction } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

interface Case {
  readonly kind: 'function' | 'special' | 'plain';
  readonly name: string;
  readonly config?: Config;
  readonly input?: GoldenArray;
  readonly args?: readonly unknown[];
  readonly outputs: readonly GoldenArray[];
}

const { cases } = loadGolden<Case>('operations');
const ofKind = (kind: Case['kind']): readonly Case[] => cases.filter((entry) => entry.kind === kind);

const V = tensor(Float32Array.from(lcg([6], 6, -1.5, 1.5)), [6]);
const halves = (x: KerasTensor): KerasTensor => ops.floor(x);

/** The functions of the golden file, called here. */
const CALLS: Readonly<Record<string, (x: KerasTensor) => KerasTensor | readonly KerasTensor[]>> = {
  Log1p: ops.log1p,
  Expm1: ops.expm1,
  Log2: ops.log2,
  Log10: ops.log10,
  Logaddexp: (x) => ops.logaddexp(x, V),
  Logsumexp: (x) => ops.logsumexp(x, { axis: 1 }),
  'Logsumexp of all': (x) => ops.logsumexp(x, { axis: [1, 2], keepdims: true }),
  Ceil: ops.ceil,
  Trunc: ops.trunc,
  Round: (x) => ops.round(x),
  'Round to decimals': (x) => ops.round(x, { decimals: 1 }),
  Tan: ops.tan,
  Sinh: ops.sinh,
  Cosh: ops.cosh,
  Arcsinh: ops.arcsinh,
  Arccosh: ops.arccosh,
  Arctanh: ops.arctanh,
  Isfinite: (x) => ops.isfinite(ops.trueDivide(1, halves(x))),
  Isinf: (x) => ops.isinf(ops.trueDivide(1, halves(x))),
  LogicalXor: (x) => ops.logicalXor(ops.greater(x, -0.2), ops.less(x, 0.2)),
  NanToNum: (x) => ops.nanToNum(ops.log(halves(x)), { nan: 7, posinf: 8, neginf: -9 }),
  'NanToNum by default': (x) => ops.nanToNum(ops.log(halves(x))),
  DivideNoNan: (x) => ops.divideNoNan(x, halves(x)),
  Swapaxes: (x) => ops.swapaxes(x, 1, -1),
  Moveaxis: (x) => ops.moveaxis(x, 1, -1),
  Ravel: ops.ravel,
  Tile: (x) => ops.tile(x, [1, 2, 3]),
  Flip: (x) => ops.flip(x, { axis: 2 }),
  Roll: (x) => ops.roll(x, 2, { axis: 1 }),
  Unstack: (x) => ops.unstack(x, { num: null, axis: 1 }),
  Tril: (x) => ops.tril(x, { k: -1 }),
  Triu: (x) => ops.triu(x, { k: 1 }),
  Std: (x) => ops.std(x, { axis: 1 }),
  Ptp: (x) => ops.ptp(x, { axis: 1 }),
  CountNonzero: (x) => ops.countNonzero(halves(x), { axis: 2 }),
  Argmin: (x) => ops.argmin(x, { axis: 1 }),
  Amax: (x) => ops.amax(x, { axis: 1 }),
  Amin: (x) => ops.amin(x, { axis: 1, keepdims: true }),
  'Absolute by its full name': ops.absolute,
  TrueDivide: (x) => ops.trueDivide(x, V),
};

beforeEach(resetNames);

test.each(Object.entries(CALLS))('ops writes the config of Keras: %s', (name, call) => {
  const inputs = Input({ shape: [4, 6], name: 'i' });
  const { config } = ofKind('function').find((entry) => entry.name === name)!;
  const model = new Model({ inputs, outputs: call(inputs), name: 'model' });
  expect(JSON.stringify(model.getConfig())).toBe(JSON.stringify(config));
});

const functions = ops as unknown as Readonly<Record<string, (...args: unknown[]) => never>>;
const ownName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

describe('infinities, NaN, and small and large numbers', () => {
  test.each(ofKind('special'))('$name gives what Keras gives', ({ name, input, outputs }) => {
    const x = tensor(input!.data, input!.shape);
    const found = evaluateFunction(([value]) => functions[ownName(name)]!(value), [x]);
    // Keras computes in float32, where what is small is exact as well: no absolute tolerance.
    expectClose(found.data, outputs[0]!.data, { rtol: 1e-5, atol: 0 });
  });
});

/** The number of required arguments of the functions that create tensors, and the names of the rest. */
const CREATION: Readonly<Record<string, readonly [required: number, optional: readonly string[]]>> = {
  Eye: [1, ['M', 'k']],
  Arange: [1, ['stop', 'step']],
  Linspace: [2, ['num', 'endpoint']],
};

describe('arrays made of nothing', () => {
  test.each(ofKind('plain'))('$name of $args is what Keras makes', ({ name, args, outputs }) => {
    const [required, optional] = CREATION[name] ?? [args!.length, []];
    const options = optional.flatMap((option, i) => {
      const value = args![required + i];
      return value === undefined ? [] : [[option, value] as const];
    });
    const given = [...args!.slice(0, required), Object.fromEntries(options)];
    const found = evaluateFunction(() => functions[ownName(name)]!(...(given as never[])), []);
    expect(found.shape).toEqual(outputs[0]!.shape);
    expect(found.dtype).toBe(outputs[0]!.dtype);
    expectClose(found.data, outputs[0]!.data, { rtol: 1e-6 });
  });
});

describe('gradients', () => {
  const x = tensor([-0.7, -0.2, 0.3, 0.9], undefined, 'float64');
  test.each(['log1p', 'expm1', 'tan', 'sinh', 'cosh', 'arcsinh', 'arctanh', 'logsumexp', 'std', 'ptp', 'ravel'])(
    '%s has the one that differences give',
    (name) => {
      checkGradient(name, ([value]) => functions[name]!(value), [x]);
    },
  );

  test('is not NaN where a divisor is 0, nor is what is small lost', () => {
    const zero = tensor([0], undefined, 'float64');
    checkGradient('divideNoNan', ([value]) => ops.divideNoNan(value!, 0), [zero]);
    const y = tensor([0, 1e-9], undefined, 'float64');
    expectClose(evaluateFunction(([value]) => ops.arcsinh(value!), [y]).data, [0, 1e-9], { rtol: 1e-9, atol: 0 });
  });
});

test('unique fills up the indices with the first one, and the counts with 0', () => {
  const options = { size: 5, fillValue: -1, returnIndex: true, returnCounts: true };
  const found = evaluateAll(([x]) => ops.unique(x!, options) as readonly Value[], [tensor([3, 1, 2, 1])]);
  expect(found.map((each) => each.toArray())).toEqual([
    [1, 2, 3, -1, -1],
    [1, 2, 0, 1, 1],
    [2, 1, 1, 0, 0],
  ]);
});

describe('what they refuse', () => {
  const inputs = Input({ shape: [null, 6], name: 'i' });
  test.each([
    [
      () => ops.round(inputs, { decimals: 0.5 }),
      '[ops.round] decimals must be an integer ≥ -Infinity. Received: decimals=0.5.',
    ],
    [
      () => ops.tile(inputs, [0]),
      '[ops.tile] repeats must be an integer ≥ 1, or a list of them. Received: repeats=[0].',
    ],
    [
      () => ops.moveaxis(inputs, [0, 1], 0),
      '[Moveaxis moveaxis] there must be a destination for each source. Received: source=[0, 1], destination=0.',
    ],
    [
      () => ops.roll(inputs, [1, 2], { axis: 2 }),
      '[Roll roll] shift must be an integer, or one for each axis. Received: shift=[1, 2], axis=2.',
    ],
    [
      () => ops.unstack(inputs, { num: 5, axis: 2 }),
      '[Unstack unstack] num must be the size of the axis. Received: num=5 for axis 2 of shape [null, null, 6].',
    ],
    [() => ops.tril(inputs, { k: 0.5 }), '[ops.tril] k must be an integer. Received: k=0.5.'],
    [() => ops.arange(0, { stop: 1, step: 0 }), '[ops.arange] step must not be 0. Received: step=0.'],
  ])('%#', (run, message) => {
    expect(run).toThrow(message);
  });
});
