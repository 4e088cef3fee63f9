import { add, less, multiply, subtract } from '../../../src/compiler/builder/index.ts';
import { constant, input } from '../../../src/compiler/graph/leaves.ts';
import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { Body, type Value } from '../../../src/compiler/ir/value.ts';
import { type PrimitiveCases, bool, empty, float, int } from './case.ts';

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
  cond: [
    { about: 'that is true', attributes: { whenTrue: new Body([x, c], [add(x, c), x]), whenFalse: new Body([s, x], [multiply(s, x), x]) }, inputs: [bool(true), float(3), float(5)], outputs: [float(8), float(3)] },
    { about: 'that is false', attributes: { whenTrue: new Body([x, c], [add(x, c), x]), whenFalse: new Body([s, x], [multiply(s, x), x]) }, inputs: [bool(false), float(3), float(5)], outputs: [float(15), float(5)] },
    { about: 'of an operand and a constant', attributes: { whenTrue: new Body([pair], [pair]), whenFalse: new Body([pair], [constant([7, 8], 'float64')]) }, inputs: [bool(false), float([1, 2])], outputs: [float([7, 8])] },
  ],
  whileLoop: [
    { about: 'of powers, with a capture', attributes: { body: new Body([s, x, c], [less(multiply(s, x), c), multiply(s, x), x]), states: 2, limit: null }, inputs: [bool(true), float(1), float(2), float(100)], outputs: [float(128), float(2)] },
    { about: 'with a limit', attributes: { body: new Body([s], [less(s, 1000), multiply(s, 2)]), states: 1, limit: 3 }, inputs: [bool(true), float(1)], outputs: [float(8)] },
    { about: 'of no round', attributes: { body: new Body([s], [less(s, 0), multiply(s, 2)]), states: 1, limit: null }, inputs: [bool(false), float(3)], outputs: [float(3)] },
    { about: 'of a row and an integer state', attributes: { body: new Body([count, pair], [less(count, 2), add(count, 1), multiply(pair, pair)]), states: 2, limit: 10 }, inputs: [bool(true), int(0), float([2, 3])], outputs: [int(3), float([256, 6561])] },
  ],
};
