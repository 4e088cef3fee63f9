import type { DType } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { ConvShapes } from '../emit/conv-shapes.ts';
import { type EmitContext, type EmittedEpilogue, type LowerContext, sizeOfAxis } from '../emit/context.ts';
import { blockedDepthwiseConv, isBlockedDepthwise } from '../emit/blocked-depthwise.ts';
import { isInBlocks } from '../emit/blocked-values.ts';
import { blockedConv, isBlockedDense } from '../emit/blocked-dense.ts';
import type { Builder } from '../emit/builder.ts';
import type { KernelGradientProblem } from '../emit/kernel-gradient/problem.ts';
import { flipKernel } from '../emit/input-gradient/flip-kernel.ts';
import { strideOneGradient } from '../emit/input-gradient/stride-one.ts';
import { stridedInputGradient } from '../emit/input-gradient/strided.ts';
import { gradientOfDepthwise } from '../emit/kernel-gradient/depthwise.ts';
import { gradientByBlockProducts, prefersProducts } from '../emit/kernel-gradient/products.ts';
import { gradientByJoinedPatches } from '../emit/kernel-gradient/joined-patches.ts';
import { gradientBySamples } from '../emit/kernel-gradient/samples.ts';
import { emitMatmul } from '../emit/matmul.ts';
import { emitPatches } from '../emit/patches.ts';
import { emitReduce } from '../emit/reduce.ts';
import { imageAttributes, imageShape, reshapePositions } from '../emit/sequences.ts';
import { emitSpread } from '../emit/slices.ts';
import { provides } from '../emit/target.ts';
import { windowAttributes } from '../emit/window-attributes.ts';
import { windowKey } from '../legalize/operator-key.ts';
import type { LowerRules } from './rule.ts';

/** At most this many channels per group, the patches of all kernel positions are joined into one product. */
const MAX_JOINED_CHANNELS = 8;

export const convolutionRules: LowerRules<'convolution'> = {
  conv: (context) => {
    const { inputs, operands, results, attributes, epilogue } = context;
    const [{ knownShape: shape, dtype }, { knownShape: kernel }] = operands;
    const shapes = { shape, kernel, output: results[0].knownShape, attributes };
    return [emitConv(context, inputs, dtype, shapes, epilogue)];
  },

  convInputGradient: (context) => {
    const { attributes, inputs } = context;
    const [dy, kernel] = context.operands;
    const output = context.results[0].knownShape;
    const gradient = strideOneGradient(attributes, kernel.knownShape, attributes.inputShape, dy.knownShape.slice(2));
    const isFast = attributes.groups === 1 || isBlockedDepthwise(context.target, kernel.knownShape, attributes);
    const isPlain = context.target.engine === 'any' || !(gradient.dense && isFast);
    const rank = attributes.strides.length;
    const isTransposed =
      isPlain && provides(context.target, windowKey('ConvTranspose', rank, attributes.groups), dy.dtype);
    if (dy.dtype === 'float32' && isTransposed) {
      const strided = stridedInputGradient(context, inputs, dy.knownShape, kernel.knownShape, attributes);
      return [emitTail(context, strided ?? emitConvTranspose(context), context.epilogue)];
    }
    // The gradient of a convolution is a convolution of dy, spread by the strides, with the flipped kernel.
    const spread = emitSpread(context, inputs[0], dy.knownShape, [0, 0, ...attributes.strides.map((s) => s - 1)]);
    const spatial = dy.knownShape.slice(2).map((length, i) => (length - 1) * (attributes.strides[i] ?? 1) + 1);
    const flipped = flipKernel(context, inputs[1], kernel.knownShape, attributes.groups);
    const shapes = {
      shape: [sizeOfAxis(dy.shape, 0), sizeOfAxis(dy.shape, 1), ...spatial],
      kernel: flipped.shape,
      output,
      attributes: gradient.attributes,
    };
    return [emitConv(context, [spread, flipped.name], dy.dtype, shapes, context.epilogue)];
  },

  convKernelGradient: (context) => {
    const { builder, attributes } = context;
    const [x, dy] = context.operands;
    if (x.dtype === 'float32') {
      const problem = asImages(builder, {
        x: context.inputs[0],
        dy: context.inputs[1],
        shape: x.knownShape,
        dyShape: dy.knownShape,
        kernelShape: attributes.kernelShape,
        attributes,
      });
      const found =
        gradientOfDepthwise(context, problem) ??
        gradientByBlockProducts(context, problem) ??
        (prefersProducts(problem) ? null : gradientBySamples(context, problem)) ??
        gradientByJoinedPatches(context, problem);
      if (found !== null) return [builder.reshape(found, context.results[0].knownShape)];
    }
    const output = context.results[0].knownShape;
    const { groups, kernelShape } = attributes;
    const [batch, channels, filters] = [
      sizeOfAxis(x.shape, 0),
      sizeOfAxis(x.shape, 1) / groups,
      sizeOfAxis(dy.shape, 1) / groups,
    ];
    const outputShape = dy.knownShape.slice(2);
    const positions = sizeOf(outputShape);
    const patches = emitPatches(context, {
      x: context.inputs[0],
      shape: x.knownShape,
      kernelShape,
      outputShape,
      attributes,
    });
    const dyRows = builder.reshape(context.inputs[1], [batch * groups, filters, positions]);
    // [batch · groups, filters, positions] × [batch · groups, channels, positions]ᵀ, summed over the batch.
    const product = (patch: string, rows: number): string => {
      const patchRows = builder.reshape(patch, [batch * groups, rows, positions]);
      const each = emitMatmul(context, dyRows, patchRows, [3, 3], x.dtype, { transposeA: false, transposeB: true });
      const byGroup = builder.reshape(each, [batch, groups * filters, rows]);
      return emitReduce(context, 'ReduceSum', byGroup, [0], false);
    };
    const positionsInKernel = patches.length;
    if (channels <= MAX_JOINED_CHANNELS && positionsInKernel > 1) {
      const stacked = patches.map((patch) => builder.reshape(patch, [batch, groups, channels, 1, positions]));
      const joined = builder.emit('Concat', stacked, { attributes: { axis: 3 } });
      return [builder.reshape(product(joined, channels * positionsInKernel), output)];
    }
    const columns = patches.map((patch) => builder.reshape(product(patch, channels), [groups * filters, channels, 1]));
    const [first = ''] = columns;
    const joined = columns.length === 1 ? first : builder.emit('Concat', columns, { attributes: { axis: 2 } });
    return [builder.reshape(joined, output)];
  },
};

