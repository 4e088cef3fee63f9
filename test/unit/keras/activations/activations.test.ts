import { describe, expect, test } from 'vitest';
import * as activations from '../../../../src/keras/activations/index.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { checkGradient, evaluateFunction } from '../../../support/gradient-check.ts';
import { camelCase, goldenTensor, valueAndGradient } from '../losses/golden-values.ts';

interface Case {
  readonly activation: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly which: string;
  readonly input: GoldenArray;
  readonly dySeed: number;
  readonly output?: GoldenArray;
  readonly gradient?: GoldenArray;
  readonly error?: readonly [string, string];
}

const golden = loadGolden<Case>('activations');

type Flexible = (x: Value, options?: object) => Value;

function call(name: string, options: Readonly<Record<string, GoldenValue>>): (x: Value) => Value {
  const [exported] = Object.keys(camelCase({ [name]: null }));
  if (exported === 'threshold') {
    return (x) => activations.threshold(x, options['threshold'] as number, options['default_value'] as number);
  }
  const table = activations as unknown as Record<string, Flexible>;
  return (x) => table[exported!]!(x, camelCase(options));
}

const names = [
  'relu',
  'leaky_relu',
  'relu6',
  'elu',
  'celu',
  'selu',
  'gelu',
  'silu',
  'swish',
  'softplus',
  'softsign',
  'squareplus',
  'soft_shrink',
  'hard_shrink',
  'tanh',
  'tanh_shrink',
  'hard_tanh',
  'sigmoid',
  'hard_sigmoid',
  'hard_silu',
  'hard_swish',
  'log_sigmoid',
  'sparse_plus',
  'sparse_sigmoid',
  'mish',
  'exponential',
  'linear',
  'softmax',
  'log_softmax',
  'sparsemax',
  'glu',
];
const builtins = Object.fromEntries(names.map((name) => [name, activations.get(name)]));

/** Where TensorFlow's kernels hold constants in float32, even for float64. */
const rounded = ['relu', 'leaky_relu', 'gelu'];

describe('every activation gives the values and gradients of Keras', () => {
  const cases = golden.cases.filter((entry) => entry.activation !== 'sparsemax');
  test.each(cases.map((entry, i) => ({ ...entry, i })))(
    'every activation gives the values and gradients of Keras: $activation $options of $which ($i)',
    ({ activation, options, which, input, dySeed, output, gradient, error }) => {
      const x = goldenTensor(input);
      if (error !== undefined) {
        expect(() => valueAndGradient(call(activation, options), x, dySeed)).toThrow('[activations.');
        return;
      }
      const found = valueAndGradient(call(activation, options), x, dySeed);
      expect(found.value.shape).toEqual(output!.shape);
      const tolerance = { rtol: rounded.includes(activation) ? 1e-7 : 1e-9 };
      expectClose(found.value.data, output!.data, tolerance);
      // celu's derivative at 0 is 1; TensorFlow counts it on both sides and says 2.
      const counts = (_: number, i: number): boolean => activation !== 'celu' || x.data[i] !== 0 || which === 'matrix';
      expectClose(found.gradient.data.filter(counts), Array.from(gradient!.data).filter(counts), tolerance);
    },
  );
});

/** The definition: sort, and take as many elements as stay above the threshold they define. */
function sparsemaxOf(x: readonly number[]): number[] {
  const sorted = x.toSorted((a, b) => b - a);
  let [total, tau] = [0, 0];
  for (const [i, element] of sorted.entries()) {
    total += element;
    if (1 + (i + 1) * element > total) tau = (total - 1) / (i + 1);
  }
  return x.map((element) => Math.max(element - tau, 0));
}

const close = (actual: Tensor, expected: readonly number[]): void =>
  expectClose(actual.data, expected, { rtol: 1e-12 });

test('sparsemax is the nearest point of the simplex, equal elements and large ones included', () => {
  const rows = [
    [0.5, 0.3, -0.2, 0.4],
    [1, 1, 1, 1],
    [3, 1, 2.5, -7],
    [1e6, 1e6 - 0.5, 0, -1e6],
    [2, 2, 0, 1.9],
  ];
  const found = evaluateFunction(([x]) => activations.sparsemax(x!), [tensor(rows, undefined, 'float64')]);
  close(found, rows.flatMap(sparsemaxOf));
  const columns = evaluateFunction(
    ([x]) => activations.sparsemax(x!, { axis: 0 }),
    [
      tensor(
        rows[0]!.map((_, i) => rows.map((row) => row[i]!)),
        undefined,
        'float64',
      ),
    ],
  );
  close(
    columns,
    rows[0]!.flatMap((_, i) => rows.map((row) => sparsemaxOf(row)[i]!)),
  );
});

test('sparsemax has the gradient of its definition', () => {
  const x = tensor(
    [
      [0.5, 0.3, -0.2, 0.4],
      [3, 1, 2.5, -7],
    ],
    undefined,
    'float64',
  );
  checkGradient('sparsemax', ([value]) => activations.sparsemax(value!), [x]);
});

// The exponential of such numbers is infinite; so is squareplus, which squares them, in Keras too.
const finite = Object.entries(builtins).filter(([name]) => !['exponential', 'squareplus'].includes(name));

test.each(finite)('%s and its gradient are finite at numbers whose squares are not', (_, fn) => {
  for (const number of [-1e200, -1e160, -1e4, -800, 0, 800, 1e4, 1e160, 1e200]) {
    const x = tensor(new Float64Array([number, number / 2]));
    const { value, gradient } = valueAndGradient(fn, x);
    expect([...value.data, ...gradient.data].every(Number.isFinite), String(number)).toBe(true);
  }
});
