import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { gradientRules } from '../../../../src/compiler/autodiff/rules/index.ts';
import { zeroGradient } from '../../../../src/compiler/autodiff/rules/rule.ts';
import { constant, input } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import type { PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { checkGradient, checkSecondGradient } from '../../../support/gradient-check.ts';
import { randomTensors } from '../../../support/random-tensors.ts';
import { type GradientCase, gradientCases } from './cases.ts';

const primitives = Object.keys(gradientRules) as PrimitiveName[];
const isReason = (cases: string | readonly GradientCase[]): cases is string => typeof cases === 'string';

describe('the gradient equals central differences', () => {
  for (const primitive of primitives) {
    const cases = gradientCases[primitive];
    if (isReason(cases)) continue;
    for (const { about, fn, inputs } of cases) {
      test(`for ${primitive} ${about}`, () => checkGradient(primitive, fn, inputs));
    }
  }
});

describe('the second gradient equals central differences', () => {
  for (const primitive of primitives) {
    const cases = gradientCases[primitive];
    if (isReason(cases)) continue;
    for (const { about, fn, inputs, once } of cases) {
      if (once !== undefined) continue;
      test(`for ${primitive} ${about}`, () => checkSecondGradient(primitive, fn, inputs, { atol: 1e-8 }));
    }
  }
});

describe('no gradient', () => {
  for (const primitive of primitives) {
    const reason = gradientCases[primitive];
    if (!isReason(reason)) continue;
    test(`flows through ${primitive}: ${reason}`, () => {
      expect(reason.length).toBeGreaterThan(10);
      if (primitive !== 'maxPoolGradient') expect(gradientRules[primitive]).toBe(zeroGradient);
    });
  }

  test('flows through maxPoolGradient, which throws if one is needed', () => {
    const attributes = { window: [2], strides: [2], padding: [[0, 0]] as const };
    const x = input('x', [1, 1, 4], 'float32');
    const [y] = createNode('maxPool', [x], attributes);
    const [dx] = gradients(ops.sum(ops.square(y)), [x]);
    expect(() => gradients(ops.sum(dx!), [x])).toThrowErrorMatchingInlineSnapshot(
      `[NotImplementedError: [autodiff] maxPoolGradient has no gradient: max pooling cannot be differentiated twice. Use average pooling, or stop the gradient before it.]`,
    );
    // The gradient of Σ y does not depend on x: its own gradient is null.
    const [linear] = gradients(ops.sum(y), [x]);
    expect(gradients(ops.sum(linear!), [x])).toEqual([null]);
  });
});

describe('gradients are summed over broadcast axes', () => {
  /** Two shapes that broadcast: each is a common shape with some axes set to 1 and some leading axes dropped. */
  const shapes = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean()), { maxLength: 3 })
    .chain((axes) =>
      fc.record({
        a: fc.integer({ min: 0, max: axes.length }).map((drop) => axes.slice(drop).map(([n, one]) => (one ? 1 : n))),
        b: fc.integer({ min: 0, max: axes.length }).map((drop) => axes.slice(drop).map(([n, , one]) => (one ? 1 : n))),
      }),
    );
  const functions = {
    add: ops.add,
    subtract: ops.subtract,
    multiply: ops.multiply,
    divide: ops.divide,
    power: ops.power,
    select: (a: ops.Operand, b: ops.Operand) => ops.where(ops.less(a, b), ops.square(a), b),
  };
  for (const [name, fn] of Object.entries(functions)) {
    test(`for ${name} of random shapes`, () => {
      fc.assert(
        fc.property(shapes, fc.integer({ min: 0, max: 1000 }), ({ a, b }, seed) => {
          const make = randomTensors(seed);
          // The ranges do not overlap, so that select is differentiable.
          checkGradient(name, ([x, y]) => fn(x!, y!), [make(a, 0.3, 0.9), make(b, 1, 2)]);
        }),
        { seed: 1, numRuns: 25 },
      );
    });
  }

  test('for an operand that is used twice', () => {
    const x = randomTensors(3)([2, 3]);
    checkGradient('x · Σx', ([value]) => ops.multiply(value!, ops.sum(value!, { axis: 0 })), [x]);
  });

  test('for sums with constants, which need no gradient', () => {
    const x = randomTensors(3)([3]);
    checkGradient('x + c', ([value]) => ops.add(ops.square(value!), constant([[1], [2]], 'float64')), [x]);
  });
});
