import { InternalError } from '../../../core/errors.ts';
import { type Shape, broadcastShapes } from '../../../core/shape.ts';
import type { PrimitiveName } from '../../ir/primitives.ts';
import type { ValueType } from '../../ir/value.ts';
import { type InferRules, sameDType, shapeMismatch } from './rule.ts';

type Pair = readonly [ValueType, ValueType];
type Rule<Operands> = (operands: Operands) => readonly [ValueType];

function broadcast(primitive: PrimitiveName, operands: readonly ValueType[]): Shape {
  let shape: Shape = [];
  for (const operand of operands) {
    const joined = broadcastShapes(shape, operand.shape);
    if (joined === null) throw shapeMismatch(primitive, 'the shapes of the operands must broadcast', operands);
    shape = joined;
  }
  return shape;
}

function expectBooleans(primitive: PrimitiveName, operands: readonly ValueType[]): void {
  if (operands.some((operand) => operand.dtype !== 'bool')) throw new InternalError(`${primitive} expects booleans.`);
}

const sameType: Rule<readonly [ValueType]> = ([{ shape, dtype }]) => [{ shape, dtype }];

const arithmetic =
  (primitive: PrimitiveName): Rule<Pair> =>
  (operands) => [{ shape: broadcast(primitive, operands), dtype: sameDType(primitive, operands) }];

const bitwise =
  (primitive: PrimitiveName): Rule<Pair> =>
  (operands) => {
    if (sameDType(primitive, operands) !== 'int32') throw new InternalError(`${primitive} expects int32 operands.`);
    return [{ shape: broadcast(primitive, operands), dtype: 'int32' }];
  };

const comparison =
  (primitive: PrimitiveName): Rule<Pair> =>
  (operands) => {
    sameDType(primitive, operands);
    return [{ shape: broadcast(primitive, operands), dtype: 'bool' }];
  };

const logical =
  (primitive: PrimitiveName): Rule<Pair> =>
  (operands) => {
    expectBooleans(primitive, operands);
    return [{ shape: broadcast(primitive, operands), dtype: 'bool' }];
  };

export const elementwiseRules: InferRules<'elementwise'> = {
  negate: sameType,
  abs: sameType,
  sign: sameType,
  floor: sameType,
  exp: sameType,
  log: sameType,
  sqrt: sameType,
  reciprocal: sameType,
  sin: sameType,
  cos: sameType,
  arctan: sameType,
  tanh: sameType,
  erf: sameType,
  sigmoid: sameType,
  softplus: sameType,
  relu: sameType,
  step: sameType,
  logicalNot: (operands) => {
    expectBooleans('logicalNot', operands);
    return sameType(operands);
  },
  isNaN: ([{ shape }]) => [{ shape, dtype: 'bool' }],
  stopGradient: sameType,
  cast: ([{ shape }], { dtype }) => [{ shape, dtype }],
  add: arithmetic('add'),
  subtract: arithmetic('subtract'),
  multiply: arithmetic('multiply'),
  divide: arithmetic('divide'),
  power: arithmetic('power'),
  remainder: arithmetic('remainder'),
  maximum: arithmetic('maximum'),
  minimum: arithmetic('minimum'),
  equal: comparison('equal'),
  less: comparison('less'),
  lessEqual: comparison('lessEqual'),
  logicalAnd: logical('logicalAnd'),
  logicalOr: logical('logicalOr'),
  bitwiseAnd: bitwise('bitwiseAnd'),
  bitwiseOr: bitwise('bitwiseOr'),
  bitwiseXor: bitwise('bitwiseXor'),
  select: (operands) => {
    const [condition, a, b] = operands;
    expectBooleans('select', [condition]);
    return [{ shape: broadcast('select', operands), dtype: sameDType('select', [a, b]) }];
  },
};
