import * as build from '../../../../src/compiler/builder/index.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { randomTensors } from '../../../support/random-tensors.ts';
import type { GradientCase } from './cases.ts';

const random = randomTensors(17);
const rest = (value: Value): readonly number[] => value.shape.map(() => 0);

/** Σ of several results, each with a weight of its own. */
const weighted = (values: readonly Value[]): Value =>
  build.addAll(
    values.map((value, i) =>
      build.multiply(build.sum(value, { axes: rest(value).map((_, axis) => axis) }), i + 1),
    ) as unknown as readonly [Value, ...Value[]],
  );

/** A recurrent layer: x [steps, batch, features], its kernels and its bias; all states are outputs. */
const recurrent =
  (options: build.ScanOptions) =>
  ([x, h, w, u, b]: readonly Value[]): Value => {
    const { states, outputs } = build.scan(
      ([before], [step]) => {
        const next = build.tanh(build.add(build.add(build.matmul(step!, w!), build.matmul(before!, u!)), b!));
        return { states: [next], outputs: [next, build.multiply(next, step!)] };
      },
      [h!],
      [x!],
      options,
    );
    return weighted([...states, ...outputs]);
  };

const weights = [random([3, 2, 2]), random([2, 2]), random([2, 2]), random([2, 2]), random([2])];

/** A gate that multiplies, and a state that a step does not change for masked rows. */
const masked = ([x, h, c]: readonly Value[]): Value => {
  const { states, outputs } = build.scan(
    ([before, sum], [step]) => {
      const keep = build.less(0, build.slice(step!, [0, 0], [Infinity, 1]));
      const next = build.where(keep, build.multiply(build.sigmoid(before!), build.multiply(step!, c!)), before!);
      return { states: [next, build.add(sum!, build.square(next))], outputs: [build.exp(step!)] };
    },
    [h!, build.multiply(h!, 2)],
    [x!],
  );
  return weighted([...states, ...outputs]);
};

/** A scan over columns in each step of one over rows. */
const nested = ([x, h]: readonly Value[]): Value => {
  const { states } = build.scan(
    ([row], [step]) => {
      const inner = build.scan(
        ([entry], [each]) => ({ states: [build.sin(build.multiply(entry!, each!))], outputs: [] }),
        [build.multiply(row!, 0.5)],
        [step!],
      );
      return { states: [build.add(row!, inner.states[0]!)], outputs: [] };
    },
    [h!],
    [x!],
  );
  return states[0]!;
};

/** Only the last state counts, and no gradient reads a value of a step. */
const linear = ([x, h]: readonly Value[]): Value =>
  build.scan(([s], [step]) => ({ states: [build.subtract(s!, step!)], outputs: [] }), [h!], [x!]).states[0]!;

export const scanCases: readonly GradientCase[] = [
  { about: 'of a recurrent layer', fn: recurrent({}), inputs: weights },
  { about: 'of a recurrent layer in reverse', fn: recurrent({ reverse: true }), inputs: weights },
  { about: 'of a recurrent layer that is unrolled', fn: recurrent({ unroll: true, reverse: true }), inputs: weights },
  { about: 'of a masked state', fn: masked, inputs: [random([3, 2, 2]), random([2, 2]), random([2])] },
  {
    about: 'of a sum',
    fn: linear,
    inputs: [random([3, 2]), random([2])],
    once: 'it is linear: its gradient does not depend on the operands',
  },
  { about: 'in a scan', fn: nested, inputs: [random([2, 3]), random([])] },
];
