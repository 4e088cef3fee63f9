import { sizeOf } from '../../../core/shape.ts';
import type { ConvolutionAttributes, PrimitiveName } from '../../graph/primitives.ts';
import { type LowerContext, type LowerRules, operand, operandType, outputType, size } from '../rule.ts';
import { blockedConv, blockedKernelGradient } from './blocked.ts';
import { emitMatmul } from './matmul.ts';
import { emitSlice, emitSpread } from './movement.ts';
import { emitPatches } from './patches.ts';
import { emitReduce } from './reductions.ts';
import { windowAttributes } from './window-attributes.ts';

type Context = LowerContext<PrimitiveName>;

/** Below this many channels a group, patches of all kernel positions are joined into one product. */
const JOINED_CHANNELS = 8;

export const convolutionRules: LowerRules<'conv' | 'convInputGradient' | 'convKernelGradient'> = {
  conv: (context) => {
    const x = operandType(context, 0);
    const kernel = operandType(context, 1);
    return [
      emitConv(context, operand(context, 0), operand(context, 1), {
        shape: x.knownShape,
        kernel: kernel.knownShape,
        output: outputType(context).knownShape,
        attributes: context.attributes,
      }),
    ];
  },

  convInputGradient: (context) => {
    const { attributes } = context;
    const dy = operandType(context, 0);
    const kernel = operandType(context, 1);
    const output = outputType(context).knownShape;
    const gradient = strideOneGradient(attributes, kernel.knownShape, attributes.inputShape, dy.knownShape.slice(2));
    const isPlain = context.target.engine === 'any' || !(gradient.dense && attributes.groups === 1);
    if (dy.dtype === 'float32' && isPlain) {
      return [emitConvTranspose(context)];
    }
    // The gradient of a convolution is a convolution of dy, spread by the strides, with the kernel turned around.
    const spread = emitSpread(context, operand(context, 0), dy.knownShape, [
      0,
      0,
      ...attributes.strides.map((s) => s - 1),
    ]);
    const spatial = dy.knownShape.slice(2).map((length, i) => (length - 1) * (attributes.strides[i] ?? 1) + 1);
    const turned = turnKernel(context, operand(context, 1), kernel.knownShape, attributes.groups);
    return [
      emitConv(context, spread, turned.name, {
        shape: [size(dy.shape, 0), size(dy.shape, 1), ...spatial],
        kernel: turned.shape,
        output,
        attributes: gradient.attributes,
      }),
    ];
  },

  convKernelGradient: (context) => {
    const blocked = blockedKernelGradient(context);
    if (blocked !== null) return [blocked];
    const { builder, attributes } = context;
    const x = operandType(context, 0);
    const dy = operandType(context, 1);
    const { groups, kernelShape } = attributes;
    const [batch, channels, filters] = [size(x.shape, 0), size(x.shape, 1) / groups, size(dy.shape, 1) / groups];
    const outputShape = dy.knownShape.slice(2);
    const positions = sizeOf(outputShape);
    const patches = emitPatches(context, {
      x: operand(context, 0),
      shape: x.knownShape,
      kernelShape,
      outputShape,
      attributes,
    });
    const dyRows = builder.reshape(operand(context, 1), [batch * groups, filters, positions]);
    // [batch · groups, filters, positions] × [batch · groups, channels, positions]ᵀ, summed over the batch.
    const product = (patch: string, rows: number): string => {
      const patchRows = builder.reshape(patch, [batch * groups, rows, positions]);
      const each = emitMatmul(context, dyRows, patchRows, [3, 3], x.dtype, { transposeA: false, transposeB: true });
      const byGroup = builder.reshape(each, [batch, groups * filters, rows]);
      return emitReduce(context, 'ReduceSum', byGroup, [0], false);
    };
    const taps = patches.length;
    if (channels <= JOINED_CHANNELS && taps > 1) {
      const stacked = patches.map((patch) => builder.reshape(patch, [batch, groups, channels, 1, positions]));
      const joined = builder.emit('Concat', stacked, { attributes: { axis: 3 } });
      return [builder.reshape(product(joined, channels * taps), outputType(context).knownShape)];
    }
    const columns = patches.map((patch) => builder.reshape(product(patch, channels), [groups * filters, channels, 1]));
    const joined = columns.length === 1 ? columns : [builder.emit('Concat', columns, { attributes: { axis: 2 } })];
    return joined.map((name) => builder.reshape(name, outputType(context).knownShape));
  },
};

interface ConvShapes {
  readonly shape: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  readonly attributes: ConvolutionAttributes;
}

