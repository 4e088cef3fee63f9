import { type DType, isFloat } from '../../../core/dtype.ts';
import { type KnownShape, broadcastShapes, known } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { at, broadcastOffsets, zeros } from '../arrays/array.ts';
import { erf, integerPower, sigmoid, softplus } from '../arrays/functions.ts';
import type { EvaluateRules } from './rule.ts';

type Unary = (operands: readonly [Tensor]) => readonly [Tensor];
type Binary = (operands: readonly [Tensor, Tensor]) => readonly [Tensor];

/** Results of integer dtypes wrap: writing to a typed array of integers does. */
function map(x: Tensor, dtype: DType, f: (x: number) => number): Tensor {
  const result = zeros(dtype, x.shape);
  const [from, to] = [x.data, result.data];
  for (let i = 0; i < to.length; i++) to[i] = f(from[i] ?? NaN);
  return result;
}

const unary =
  (f: (x: number) => number): Unary =>
  ([x]) => [map(x, x.dtype, f)];

const predicate =
  (f: (x: number) => boolean): Unary =>
  ([x]) => [map(x, 'bool', (element) => Number(f(element)))];

/** The shape to which the operands broadcast; inference has checked that they do. */
function joinedShape(operands: readonly Tensor[]): KnownShape {
  return operands.reduce<KnownShape>((shape, operand) => known(broadcastShapes(shape, operand.shape) ?? shape), []);
}

function zip(a: Tensor, b: Tensor, dtype: DType, f: (a: number, b: number) => number): Tensor {
  const result = zeros(dtype, joinedShape([a, b]));
  const [fromA, fromB] = [broadcastOffsets(a.shape, result.shape), broadcastOffsets(b.shape, result.shape)];
  const to = result.data;
  for (let i = 0; i < to.length; i++) to[i] = f(a.data[fromA[i] ?? 0] ?? NaN, b.data[fromB[i] ?? 0] ?? NaN);
  return result;
}

const binary =
  (f: (a: number, b: number) => number, integer: (a: number, b: number) => number = f): Binary =>
  ([a, b]) => [zip(a, b, a.dtype, isFloat(a.dtype) ? f : integer)];

const comparison =
  (f: (a: number, b: number) => boolean): Binary =>
  ([a, b]) => [zip(a, b, 'bool', (x, y) => Number(f(x, y)))];

export const elementwiseRules: EvaluateRules<'elementwise'> = {
  negate: unary((x) => -x),
  abs: unary(Math.abs),
  sign: unary(Math.sign),
  floor: unary(Math.floor),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  reciprocal: unary((x) => 1 / x),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  arctan: unary(Math.atan),
  tanh: unary(Math.tanh),
  erf: unary(erf),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  relu: unary((x) => Math.max(x, 0)),
  step: unary((x) => Number(x > 0)),
  logicalNot: predicate((x) => x === 0),
  isNaN: predicate(Number.isNaN),
  stopGradient: unary((x) => x),
  cast: ([x], { dtype }) => [
    map(x, dtype, dtype === 'bool' ? (element) => Number(element !== 0) : (element) => element),
  ],

  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b, Math.imul),
  divide: binary((a, b) => a / b),
  power: binary(Math.pow, integerPower),
  remainder: binary((a, b) => a % b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  equal: comparison((a, b) => a === b),
  less: comparison((a, b) => a < b),
  lessEqual: comparison((a, b) => a <= b),
  logicalAnd: comparison((a, b) => a !== 0 && b !== 0),
  logicalOr: comparison((a, b) => a !== 0 || b !== 0),
  bitwiseAnd: binary((a, b) => a & b),
  bitwiseOr: binary((a, b) => a | b),
  bitwiseXor: binary((a, b) => a ^ b),
  select: ([condition, a, b]) => {
    const result = zeros(a.dtype, joinedShape([condition, a, b]));
    const [choose, fromA, fromB] = [condition, a, b].map(({ shape }) => broadcastOffsets(shape, result.shape));
    for (let i = 0; i < result.size; i++) {
      result.data[i] = at(condition.data, choose?.[i]) === 0 ? at(b.data, fromB?.[i]) : at(a.data, fromA?.[i]);
    }
    return [result];
  },
};
