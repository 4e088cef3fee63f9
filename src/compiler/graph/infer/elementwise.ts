import type { DType } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { type Shape, broadcastShapes } from '../../../core/shape.ts';
import type { ElementwiseName, PrimitiveName } from '../primitives.ts';
import type { ValueType } from '../value.ts';
import { type InferRules, misfit, one, sameDType, three, two } from './rule.ts';

const unary =
  (primitive: PrimitiveName, dtype?: DType) =>
  (inputs: readonly ValueType[]): readonly ValueType[] => {
    const x = one(primitive, inputs);
    return [{ shape: x.shape, dtype: dtype ?? x.dtype }];
  };

const logical = (primitive: PrimitiveName, inputs: readonly ValueType[]): void => {
  if (inputs.some((input) => input.dtype !== 'bool')) throw new InternalError(`${primitive} takes truth values.`);
};

function broadcast(primitive: PrimitiveName, inputs: readonly ValueType[]): Shape {
  let shape: Shape = [];
  for (const input of inputs) {
    const joined = broadcastShapes(shape, input.shape);
    if (joined === null) throw misfit(primitive, 'the shapes of the operands must broadcast', inputs);
    shape = joined;
  }
  return shape;
}

const arithmetic =
  (primitive: PrimitiveName) =>
  (inputs: readonly ValueType[]): readonly ValueType[] => {
    two(primitive, inputs);
    return [{ shape: broadcast(primitive, inputs), dtype: sameDType(primitive, inputs) }];
  };

const comparison =
  (primitive: PrimitiveName) =>
  (inputs: readonly ValueType[]): readonly ValueType[] => {
    two(primitive, inputs);
    sameDType(primitive, inputs);
    return [{ shape: broadcast(primitive, inputs), dtype: 'bool' }];
  };

const truth =
  (primitive: PrimitiveName) =>
  (inputs: readonly ValueType[]): readonly ValueType[] => {
    two(primitive, inputs);
    logical(primitive, inputs);
    return [{ shape: broadcast(primitive, inputs), dtype: 'bool' }];
  };

export const elementwiseRules: InferRules<ElementwiseName> = {
  negate: unary('negate'),
  abs: unary('abs'),
  sign: unary('sign'),
  floor: unary('floor'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  reciprocal: unary('reciprocal'),
  sin: unary('sin'),
  cos: unary('cos'),
  tanh: unary('tanh'),
  erf: unary('erf'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  relu: unary('relu'),
  step: unary('step'),
  logicalNot: (inputs) => {
    logical('logicalNot', inputs);
    return unary('logicalNot')(inputs);
  },
  isNaN: unary('isNaN', 'bool'),
  stopGradient: unary('stopGradient'),
  cast: (inputs, { dtype }) => unary('cast', dtype)(inputs),
  add: arithmetic('add'),
  subtract: arithmetic('subtract'),
  multiply: arithmetic('multiply'),
  divide: arithmetic('divide'),
  power: arithmetic('power'),
  maximum: arithmetic('maximum'),
  minimum: arithmetic('minimum'),
  equal: comparison('equal'),
  less: comparison('less'),
  lessEqual: comparison('lessEqual'),
  logicalAnd: truth('logicalAnd'),
  logicalOr: truth('logicalOr'),
  select: (inputs) => {
    const [condition, a, b] = three('select', inputs);
    logical('select', [condition]);
    return [{ shape: broadcast('select', inputs), dtype: sameDType('select', [a, b]) }];
  },
};
