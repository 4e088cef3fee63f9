import { sameShape } from '../../../core/shape.ts';
import type { Value } from '../../ir/value.ts';
import type { EmitContext } from '../emit/context.ts';
import { repeatLeadingAxes } from '../emit/broadcasting.ts';
import { emitCast, unsupported } from '../emit/cast.ts';
import { isOnProcessor } from '../emit/target.ts';
import type { LowerRules } from './rule.ts';

/** The part of the context that a rule for any number of operands needs. */
interface Context extends EmitContext {
  readonly inputs: readonly string[];
  readonly operands: readonly [Value, ...Value[]];
  readonly results: readonly [Value];
}

type Rule = (context: Context) => readonly [string];

/** The engine has no arithmetic on bytes: they are computed in int32. */
const arithmetic =
  (opType: string): Rule =>
  (context) => {
    const { builder, inputs, operands, results } = context;
    const [{ dtype }] = operands;
    const [result] = results;
    if (dtype !== 'uint8' && dtype !== 'bool') {
      const repeated = inputs.map((name, i) => repeatLeadingAxes(context, name, operands[i], result.knownShape));
      return [builder.emit(opType, repeated)];
    }
    const computed = builder.emit(
      opType,
      inputs.map((name) => emitCast(context, name, dtype, 'int32')),
    );
    return [emitCast(context, computed, result.dtype === 'bool' && dtype !== 'bool' ? 'bool' : 'int32', result.dtype)];
  };

const same =
  (opType: string): Rule =>
  ({ builder, inputs }) => [builder.emit(opType, inputs)];

/** Operators that the engine implements only for float32. */
const float32Only =
  (opType: string): Rule =>
  (context) => {
    const [{ dtype }] = context.operands;
    if (dtype !== 'float32') throw unsupported(context, opType, dtype);
    return [context.builder.emit(opType, context.inputs)];
  };

const comparison =
  (opType: string): Rule =>
  (context) => {
    const [{ dtype }] = context.operands;
    const isNarrow = dtype === 'uint8' || (dtype === 'bool' && opType !== 'Equal');
    const inputs = isNarrow ? context.inputs.map((name) => emitCast(context, name, dtype, 'int32')) : context.inputs;
    return [context.builder.emit(opType, inputs)];
  };

export const elementwiseRules: LowerRules<'elementwise'> = {
  negate: arithmetic('Neg'),
  abs: arithmetic('Abs'),
  sign: arithmetic('Sign'),
  floor: same('Floor'),
  exp: same('Exp'),
  log: same('Log'),
  sqrt: same('Sqrt'),
  reciprocal: same('Reciprocal'),
  sin: same('Sin'),
  cos: same('Cos'),
  arctan: float32Only('Atan'),
  tanh: same('Tanh'),
  erf: float32Only('Erf'),
  sigmoid: same('Sigmoid'),
  softplus: ({ builder, inputs: [x], operands: [{ dtype }] }) => {
    if (dtype === 'float32') return [builder.emit('Softplus', [x])];
    // max(x, 0) + log(1 + e^−|x|), for the dtypes for which the engine has no softplus.
    const decay = builder.emit('Exp', [builder.emit('Neg', [builder.emit('Abs', [x])])]);
    const rest = builder.emit('Log', [builder.emit('Add', [decay, builder.scalar(1, dtype)])]);
    return [builder.emit('Add', [builder.emit('Relu', [x]), rest])];
  },
  relu: same('Relu'),
  step: (context) => {
    const [x] = context.inputs;
    const [{ dtype }] = context.operands;
    if (dtype === 'float32' && isOnProcessor(context.target)) {
      // max(0, min(1, 1e38·x)): one pass, where a comparison and a cast take two.
      return [context.builder.emit('HardSigmoid', [x], { attributes: { alpha: { float: 1e38 }, beta: { float: 0 } } })];
    }
    const positive = context.builder.emit('Greater', [x, context.builder.scalar(0, dtype)]);
    return [emitCast(context, positive, 'bool', dtype)];
  },
  logicalNot: same('Not'),
  isNaN: same('IsNaN'),
  stopGradient: same('Identity'),
  cast: (context) => [emitCast(context, context.inputs[0], context.operands[0].dtype, context.results[0].dtype)],
  add: arithmetic('Add'),
  subtract: arithmetic('Sub'),
  multiply: (context) => {
    const [product] = arithmetic('Mul')(context);
    const { builder, inputs, operands, users } = context;
    const [user] = users;
    const isSummed = users.length === 1 && (user?.primitive === 'reduceSum' || user?.primitive === 'reduceMean');
    if (isSummed && sameShape(operands[0].knownShape, operands[1].knownShape)) builder.factors.set(product, inputs);
    return [product];
  },
  divide: same('Div'),
  power: arithmetic('Pow'),
  remainder: ({ builder, inputs }) => [builder.emit('Mod', inputs, { attributes: { fmod: 1 } })],
  maximum: arithmetic('Max'),
  minimum: arithmetic('Min'),
  equal: comparison('Equal'),
  less: comparison('Less'),
  lessEqual: comparison('LessOrEqual'),
  logicalAnd: same('And'),
  logicalOr: same('Or'),
  bitwiseAnd: same('BitwiseAnd'),
  bitwiseOr: same('BitwiseOr'),
  bitwiseXor: same('BitwiseXor'),
  select: ({ builder, inputs, results: [{ dtype }] }) => {
    if (dtype !== 'bool') return [builder.emit('Where', inputs)];
    // The engine cannot select booleans.
    const [condition, a, b] = inputs;
    const first = builder.emit('And', [condition, a]);
    const second = builder.emit('And', [builder.emit('Not', [condition]), b]);
    return [builder.emit('Or', [first, second])];
  },
};