function emitConv(context: Context, x: string, kernel: string, shapes: ConvShapes): string {
  const { builder, epilogue } = context;
  const { dtype } = outputType(context);
  const relu = (name: string): string => (epilogue?.relu === true ? builder.emit('Relu', [name]) : name);
  if (dtype !== 'float32') {
    const product = convByPatches(context, x, kernel, shapes);
    if (epilogue === null) return product;
    const column = [1, sizeOf(shapes.output.slice(1, 2)), ...shapes.output.slice(2).map(() => 1)];
    return relu(builder.emit('Add', [product, builder.reshape(epilogue.bias, column)]));
  }
  const bias = epilogue === null ? [] : [builder.reshape(epilogue.bias, shapes.output.slice(1, 2))];
  const blocked = blockedConv(context, x, kernel, bias, shapes);
  if (blocked !== null) return blocked;
  const attributes = {
    ...windowAttributes(shapes.attributes),
    group: shapes.attributes.groups,
    kernel_shape: shapes.kernel.slice(2),
  };
  // The engine itself joins relu to a convolution before it.
  return relu(builder.emit('Conv', [x, kernel, ...bias], { attributes }));
}

/** Where the engine has no convolution (float64): patches side by side, and a product. */
function convByPatches(context: Context, x: string, kernel: string, shapes: ConvShapes): string {
  const { builder } = context;
  const { groups } = shapes.attributes;
  const { dtype } = outputType(context);
  const [batch, channels] = [shapes.shape[0] ?? 1, (shapes.shape[1] ?? 1) / groups];
  const outputShape = shapes.output.slice(2);
  const kernelShape = shapes.kernel.slice(2);
  const positions = sizeOf(outputShape);
  const patches = emitPatches(context, {
    x,
    shape: shapes.shape,
    kernelShape,
    outputShape,
    attributes: shapes.attributes,
  });
  const stacked = patches.map((patch) => builder.reshape(patch, [batch, groups, channels, 1, positions]));
  const joined =
    stacked.length === 1 ? (stacked[0] ?? x) : builder.emit('Concat', stacked, { attributes: { axis: 3 } });
  const columns = builder.reshape(joined, [batch, groups, channels * patches.length, positions]);
  const rows = builder.reshape(kernel, [1, groups, (shapes.kernel[0] ?? 1) / groups, channels * patches.length]);
  const product = emitMatmul(context, rows, columns, [4, 4], dtype, { transposeA: false, transposeB: false });
  return builder.reshape(product, shapes.output);
}

/** The convolution that computes an input's gradient, once dy is spread by the strides. */
function strideOneGradient(
  attributes: ConvolutionAttributes,
  kernel: readonly number[],
  inputShape: readonly number[],
  dySpatial: readonly number[],
): { attributes: ConvolutionAttributes; dense: boolean } {
  const padding = inputShape.map((length, i): readonly [number, number] => {
    const reach = ((kernel[i + 2] ?? 1) - 1) * (attributes.dilations[i] ?? 1);
    const spread = ((dySpatial[i] ?? 1) - 1) * (attributes.strides[i] ?? 1) + 1;
    const before = reach - (attributes.padding[i]?.[0] ?? 0);
    return [before, length - spread - before + reach];
  });
  const fits = padding.every(([before, after]) => before >= 0 && after >= 0);
  const dense = fits && attributes.strides.every((stride) => stride === 1);
  return { attributes: { ...attributes, padding, strides: inputShape.map(() => 1) }, dense };
}

/** [out, in / groups, …] → [in, out / groups, …], each position mirrored. */
function turnKernel(
  context: Context,
  kernel: string,
  shape: readonly number[],
  groups: number,
): { name: string; shape: readonly number[] } {
  const { builder } = context;
  const [filters, channels, ...spatial] = [shape[0] ?? 1, shape[1] ?? 1, ...shape.slice(2)];
  const axes = spatial.map((_, i) => i + 2);
  const from = spatial.map(() => -1);
  const until = spatial.map(() => -(2 ** 31));
  const mirrored = spatial.every((length) => length === 1)
    ? kernel
    : emitSlice(context, kernel, from, until, from, axes);
  const turnedShape = [channels * groups, filters / groups, ...spatial];
  if (groups === 1) {
    return {
      name: builder.emit('Transpose', [mirrored], { attributes: { perm: [1, 0, ...axes] } }),
      shape: turnedShape,
    };
  }
  const split = builder.reshape(mirrored, [groups, filters / groups, channels, ...spatial]);
  const perm = [0, 2, 1, ...spatial.map((_, i) => i + 3)];
  return {
    name: builder.reshape(builder.emit('Transpose', [split], { attributes: { perm } }), turnedShape),
    shape: turnedShape,
  };
}

function emitConvTranspose(context: LowerContext<'convInputGradient'>): string {
  const { attributes } = context;
  const kernel = operandType(context, 1).knownShape;
  const dy = operandType(context, 0).knownShape;
  const outputPadding = attributes.inputShape.map((length, i) => {
    const reach = ((kernel[i + 2] ?? 1) - 1) * (attributes.dilations[i] ?? 1) + 1;
    const [before, after] = attributes.padding[i] ?? [0, 0];
    return length - (((dy[i + 2] ?? 1) - 1) * (attributes.strides[i] ?? 1) + reach - before - after);
  });
  return context.builder.emit('ConvTranspose', context.inputs, {
    attributes: {
      ...windowAttributes(attributes),
      group: attributes.groups,
      kernel_shape: kernel.slice(2),
      output_padding: outputPadding,
    },
  });
}
