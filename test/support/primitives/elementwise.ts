import { Tensor } from '../../../src/core/tensor.ts';
import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCase, type PrimitiveCases, bool, bytes, float, int } from './case.ts';

type Plain = PrimitiveCase<Readonly<Record<never, never>>>;

const plain = (about: string, inputs: readonly Tensor[], output: Tensor): Plain => ({
  about,
  attributes: {},
  inputs,
  outputs: [output],
});
const of = (x: readonly number[], y: readonly number[]): Plain[] => [plain('floats', [float(x)], float(y))];
const e = Math.E;

export const elementwiseCases: PrimitiveCases<PrimitiveOf<'elementwise'>> = {
  negate: [
    ...of([1, -2, Infinity], [-1, 2, -Infinity]),
    plain('int32', [int([3, -4, -(2 ** 31)])], int([-3, 4, -(2 ** 31)])),
  ],
  abs: [...of([1, -2, -Infinity, NaN], [1, 2, Infinity, NaN]), plain('int32', [int([-3, 4])], int([3, 4]))],
  sign: of([-3, 0, 0.5, NaN], [-1, 0, 1, NaN]),
  floor: of([1.5, -1.5, 2, -0.25], [1, -2, 2, -1]),
  exp: of([0, 1, -1, -Infinity], [1, e, 1 / e, 0]),
  log: of([1, e, 0, -1], [0, 1, -Infinity, NaN]),
  sqrt: of([0, 4, 2, -1], [0, 2, Math.SQRT2, NaN]),
  reciprocal: of([2, -0.5, 0], [0.5, -2, Infinity]),
  sin: of([0, Math.PI / 2, Math.PI / 6], [0, 1, 0.5]),
  cos: of([0, Math.PI / 3, Math.PI], [1, 0.5, -1]),
  arctan: of(
    [0, 1, -Math.sqrt(3), Math.SQRT2 - 1, -Infinity],
    [0, Math.PI / 4, -Math.PI / 3, Math.PI / 8, -Math.PI / 2],
  ),
  tanh: of([0, Math.log(2), -Infinity], [0, 0.6, -1]),
  // Abramowitz and Stegun, table 7.1; erf(3) = 1 − 2.209…e−5.
  erf: of(
    [0, 0.5, -1, 2, 3, 7, -0.001],
    [0, 0.5204998778130465, -0.8427007929497149, 0.9953222650189527, 0.9999779095030014, 1, -0.0011283787909692363],
  ),
  sigmoid: of([0, Math.log(3), -Math.log(3), -1000, 1000], [0.5, 0.75, 0.25, 0, 1]),
  softplus: of([0, Math.log(3), 1000, -1000], [Math.LN2, Math.log(4), 1000, 0]),
  relu: [...of([-1, 0, 2, NaN], [0, 0, 2, NaN]), plain('int32', [int([-3, 4])], int([0, 4]))],
  step: of([-1, 0, 0.5], [0, 0, 1]),
  logicalNot: [plain('booleans', [bool([true, false])], bool([false, true]))],
  isNaN: [plain('floats', [float([NaN, 1, Infinity])], bool([true, false, false]))],
  stopGradient: of([1, -2], [1, -2]),
  cast: [
    { about: 'to int32, towards zero', attributes: { dtype: 'int32' }, inputs: [float([1.7, -1.7])], outputs: [int([1, -1])] }, // prettier-ignore
    { about: 'to bool', attributes: { dtype: 'bool' }, inputs: [float([0, 0.5, -2])], outputs: [bool([false, true, true])] }, // prettier-ignore
    { about: 'from bool', attributes: { dtype: 'float64' }, inputs: [bool([true, false])], outputs: [float([1, 0])] },
    { about: 'to uint8', attributes: { dtype: 'uint8' }, inputs: [int([0, 255])], outputs: [new Tensor(Uint8Array.of(0, 255), [2])] }, // prettier-ignore
  ],

  add: [
    plain('of equal shapes', [float([1, 2]), float([10, 20])], float([11, 22])),
    plain('of a column and a row', [float([[1], [2]]), float([10, 20])], float([[11, 21], [12, 22]])), // prettier-ignore
    plain('of scalars', [float(1), float(2)], float(3)),
    plain('of int32, which wraps', [int([2 ** 31 - 1]), int([1])], int([-(2 ** 31)])),
  ],
  subtract: [
    plain('of a scalar and a vector', [float(1), float([10, 20])], float([-9, -19])),
    plain('of int32', [int([3]), int([5])], int([-2])),
  ],
  multiply: [
    plain('of a matrix and a row', [float([[1, 2], [3, 4]]), float([10, 100])], float([[10, 200], [30, 400]])), // prettier-ignore
    plain('of int32, which wraps', [int([65537]), int([65537])], int([131073])),
  ],
  divide: [plain('of floats', [float([1, -1, 0, 3]), float([4, 0, 0, 2])], float([0.25, -Infinity, NaN, 1.5]))],
  power: [
    plain('of floats', [float([2, 4, -2, 0]), float([3, 0.5, 3, 0])], float([8, 2, -8, 1])),
    plain('of int32', [int([3, -2, 7, 2]), int([4, 5, 0, 31])], int([81, -32, 1, -(2 ** 31)])),
    plain('of int32 to negative powers', [int([1, -1, -1, 2]), int([-3, -3, -2, -1])], int([1, -1, 1, 0])),
  ],
  remainder: [
    plain('floats', [float([7, -7, 5.5, 1]), float([3, 3, -2, 0.1])], float([1, -1, 1.5, 1 % 0.1])),
    plain(
      'floats, with a quotient of many digits',
      [float([2 ** 22 + 1, -1000003.5]), float([1.5, 7])],
      float([0.5, -1000003.5 % 7]),
    ),
    plain('floats by infinity', [float([3, -0.5]), float([Infinity, -Infinity])], float([3, -0.5])),
    plain('int32', [int([7, -7, 7, 2 ** 31 - 1, -(2 ** 31)]), int([3, 3, -3, 65537, 10])], int([1, -1, 1, 32768, -8])),
  ],
  maximum: [plain('of floats', [float([1, 5, NaN]), float([2, -1, 0])], float([2, 5, NaN]))],
  minimum: [plain('of floats', [float([1, 5, NaN]), float([2, -1, 0])], float([1, -1, NaN]))],
  equal: [
    plain('of floats', [float([1, 2, NaN]), float([1, 3, NaN])], bool([true, false, false])),
    plain('of booleans', [bool([true, false]), bool([[true], [false]])], bool([[true, false], [false, true]])), // prettier-ignore
  ],
  less: [plain('of floats', [float([1, 2, NaN]), float([2, 2, 1])], bool([true, false, false]))],
  lessEqual: [plain('of floats', [float([1, 2, NaN]), float([0, 2, 1])], bool([false, true, false]))],
  logicalAnd: [
    plain('of booleans', [bool([true, false]), bool([[true], [false]])], bool([[true, false], [false, false]])), // prettier-ignore
  ],
  logicalOr: [
    plain('of booleans', [bool([true, false]), bool([[true], [false]])], bool([[true, true], [true, false]])), // prettier-ignore
  ],
  bitwiseAnd: [
    plain('int32', [int([12, -1]), int([10, 5])], int([8, 5])),
    plain(
      'int32 of all bits',
      [int([-(2 ** 31), 2 ** 31 - 1, 0x12345678, -0x12345678]), int([[-1], [0x0f0f0f0f]])],
      int([
        [-(2 ** 31), 2 ** 31 - 1, 0x12345678, -0x12345678],
        [0, 0x0f0f0f0f, 0x02040608, -0x12345678 & 0x0f0f0f0f],
      ]),
    ),
  ],
  bitwiseOr: [
    plain(
      'int32',
      [int([12, -8]), int([[10], [5]])],
      int([
        [14, -6],
        [13, -3],
      ]),
    ),
  ],
  bitwiseXor: [plain('int32', [int([12, -1, -(2 ** 31)]), int([10, 5, 2 ** 31 - 1])], int([6, -6, -1]))],
  select: [
    plain('of three shapes', [bool([[true], [false]]), float([1, 2]), float(-1)], float([[1, 2], [-1, -1]])), // prettier-ignore
    plain('past infinities and NaN', [bool([true, false]), float([1, NaN]), float([Infinity, 2])], float([1, 2])),
    plain('of int32', [bool([true, false]), int([1, 2]), int([3, 4])], int([1, 4])),
    plain('of booleans', [bool([true, false]), bool([0, 0]), bool([1, 1])], bool([0, 1])),
    plain('of bytes', [bool([true, false]), bytes([1, 2]), bytes([3, 4])], bytes([1, 4])),
  ],
};
