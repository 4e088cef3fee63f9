import { describe, expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import * as regularizers from '../../../../src/keras/regularizers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { evaluateFunction } from '../../../support/gradient-check.ts';
import { camelCase, valueAndGradient } from '../losses/golden-values.ts';

interface Case {
  readonly kind: string;
  readonly section: string;
  readonly class: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly input: GoldenArray;
  readonly value: number;
  readonly gradient: GoldenArray;
  readonly getConfig: string;
  readonly serialized: string;
  readonly identifier: string;
  readonly gives?: string;
}

const { cases } = loadGolden<Case>('vocabulary');
const classes = regularizers as unknown as Record<string, new (options: object) => regularizers.Regularizer>;
const own = cases.filter(({ section }) => section === 'regularizers');

test.each(cases.filter(({ kind }) => kind === 'regularizer'))('$class $options gives the penalty of Keras', (entry) => {
  const made = new classes[entry.class]!(camelCase(entry.options));
  const x = new Tensor(Float64Array.from(entry.input.data), entry.input.shape);
  const { value, gradient } = valueAndGradient((w) => made.call(w), x);
  // Keras rounds factors to float32, and computes the orthogonal one in it.
  const tolerance = entry.class === 'OrthogonalRegularizer' ? { rtol: 1e-5, atol: 1e-8 } : { rtol: 1e-7 };
  expectClose(value.data, [entry.value], tolerance);
  expectClose(gradient.data, entry.gradient.data, tolerance);
});

test.each(own.filter(({ kind }) => kind === 'config'))('the config of $class $options is that of Keras', (entry) => {
  const made = new classes[entry.class]!(camelCase(entry.options));
  expect(JSON.stringify(made.getConfig())).toBe(JSON.stringify(JSON.parse(entry.getConfig)));
  const serialized = JSON.parse(entry.serialized) as { class_name: string; config: Config };
  expect(regularizers.serialize(made)).toEqual(serialized);
  expect(regularizers.get(serialized)?.getConfig()).toEqual(made.getConfig());
});

test.each(own.filter(({ kind, gives }) => kind === 'identifier' && gives !== undefined && gives !== 'NoneType'))(
  '$identifier is $gives',
  ({ identifier, gives }) => {
    expect(regularizers.serialize(regularizers.get(identifier))?.class_name).toBe(gives);
  },
);

test('null and objects are returned unchanged', () => {
  expect(regularizers.get(null)).toBeNull();
  expect(regularizers.get(undefined)).toBeNull();
  expect(regularizers.serialize(null)).toBeNull();
  const l2 = new regularizers.L2();
  expect(regularizers.get(l2)).toBe(l2);
  expect(regularizers.get('l1_l2')).toBeInstanceOf(regularizers.L1L2);
});

test('a matrix with a zero row has a penalty with a finite gradient', () => {
  const x = tensor(
    [
      [0, 0],
      [1, 2],
    ],
    undefined,
    'float64',
  );
  const { gradient } = valueAndGradient((w) => new regularizers.OrthogonalRegularizer().call(w), x);
  expect(gradient.data.every(Number.isFinite)).toBe(true);
});

describe('mistakes are refused with a fix', () => {
  test.each([
    [() => new regularizers.L2({ l1: 0.1 } as never), new TypeError('[L2] unknown option "l1". Known: "l2".')],
    [() => new regularizers.L1({ l1: -1 }), new ValueError('[L1] l1 must be a finite number ≥ 0. Received: l1=-1.')],
    [
      () => new regularizers.OrthogonalRegularizer({ mode: 'both' as never }),
      new TypeError('[OrthogonalRegularizer] mode must be one of "rows", "columns". Received: mode="both".'),
    ],
    [
      () => new regularizers.OrthogonalRegularizer().call(input('x', [2], 'float32')),
      new ValueError('[OrthogonalRegularizer] x must have rank 2 and a known size. Received: x of shape [2].'),
    ],
    [() => regularizers.get('l3', 'Dense'), new TypeError('[Dense] unknown regularizer "l3".')],
    [
      () => regularizers.get(0.1 as never, 'Dense'),
      new TypeError('[Dense] a regularizer must be a name, a config object or a Regularizer. Received: 0.1.'),
    ],
  ])('wrong use says how to mend it: %#', (run, error) => {
    expect(run).toThrow(error);
  });
});

test('the base class is a regularizer of configs and names, whose penalty is 0', () => {
  const serialized = regularizers.serialize(new regularizers.Regularizer());
  expect(serialized).toMatchObject({ module: 'keras.regularizers', class_name: 'Regularizer', config: {} });
  for (const made of [regularizers.get('regularizer'), regularizers.deserialize(serialized)]) {
    expect(made?.constructor).toBe(regularizers.Regularizer);
    const found = evaluateFunction(([x]) => made!.call(x!), [new Tensor(Float64Array.of(-1, 2), [2])]);
    expect([found.shape, ...found.data]).toEqual([[], 0]);
  }
});

test("Keras's short names make regularizers", () => {
  expect(regularizers.l1(0.5)).toEqual(new regularizers.L1(0.5));
  expect(regularizers.l2({ l2: 0.5 })).toEqual(new regularizers.L2(0.5));
  expect(regularizers.l1l2(0.5, 0.25)).toEqual(new regularizers.L1L2({ l1: 0.5, l2: 0.25 }));
  expect(regularizers.orthogonalRegularizer(1, 'columns').mode).toBe('columns');
  expect(regularizers.l2()).toBeInstanceOf(regularizers.L2);
});