function emitConv(
  context: EmitContext,
  [x, kernel]: readonly [string, string],
  dtype: DType,
  shapes: ConvShapes,
  epilogue: EmittedEpilogue | null,
): string {
  const { builder } = context;
  if (
    shapes.shape.length === 3 &&
    dtype === 'float32' &&
    isBlockedDense(context.target, shapes.kernel, shapes.attributes)
  ) {
    return emitConvOfSequences(context, [x, kernel], shapes, epilogue);
  }
  const key = windowKey('Conv', shapes.kernel.length - 2, shapes.attributes.groups);
  if (dtype !== 'float32' || !provides(context.target, key, dtype)) {
    const product = convByPatches(context, [x, kernel], dtype, shapes);
    if (epilogue?.bias === undefined) return emitTail(context, product, epilogue);
    const column = [1, sizeOf(shapes.output.slice(1, 2)), ...shapes.output.slice(2).map(() => 1)];
    return emitTail(context, builder.emit('Add', [product, builder.reshape(epilogue.bias, column)]), epilogue);
  }
  const blocked =
    blockedDepthwiseConv(context, [x, kernel], shapes, epilogue) ?? blockedConv(context, [x, kernel], shapes, epilogue);
  if (blocked !== null) return blocked;
  const inputs = [x, kernel];
  if (epilogue?.bias !== undefined) inputs.push(builder.reshape(epilogue.bias, shapes.output.slice(1, 2)));
  const attributes = {
    ...windowAttributes(shapes.attributes),
    group: shapes.attributes.groups,
    kernel_shape: shapes.kernel.slice(2),
  };
  return emitTail(context, builder.emit('Conv', inputs, { attributes }), epilogue);
}

/** The epilogue after the bias; the engine itself fuses relu into the convolution before it. */
function emitTail({ builder }: EmitContext, name: string, epilogue: EmittedEpilogue | null): string {
  const added = epilogue?.sum === undefined ? name : builder.emit('Add', [name, epilogue.sum]);
  return epilogue?.relu === true ? builder.emit('Relu', [added]) : added;
}

/** The gradient of a kernel over sequences in blocks as one over images of one row; other problems as they are. */
function asImages(builder: Builder, problem: KernelGradientProblem): KernelGradientProblem {
  const { x, dy, shape, dyShape, kernelShape, attributes } = problem;
  if (shape.length !== 3 || !isInBlocks(builder, x) || !isInBlocks(builder, dy)) return problem;
  return {
    x: reshapePositions(builder, x, imageShape(shape)),
    dy: reshapePositions(builder, dy, imageShape(dyShape)),
    shape: imageShape(shape),
    dyShape: imageShape(dyShape),
    kernelShape: [1, ...kernelShape],
    attributes: imageAttributes(attributes),
  };
}

/** A convolution over sequences as one over images of one row, which the engine computes in blocks. */
function emitConvOfSequences(
  context: EmitContext,
  [x, kernel]: readonly [string, string],
  { shape, kernel: kernelShape, output, attributes }: ConvShapes,
  epilogue: EmittedEpilogue | null,
): string {
  const { builder } = context;
  const shapes = {
    shape: imageShape(shape),
    kernel: imageShape(kernelShape),
    output: imageShape(output),
    attributes: imageAttributes(attributes),
  };
  const operands = [reshapePositions(builder, x, shapes.shape), builder.reshape(kernel, shapes.kernel)] as const;
  const added =
    epilogue?.sum === undefined
      ? epilogue
      : { ...epilogue, sum: reshapePositions(builder, epilogue.sum, shapes.output) };
  return reshapePositions(builder, emitConv(context, operands, 'float32', shapes, added), output);
}

/** A convolution for which the engine has no operator, such as all in float64: the columns of im2col, and a matrix product. */
function convByPatches(
  context: EmitContext,
  [x, kernel]: readonly [string, string],
  dtype: DType,
  shapes: ConvShapes,
): string {
  const { builder } = context;
  const { groups } = shapes.attributes;
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

function emitConvTranspose(context: LowerContext<'convInputGradient'>): string {
  const { attributes } = context;
  const [{ knownShape: dy }, { knownShape: kernel }] = context.operands;
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
