import { add, multiply, subtract } from '../../../src/compiler/builder/index.ts';
import { input } from '../../../src/compiler/graph/leaves.ts';
import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { Body, type Value } from '../../../src/compiler/ir/value.ts';
import { type PrimitiveCases, empty, float, int } from './case.ts';

const number = (name: string): Value => input(name, [], 'float64');
const [s, x, c] = [number('s'), number('x'), number('c')];
const pair = input('pair', [2], 'float64');
const count = input('count', [], 'int32');

/** The sum so far, and what it was before the step. */
const sums = { body: new Body([s, x], [add(s, x), s]), states: 1, sequences: 1, reverse: false };

/* prettier-ignore */
export const controlCases: PrimitiveCases<PrimitiveOf<'control'>> = {
  scan: [
    { about: 'of sums', attributes: sums, inputs: [float(10), float([1, 2, 4])], outputs: [float(17), float([10, 11, 13])] },
    { about: 'of sums in reverse', attributes: { ...sums, reverse: true }, inputs: [float(10), float([1, 2, 4])], outputs: [float(17), float([16, 14, 10])] },
    { about: 'of no step', attributes: sums, inputs: [float(10), empty([0])], outputs: [float(10), empty([0])] },
    { about: 'of a polynomial, with a capture', attributes: { ...sums, body: new Body([s, x, c], [add(multiply(s, c), x)]) }, inputs: [float(0), float([1, 2, 3]), float(10)], outputs: [float(123)] },
    { about: 'without states', attributes: { body: new Body([x, c], [multiply(x, c), x]), states: 0, sequences: 1, reverse: false }, inputs: [float([1, 2]), float(3)], outputs: [float([3, 6]), float([1, 2])] },
    { about: 'of two states, which change places', attributes: { body: new Body([s, c, x], [c, subtract(s, x)]), states: 2, sequences: 1, reverse: false }, inputs: [float(1), float(10), float([3, 5, 7])], outputs: [float(5), float(-9)] },
    { about: 'of rows and an integer state', attributes: { body: new Body([count, pair], [add(count, 1), multiply(pair, pair)]), states: 1, sequences: 1, reverse: false }, inputs: [int(1), float([[1, 2], [3, 4]])], outputs: [int(3), float([[1, 4], [9, 16]])] },
  ],
};
