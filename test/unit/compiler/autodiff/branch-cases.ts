import * as build from '../../../../src/compiler/builder/index.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { randomTensors } from '../../../support/random-tensors.ts';
import type { GradientCase } from './cases.ts';

const random = randomTensors(23);

const total = (value: Value): Value => build.sum(value, { axes: value.shape.map((_, axis) => axis) });

/** One of two products, by the sign of a sum; the branches read values around them. */
const branches =
  (sign: 1 | -1) =>
  ([x, w, b]: readonly Value[]): Value => {
    const size = build.square(x!);
    const predicate = build.less(build.multiply(total(size), sign), 0);
    const [first, second] = build.cond(
      predicate,
      () => [build.matmul(x!, w!), build.sin(b!)],
      () => [build.exp(build.matmul(size, build.multiply(w!, w!))), b!],
    );
    return build.add(total(first!), total(build.multiply(second!, build.square(second!))));
  };

const nested = ([x, y]: readonly Value[]): Value => {
  const [result] = build.cond(
    build.less(total(x!), 1e6),
    () =>
      build.cond(
        build.less(1e6, total(y!)),
        () => [build.square(x!)],
        () => [build.multiply(build.exp(x!), y!)],
      ),
    () => [y!],
  );
  return total(result!);
};

/** A branch in each step of a scan. */
const inScan = ([x, h]: readonly Value[]): Value => {
  const { states, outputs } = build.scan(
    ([s], [step]) => {
      const next = build.cond(
        build.less(0, total(step!)),
        () => [build.multiply(build.sin(s!), step!)],
        () => [build.add(s!, build.square(step!))],
      );
      return { states: next, outputs: [build.square(next[0]!)] };
    },
    [h!],
    [x!],
  );
  return build.add(total(states[0]!), total(outputs[0]!));
};

export const condCases: readonly GradientCase[] = [
  { about: 'of the true branch', fn: branches(-1), inputs: [random([2, 3]), random([3, 2]), random([2])] },
  { about: 'of the false branch', fn: branches(1), inputs: [random([2, 3]), random([3, 2]), random([2])] },
  { about: 'in a branch', fn: nested, inputs: [random([3]), random([3])] },
  { about: 'in a scan', fn: inScan, inputs: [random([4, 2]), random([2])] },
];

/** x ← sin(x) · w until it is small, or the limit is reached. */
const shrinking =
  (limit: number) =>
  ([x, w]: readonly Value[]): Value => {
    const [last, sum] = build.whileLoop(
      ([s]) => build.less(0.05, total(build.square(s!))),
      ([s, all]) => {
        const next = build.multiply(build.sin(s!), w!);
        return [next, build.add(all!, build.square(next))];
      },
      [x!, build.multiply(x!, 2)],
      { limit },
    );
    return build.add(total(last!), total(sum!));
  };

export const whileLoopCases: readonly GradientCase[] = [
  { about: 'that ends before its limit', fn: shrinking(12), inputs: [random([2], 0.5, 1), random([2], 0.4, 0.7)] },
  { about: 'that ends at its limit', fn: shrinking(2), inputs: [random([2], 0.5, 1), random([2], 0.8, 1.2)] },
];
