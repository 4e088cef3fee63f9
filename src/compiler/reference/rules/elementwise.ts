import { type DType, isFloat } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { type KnownShape, broadcastShapes, known } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { ElementwiseName, PrimitiveName } from '../../graph/primitives.ts';
import { at, broadcastOffsets, zeros } from '../array.ts';
import { erf, integerPower, sigmoid, softplus } from '../functions.ts';
import { type EvaluateRule, type EvaluateRules, operand } from './rule.ts';

/** Typed arrays wrap what is written into them as integers of their type do. */
function map(x: Tensor, dtype: DType, f: (x: number) => number): Tensor {
  const result = zeros(dtype, x.shape);
  for (let i = 0; i < result.size; i++) result.data[i] = f(at(x.data, i));
  return result;
}

const unary =
  (f: (x: number) => number): EvaluateRule<PrimitiveName> =>
  (inputs) => {
    const x = operand(inputs, 0);
    return [map(x, x.dtype, f)];
  };

const truth =
  (f: (x: number) => boolean): EvaluateRule<PrimitiveName> =>
  (inputs) => [map(operand(inputs, 0), 'bool', (x) => Number(f(x)))];

function joinedShape(operands: readonly Tensor[]): KnownShape {
  const [first, ...rest] = operands.map((tensor) => tensor.shape);
  let shape: KnownShape = first ?? [];
  for (const other of rest) {
    const joined = broadcastShapes(shape, other);
    if (joined === null) throw new InternalError('operands do not broadcast in the reference.');
    shape = known(joined);
  }
  return shape;
}

function zip(a: Tensor, b: Tensor, dtype: DType, f: (a: number, b: number) => number): Tensor {
  const result = zeros(dtype, joinedShape([a, b]));
  const [fromA, fromB] = [broadcastOffsets(a.shape, result.shape), broadcastOffsets(b.shape, result.shape)];
  for (let i = 0; i < result.size; i++) result.data[i] = f(at(a.data, fromA[i]), at(b.data, fromB[i]));
  return result;
}

const binary =
  (f: (a: number, b: number) => number, integer: (a: number, b: number) => number = f): EvaluateRule<PrimitiveName> =>
  (inputs) => {
    const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
    return [zip(a, b, a.dtype, isFloat(a.dtype) ? f : integer)];
  };

const comparison =
  (f: (a: number, b: number) => boolean): EvaluateRule<PrimitiveName> =>
  (inputs) => [zip(operand(inputs, 0), operand(inputs, 1), 'bool', (a, b) => Number(f(a, b)))];

export const elementwiseRules: EvaluateRules<ElementwiseName> = {
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
  tanh: unary(Math.tanh),
  erf: unary(erf),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  relu: unary((x) => Math.max(x, 0)),
  step: unary((x) => Number(x > 0)),
  logicalNot: truth((x) => x === 0),
  isNaN: truth(Number.isNaN),
  stopGradient: unary((x) => x),
  cast: (inputs, { dtype }) => [map(operand(inputs, 0), dtype, dtype === 'bool' ? (x) => Number(x !== 0) : (x) => x)],

  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b, Math.imul),
  divide: binary((a, b) => a / b),
  power: binary(Math.pow, integerPower),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  equal: comparison((a, b) => a === b),
  less: comparison((a, b) => a < b),
  lessEqual: comparison((a, b) => a <= b),
  logicalAnd: comparison((a, b) => a !== 0 && b !== 0),
  logicalOr: comparison((a, b) => a !== 0 || b !== 0),
  select: (inputs) => {
    const [condition, a, b] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    const result = zeros(a.dtype, joinedShape(inputs));
    const [choose, fromA, fromB] = [condition, a, b].map(({ shape }) => broadcastOffsets(shape, result.shape));
    for (let i = 0; i < result.size; i++) {
      result.data[i] = at(condition.data, choose?.[i]) === 0 ? at(b.data, fromB?.[i]) : at(a.data, fromA?.[i]);
    }
    return [result];
  },
};
