import { tensor } from '../../../core/tensor.ts';
import { DataType, type OnnxNode, type OnnxTensor, integersOf, onnxTensor } from '../../onnx/index.ts';
import { integerRewrites } from './integer-rewrites.ts';
import { type OperatorTable, hasOperator } from './operator-key.ts';
import { type Rewrite, type RewriteContext, castTo, composed, int, integers, isNumber, scalar } from './rewrite.ts';

/** The forms of operators that an engine may lack, in terms of more common ones. */
export const rewrites: readonly Rewrite[] = [
  ...integerRewrites,
  composed('Neg', isNumber, ([x], context, _, output) => {
    context.emit('Sub', [scalar(context, 0, context.typeOf(x)), x], {}, output);
  }),
  composed('Abs', isNumber, ([x], context, _, output) => {
    context.emit('Max', [x, context.emit('Neg', [x])], {}, output);
  }),
  composed('Relu', isNumber, ([x], context, _, output) => {
    context.emit('Max', [x, scalar(context, 0, context.typeOf(x))], {}, output);
  }),
  composed('Sign', isNumber, ([x], context, _, output) => {
    const type = context.typeOf(x);
    const zero = scalar(context, 0, type);
    const [positive, negative] = ['Greater', 'Less'].map((opType) =>
      context.emit('Cast', [context.emit(opType, [x, zero])], castTo(type)),
    );
    const sign = context.emit('Sub', [positive ?? '', negative ?? '']);
    // NaN has no sign, and remains.
    context.emit('Where', [context.emit('Equal', [x, x]), sign, x], {}, output);
  }),
  composed('IsNaN', isNumber, ([x], context, _, output) => {
    context.emit('Not', [context.emit('Equal', [x, x])], {}, output);
  }),
  composed(
    'Or',
    (dtype) => dtype === 'bool',
    ([a, b], context, _, output) => {
      const neither = context.emit('And', [context.emit('Not', [a]), context.emit('Not', [b])]);
      context.emit('Not', [neither], {}, output);
    },
  ),
  composed('LogSoftmax', isNumber, ([x], context, { attributes }, output) => {
    const axis = Number(attributes['axis']?.value ?? -1);
    const axes = integers(context, [axis]);
    const keep = { keepdims: int(1) };
    const shifted = context.emit('Sub', [x, context.emit('ReduceMax', [x, axes], keep)]);
    const sum = context.emit('ReduceSum', [context.emit('Exp', [shifted]), axes], keep);
    context.emit('Sub', [shifted, context.emit('Log', [sum])], {}, output);
  }),
  {
    // Any elements can be gathered.
    opType: 'Slice',
    applies: ({ inputs }, _, constants) => slicesOf(inputs, (name) => constants.get(name)) !== null,
    apply: ({ inputs, outputs }, context) => {
      const slices = slicesOf(inputs, context.constantOf) ?? [];
      let x = inputs[0] ?? '';
      for (const [i, { axis, indices }] of slices.entries()) {
        const at = context.constant((name) => onnxTensor(name, tensor(Int32Array.from(indices))));
        const output = i === slices.length - 1 ? [outputs[0] ?? ''] : [];
        x = context.emit('Gather', [x, at], { axis: int(axis) }, ...output);
      }
    },
  },
  {
    opType: 'Split',
    applies: ({ inputs }, _, constants) => integersOf(constants.get(inputs[1] ?? '')) !== null,
    apply: ({ inputs, outputs, attributes }, context) => {
      const axis = integers(context, [Number(attributes['axis']?.value ?? 0)]);
      let start = 0;
      for (const [i, size] of (integersOf(context.constantOf(inputs[1] ?? '')) ?? []).entries()) {
        const ends = [start, start + size].map((end) => integers(context, [end]));
        context.emit('Slice', [inputs[0] ?? '', ...ends, axis], {}, outputs[i]);
        start += size;
      }
    },
  },
];

/** The indices of a slice along each of its axes; null if they depend on sizes that the constants do not say. */
function slicesOf(
  inputs: readonly string[],
  constantOf: (name: string) => OnnxTensor | undefined,
): readonly { readonly axis: number; readonly indices: readonly number[] }[] | null {
  const [starts = null, ends = null, axes = null, steps = null] = inputs
    .slice(1)
    .map((name) => integersOf(constantOf(name)));
  if (starts === null || ends === null || axes === null) return null;
  const slices = starts.map((start, i) => {
    const [end, step] = [ends[i] ?? 0, steps?.[i] ?? 1];
    const isKnown = start >= 0 && end >= 0 && step > 0;
    const count = Math.max(0, Math.ceil((end - start) / step));
    return isKnown ? { axis: axes[i] ?? 0, indices: Array.from({ length: count }, (_, k) => start + k * step) } : null;
  });
  const known = slices.filter((each) => each !== null);
  return known.length === slices.length ? known : null;
}

/** The dtypes that hold all values of another one. */
const WIDER: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  bool: [
    ['int32', DataType.INT32],
    ['float32', DataType.FLOAT],
  ],
  uint8: [
    ['int32', DataType.INT32],
    ['float32', DataType.FLOAT],
  ],
};

/** The wider dtype for which an engine has an operator; null if there is none. */
export function carrierOf(table: OperatorTable, key: string, dtype: string): number | null {
  return WIDER[dtype]?.find(([name]) => hasOperator(table, key, name))?.[1] ?? null;
}

/** The operands of a node that are of its data's dtype by definition; others may be so by chance. */
const DATA_OPERANDS: Readonly<Record<string, readonly number[]>> = {
  Where: [1, 2],
  ScatterND: [0, 2],
  ScatterElements: [0, 2],
  Gather: [0],
};

/** A node in a wider dtype, with casts around it. */
export function carry(node: OnnxNode, carrier: number, context: RewriteContext): void {
  const { typeOf, resultType, emit, emitNode } = context;
  const data = DATA_OPERANDS[node.opType];
  const narrow = typeOf(node.inputs[data?.[0] ?? 0] ?? '');
  const inputs = node.inputs.map((name, i) =>
    (data?.includes(i) ?? true) && typeOf(name) === narrow ? emit('Cast', [name], castTo(carrier)) : name,
  );
  // A comparison results in booleans, whatever it compares.
  const isData = node.outputs.map((_, i) => resultType(node, i) === narrow && node.opType !== 'Equal');
  const outputs = node.outputs.map((name, i) => (isData[i] === true ? `${name}.wide` : name));
  // A cast has the name of the result, which is that of the node too.
  emitNode({ ...node, name: `${node.name}.wide`, inputs, outputs });
  for (const [i, output] of node.outputs.entries()) {
    if (isData[i] === true) emit('Cast', [outputs[i] ?? ''], castTo(narrow), output);
  }
}
