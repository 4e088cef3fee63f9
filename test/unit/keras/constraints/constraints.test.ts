import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as constraints from '../../../../src/keras/constraints/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { evaluateFunction } from '../../../support/gradient-check.ts';
import { camelCase } from '../losses/golden-values.ts';

interface Case {
  readonly kind: string;
  readonly section: string;
  readonly class: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly input: GoldenArray;
  readonly output: GoldenArray;
  readonly getConfig: string;
  readonly serialized: string;
  readonly identifier: string;
  readonly gives?: string;
}

const { cases } = loadGolden<Case>('vocabulary');
const classes = constraints as unknown as Record<string, new (options: object) => constraints.Constraint>;
const own = cases.filter(({ section }) => section === 'constraints');

test.each(cases.filter(({ kind }) => kind === 'constraint'))('$class $options gives the weight of Keras', (entry) => {
  const made = new classes[entry.class]!(camelCase(entry.options));
  const w = new Tensor(Float64Array.from(entry.input.data), entry.input.shape);
  const found = evaluateFunction(([x]) => made.call(x!), [w]);
  expect(found.shape).toEqual(entry.output.shape);
  expectClose(found.data, entry.output.data, { rtol: 1e-9 });
});

test.each(own.filter(({ kind }) => kind === 'config'))('the config of $class $options is that of Keras', (entry) => {
  const made = new classes[entry.class]!(camelCase(entry.options));
  expect(JSON.stringify(made.getConfig())).toBe(JSON.stringify(JSON.parse(entry.getConfig)));
  const serialized = JSON.parse(entry.serialized) as { class_name: string; config: Config };
  expect(constraints.serialize(made)).toEqual(serialized);
  expect(constraints.get(serialized)?.getConfig()).toEqual(made.getConfig());
});

test.each(own.filter(({ kind, gives }) => kind === 'identifier' && gives !== undefined && gives !== 'NoneType'))(
  '$identifier is $gives',
  ({ identifier, gives }) => {
    expect(constraints.serialize(constraints.get(identifier))?.class_name).toBe(gives);
  },
);

test('null and objects are returned unchanged', () => {
  expect(constraints.get(null)).toBeNull();
  expect(constraints.serialize(null)).toBeNull();
  const unit = new constraints.UnitNorm();
  expect(constraints.get(unit)).toBe(unit);
});

test.each([
  [
    () => new constraints.MaxNorm({ max: 3 } as never),
    new TypeError('[MaxNorm] unknown option "max". Did you mean "maxValue"?'),
  ],
  [
    () => new constraints.UnitNorm({ axis: 0.5 }),
    new TypeError('[UnitNorm] axis must be an integer or a list of integers. Received: axis=0.5.'),
  ],
  [
    () => constraints.get('maxnorm', 'Dense'),
    new TypeError('[Dense] unknown constraint "maxnorm". Did you mean "max_norm"?'),
  ],
  [
    () => constraints.get(3 as never, 'Dense'),
    new TypeError('[Dense] a constraint must be a name, a config object or a Constraint. Received: 3.'),
  ],
])('mistakes are refused with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});

test('the base class is a constraint of configs and names, which keeps weights unchanged', () => {
  const base = new constraints.Constraint();
  const serialized = constraints.serialize(base);
  expect(serialized).toEqual({
    module: 'keras.constraints',
    class_name: 'Constraint',
    config: {},
    registered_name: null,
  });
  for (const made of [base, constraints.get('constraint'), constraints.deserialize(serialized)]) {
    expect(made?.constructor).toBe(constraints.Constraint);
    const found = evaluateFunction(([w]) => made!.call(w!), [new Tensor(Float64Array.of(-1, 2), [2])]);
    expect([...found.data]).toEqual([-1, 2]);
  }
});
