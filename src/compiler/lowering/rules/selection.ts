import { isFloat } from '../../../core/dtype.ts';
import type { ScatterCombination } from '../../ir/primitives.ts';
import { DataType } from '../../onnx/index.ts';
import { emitCast } from '../emit/cast.ts';
import type { LowerRules } from './rule.ts';

const REDUCTION: Readonly<Record<ScatterCombination, string>> = {
  replace: 'none',
  add: 'add',
  multiply: 'mul',
  maximum: 'max',
  minimum: 'min',
};

export const selectionRules: LowerRules<'selection'> = {
  topK: (context) => {
    const { builder, attributes, operands } = context;
    const { axis, k, largest } = attributes;
    const [{ dtype }] = operands;
    const isNarrow = dtype === 'uint8' || dtype === 'bool';
    const x = isNarrow ? emitCast(context, context.inputs[0], dtype, 'int32') : context.inputs[0];
    // The engine orders nothing that NaN is among: infinity replaces it as a key.
    const keys = isFloat(dtype)
      ? builder.emit('Where', [builder.emit('IsNaN', [x]), builder.scalar(Infinity, dtype), x])
      : x;
    const [sorted = '', wide = ''] = builder.emitAll('TopK', [keys, builder.integers([k])], {
      attributes: { axis, largest: Number(largest), sorted: 1 },
      outputs: 2,
    });
    const values = keys === x ? sorted : builder.emit('GatherElements', [x, wide], { attributes: { axis } });
    const indices = builder.emit('Cast', [wide], { attributes: { to: DataType.INT32 } });
    return [isNarrow ? emitCast(context, values, 'int32', dtype) : values, indices];
  },
  gatherElements: ({ builder, inputs, attributes: { axis } }) => [
    builder.emit('GatherElements', inputs, { attributes: { axis } }),
  ],
  scatterElements: ({ builder, inputs: [updates, indices], operands: [{ dtype }], results: [result], attributes }) => {
    const zeros = builder.emit('Expand', [builder.scalar(0, dtype), builder.integers(result.knownShape)]);
    const { axis } = attributes;
    return [builder.emit('ScatterElements', [zeros, indices, updates], { attributes: { axis, reduction: 'add' } })];
  },
  scatterRows: (context) => {
    const { builder, inputs, operands } = context;
    const [{ dtype }, { knownShape }] = operands;
    const [x, indices, updates] = inputs;
    const { combine } = context.attributes;
    const isBool = dtype === 'bool' && combine !== 'replace';
    const [rows, changes] = [x, updates].map((name) => (isBool ? emitCast(context, name, 'bool', 'int32') : name));
    const wide = builder.emit('Cast', [indices], { attributes: { to: DataType.INT64 } });
    const at = builder.reshape(wide, [...knownShape, 1]);
    const scattered = builder.emit('ScatterND', [rows ?? x, at, changes ?? updates], {
      attributes: { reduction: REDUCTION[combine] },
    });
    return [isBool ? emitCast(context, scattered, 'int32', 'bool') : scattered];
  },
  customGradient: ({ builder, inputs: [y] }) => [builder.emit('Identity', [y])],
};
