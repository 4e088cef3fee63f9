import type { DType } from '../../../core/dtype.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import { dataTypeOf } from '../../onnx/index.ts';
import type { ElementwiseName, PrimitiveName } from '../../graph/primitives.ts';
import { widen } from './broadcasting.ts';
import { type LowerContext, type LowerRules, operand, operandType, outputType } from '../rule.ts';

type Context = LowerContext<PrimitiveName>;

export function castName(context: Context, name: string, from: DType, to: DType): string {
  return from === to ? name : context.builder.emit('Cast', [name], { attributes: { to: dataTypeOf(to) } });
}

/** The engine has no arithmetic on bytes: it is done in int32. */
function throughInt32(context: Context, opType: string): readonly string[] {
  const { dtype } = operandType(context, 0);
  const result = outputType(context).dtype;
  if (dtype !== 'uint8' && dtype !== 'bool') {
    const shape = outputType(context).knownShape;
    const inputs = context.inputs.map((name, i) => widen(context, name, context.node.inputs[i], shape));
    return [context.builder.emit(opType, inputs)];
  }
  const wide = context.inputs.map((name) => castName(context, name, dtype, 'int32'));
  const computed = context.builder.emit(opType, wide);
  return [castName(context, computed, result === 'bool' && dtype !== 'bool' ? 'bool' : 'int32', result)];
}

const same =
  (opType: string) =>
  (context: Context): readonly string[] => [context.builder.emit(opType, context.inputs)];
const arithmetic =
  (opType: string) =>
  (context: Context): readonly string[] =>
    throughInt32(context, opType);

/** Operators that the engine has for float32 alone. */
const float32Only =
  (opType: string) =>
  (context: Context): readonly string[] => {
    const { dtype } = operandType(context, 0);
    if (dtype !== 'float32') throw unsupported(context, opType, dtype);
    return [context.builder.emit(opType, context.inputs)];
  };

export function unsupported(context: Context, opType: string, dtype: DType): NotImplementedError {
  const scope = context.node.scope === null ? '' : ` (in ${context.node.scope})`;
  return new NotImplementedError(
    `[lowering] the engine has no ${opType} for ${dtype}${scope}. Use float32 for this layer.`,
  );
}

const compare =
  (opType: string) =>
  (context: Context): readonly string[] => {
    const { dtype } = operandType(context, 0);
    const narrow = dtype === 'uint8' || (dtype === 'bool' && opType !== 'Equal');
    const inputs = narrow ? context.inputs.map((name) => castName(context, name, dtype, 'int32')) : context.inputs;
    return [context.builder.emit(opType, inputs)];
  };

export const elementwiseRules: LowerRules<ElementwiseName> = {
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
  tanh: same('Tanh'),
  erf: float32Only('Erf'),
  sigmoid: same('Sigmoid'),
  softplus: (context) => {
    const { builder } = context;
    const { dtype } = operandType(context, 0);
    const x = operand(context, 0);
    if (dtype === 'float32') return [builder.emit('Softplus', [x])];
    // max(x, 0) + log(1 + e^−|x|), for the types in which the engine has no softplus.
    const fade = builder.emit('Exp', [builder.emit('Neg', [builder.emit('Abs', [x])])]);
    const rest = builder.emit('Log', [builder.emit('Add', [fade, builder.scalar(1, dtype)])]);
    return [builder.emit('Add', [builder.emit('Relu', [x]), rest])];
  },
  relu: same('Relu'),
  step: (context) => {
    const x = operand(context, 0);
    const { dtype } = operandType(context, 0);
    if (dtype === 'float32' && context.target.engine !== 'any') {
      // max(0, min(1, 1e38·x)): one pass, where a comparison and a cast take two.
      return [context.builder.emit('HardSigmoid', [x], { attributes: { alpha: { float: 1e38 }, beta: { float: 0 } } })];
    }
    const positive = context.builder.emit('Greater', [x, context.builder.scalar(0, dtype)]);
    return [castName(context, positive, 'bool', dtype)];
  },
  logicalNot: same('Not'),
  isNaN: same('IsNaN'),
  stopGradient: same('Identity'),
  cast: (context) => {
    const from = operandType(context, 0).dtype;
    const to = outputType(context).dtype;
    return [context.builder.emit('Cast', [operand(context, 0)], { attributes: { to: dataTypeOf(to) } })].map((name) =>
      from === to ? operand(context, 0) : name,
    );
  },
  add: arithmetic('Add'),
  subtract: arithmetic('Sub'),
  multiply: arithmetic('Mul'),
  divide: same('Div'),
  power: arithmetic('Pow'),
  maximum: arithmetic('Max'),
  minimum: arithmetic('Min'),
  equal: compare('Equal'),
  less: compare('Less'),
  lessEqual: compare('LessOrEqual'),
  logicalAnd: same('And'),
  logicalOr: same('Or'),
  select: (context) => {
    const { builder } = context;
    if (outputType(context).dtype !== 'bool') return [builder.emit('Where', context.inputs)];
    // The engine selects no truth values.
    const [condition, a, b] = [0, 1, 2].map((i) => operand(context, i));
    const first = builder.emit('And', [condition ?? '', a ?? '']);
    const second = builder.emit('And', [builder.emit('Not', [condition ?? '']), b ?? '']);
    return [builder.emit('Or', [first, second])];
  },
};
