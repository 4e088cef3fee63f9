import { isFloat } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { tensor } from '../../../core/tensor.ts';
import type { ScatterCombination } from '../../ir/primitives.ts';
import { DataType } from '../../onnx/index.ts';
import { emitCast } from '../emit/cast.ts';
import type { LowerContext } from '../emit/context.ts';
import { orderByGathering } from '../emit/order.ts';
import { provides } from '../emit/target.ts';
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
    const [{ dtype, knownShape }] = operands;
    const isDirect = provides(context.target, 'Cast to int32', 'int64');
    const isNarrow = isDirect && (dtype === 'uint8' || dtype === 'bool');
    const x = isNarrow ? emitCast(context, context.inputs[0], dtype, 'int32') : context.inputs[0];
    // The engine orders nothing that NaN is among: infinity replaces it as a key.
    const keys = isFloat(dtype)
      ? builder.emit('Where', [builder.emit('IsNaN', [x]), builder.scalar(Infinity, dtype), x])
      : x;
    const valuesAt = (places: string): string => builder.emit('GatherElements', [x, places], { attributes: { axis } });
    if (!isDirect) {
      const order = orderByGathering(
        context,
        isFloat(dtype) ? clipped(context, keys) : keys,
        dtype,
        knownShape,
        attributes,
      );
      return [keys === x ? order.keys : valuesAt(order.places), order.places];
    }
    const [sorted = '', wide = ''] = builder.emitAll('TopK', [keys, builder.integers([k])], {
      attributes: { axis, largest: Number(largest), sorted: 1 },
      outputs: 2,
    });
    const values = keys === x ? sorted : valuesAt(wide);
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
    if (combine === 'replace' && context.target.engine === 'webgpu') return [replaceRows(context)];
    const isBool = dtype === 'bool' && combine !== 'replace';
    const [rows, changes] = [x, updates].map((name) => (isBool ? emitCast(context, name, 'bool', 'int32') : name));
    const column = builder.reshape(indices, [...knownShape, 1]);
    const at = builder.emit('Cast', [column], { attributes: { to: DataType.INT64 } });
    const scattered = builder.emit('ScatterND', [rows ?? x, at, changes ?? updates], {
      attributes: { reduction: REDUCTION[combine] },
    });
    return [isBool ? emitCast(context, scattered, 'int32', 'bool') : scattered];
  },
  customGradient: ({ builder, inputs: [y] }) => [builder.emit('Identity', [y])],
};

/** The number before the largest one of float32. */
const LARGEST = 2 ** 128 - 2 ** 105;

/** Keys within the ends of float32, with which the WebGPU provider fills the axis: it returns places of the filling for equal ones. */
function clipped({ builder }: LowerContext<'topK'>, keys: string): string {
  const bounds = [-LARGEST, LARGEST].map((bound) => builder.scalar(bound, 'float32'));
  return builder.emit('Clip', [keys, ...bounds]);
}

/** Rows in place of others where the updates run at the same time: of those of one row, the last one is found first. */
function replaceRows({ builder, inputs, operands }: LowerContext<'scatterRows'>): string {
  const [x, indices, updates] = inputs;
  const [{ knownShape: shape }, { knownShape: places }] = operands;
  const [rows = 0, ...row] = shape;
  const count = sizeOf(places);
  if (count === 0) return builder.emit('Identity', [x]);
  const at = builder.emit('Cast', [builder.reshape(indices, [count, 1])], { attributes: { to: DataType.INT64 } });
  const numbers = builder.constant(tensor(Int32Array.from({ length: count }, (_, i) => i + 1)), 'numbers');
  const last = builder.emit('ScatterND', [builder.filled(0, [rows], 'int32'), at, numbers], {
    attributes: { reduction: 'max' },
  });
  const first = builder.scalar(1, 'int32');
  const chosen = builder.emit('Sub', [builder.emit('Max', [last, first]), first]);
  const taken = builder.emit('Gather', [builder.reshape(updates, [count, ...row]), chosen], {
    attributes: { axis: 0 },
  });
  const isUpdated = builder.emit('Greater', [last, builder.scalar(0, 'int32')]);
  return builder.emit('Where', [builder.reshape(isUpdated, [rows, ...row.map(() => 1)]), taken, x]);
}
