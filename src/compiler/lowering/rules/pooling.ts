import { allocate } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { PoolingAttributes, PoolingName } from '../../graph/primitives.ts';
import { isNode } from '../../graph/value.ts';
import { type LowerContext, type LowerRules, operand, operandType, outputType } from '../rule.ts';
import { DataType } from '../../onnx/index.ts';
import { unsupported } from './elementwise.ts';
import { emitPad, emitSlice } from './movement.ts';
import { windowAttributes } from './window-attributes.ts';

function poolAttributes(attributes: PoolingAttributes): Record<string, readonly number[]> {
  const { pads, strides } = windowAttributes({ ...attributes, dilations: [] });
  return { pads: pads ?? [], strides: strides ?? [], kernel_shape: attributes.window };
}

/** Whether no element lies under two windows. */
function disjoint({ window, strides }: PoolingAttributes): boolean {
  return window.every((extent, i) => extent <= (strides[i] ?? 1));
}

/**
 * Whether the windows tile the input: each element under at most one, in rows and columns of equal windows. Then the
 * place of a maximum is found by comparing, which is a few quick passes; with indices the engine takes many times longer.
 */
function tiles(context: LowerContext<'maxPool' | 'maxPoolGradient'>): boolean {
  const { window, strides, padding } = context.attributes;
  const x = operandType(context, 0);
  return (
    x.dtype === 'float32' &&
    x.rank === 4 &&
    sizeOf(window) <= MOST_COMPARED &&
    window.every((extent, i) => extent === strides[i]) &&
    padding.every(([before, after]) => before === 0 && after === 0)
  );
}

/** 2 to this power must be exact in float32. */
const MOST_COMPARED = 24;

export const poolingRules: LowerRules<PoolingName> = {
  maxPool: (context) => {
    const attributes = poolAttributes(context.attributes);
    const wantsIndices = !tiles(context) && context.users.some((user) => isNode(user, 'maxPoolGradient'));
    if (!wantsIndices) return [context.builder.emit('MaxPool', context.inputs, { attributes })];
    // The gradient needs to know where each maximum was: found on the way, and left for its rule.
    const [y = '', indices = ''] = context.builder.emitAll('MaxPool', context.inputs, { attributes, outputs: 2 });
    context.sideOutputs.set(outputType(context), indices);
    return [y];
  },

  maxPoolGradient: (context) => [tiles(context) ? gradientByComparing(context) : gradientByIndices(context)],

  averagePool: (context) => {
    const { dtype } = outputType(context);
    if (dtype !== 'float32') throw unsupported(context, 'AveragePool', dtype);
    return [
      context.builder.emit('AveragePool', context.inputs, {
        attributes: { ...poolAttributes(context.attributes), count_include_pad: 0 },
      }),
    ];
  },

  averagePoolGradient: (context) => {
    const { builder, attributes } = context;
    const dy = operandType(context, 0);
    if (dy.dtype !== 'float32') throw unsupported(context, 'ConvTranspose', dy.dtype);
    const output = outputType(context).knownShape;
    const [batch = 1, channels = 1, ...spatial] = dy.knownShape;
    const shares = builder.constant(reciprocalCounts(attributes, spatial), 'shares');
    const each = builder.emit('Mul', [operand(context, 0), shares]);
    const flat = builder.reshape(each, [batch * channels, 1, ...spatial]);
    const ones = builder.constant(
      new Tensor(allocate('float32', sizeOf(attributes.window)).fill(1), [1, 1, ...attributes.window]),
      'ones',
    );
    const outputPadding = attributes.inputShape.map((length, i) => {
      const [before, after] = attributes.padding[i] ?? [0, 0];
      const covered =
        ((spatial[i] ?? 1) - 1) * (attributes.strides[i] ?? 1) + (attributes.window[i] ?? 1) - before - after;
      return length - covered;
    });
    const spread = builder.emit('ConvTranspose', [flat, ones], {
      attributes: { ...poolAttributes(attributes), output_padding: outputPadding },
    });
    return [builder.reshape(spread, output)];
  },
};

/**
 * dy goes to the first largest element of each window. Elements that equal the maximum get 2ⁿ, n falling in row-major
 * order; the largest of these is the first of the equals, and keeps dy.
 */
function gradientByComparing(context: LowerContext<'maxPoolGradient'>): string {
  const { builder, attributes } = context;
  const shape = operandType(context, 0).knownShape;
  const pooled = operandType(context, 1).knownShape;
  const { window } = attributes;
  const covered = shape.map((length, axis) => (axis < 2 ? length : (pooled[axis] ?? 1) * (window[axis - 2] ?? 1)));
  const rest = shape.map((length, axis) => length - (covered[axis] ?? 0));
  const none = shape.map(() => 0);
  const isWhole = rest.every((length) => length === 0);
  const x = isWhole
    ? operand(context, 0)
    : emitSlice(
        context,
        operand(context, 0),
        none,
        covered,
        shape.map(() => 1),
      );

  const scales = builder.constant(new Tensor(Float32Array.of(1, 1, ...window), [4]), 'scales');
  const spread = (name: string): string =>
    builder.emit('Resize', [name, '', scales], {
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    });
  const where = (condition: string): string =>
    builder.emit('Cast', [condition], { attributes: { to: DataType.FLOAT } });
  const isLargest = where(builder.emit('Equal', [x, spread(operand(context, 1))]));
  const ranks = builder.constant(ranksOf(covered.slice(2), window), 'ranks');
  const ranked = builder.emit('Mul', [isLargest, ranks]);
  const highest = builder.emit('MaxPool', [ranked], { attributes: poolAttributes(attributes) });
  const isFirst = where(builder.emit('Equal', [ranked, spread(highest)]));
  const gradient = builder.emit('Mul', [isFirst, spread(operand(context, 2))]);
  return isWhole ? gradient : emitPad(context, gradient, none, rest);
}

/** 2ⁿ for each element of a plane that windows tile, n falling in row-major order inside each window. */
function ranksOf(plane: readonly number[], window: readonly number[]): Tensor {
  const [height = 1, width = 1] = plane;
  const [rows = 1, columns = 1] = window;
  const ranks = Float32Array.from({ length: height * width }, (_, i) => {
    const position = (Math.floor(i / width) % rows) * columns + ((i % width) % columns);
    return 2 ** (rows * columns - 1 - position);
  });
  return new Tensor(ranks, [1, 1, height, width]);
}

function gradientByIndices(context: LowerContext<'maxPoolGradient'>): string {
  const { builder, attributes } = context;
  const x = operandType(context, 0);
  const found = (): string | undefined =>
    builder.emitAll('MaxPool', [operand(context, 0)], { attributes: poolAttributes(attributes), outputs: 2 })[1];
  const name = context.sideOutputs.get(operandType(context, 1)) ?? found() ?? '';
  const zeros = builder.emit('Expand', [builder.scalar(0, x.dtype), builder.integers([sizeOf(x.knownShape)])]);
  const inputs = [zeros, builder.reshape(name, [-1]), builder.reshape(operand(context, 2), [-1])];
  const reduction = disjoint(attributes) ? 'none' : 'add';
  const scattered = builder.emit('ScatterElements', inputs, { attributes: { axis: 0, reduction } });
  return builder.reshape(scattered, x.knownShape);
}

/** 1 / the number of elements of the input under each window. */
function reciprocalCounts(
  { window, strides, padding, inputShape }: LowerContext<'averagePoolGradient'>['attributes'],
  spatial: readonly number[],
): Tensor {
  const counts = spatial.map((length, i) =>
    Array.from({ length }, (_, at) => {
      const start = at * (strides[i] ?? 1) - (padding[i]?.[0] ?? 0);
      return Math.min(start + (window[i] ?? 1), inputShape[i] ?? 0) - Math.max(start, 0);
    }),
  );
  const shares = counts.reduce<readonly number[]>(
    (products, axis) => products.flatMap((product) => axis.map((count) => product / count)),
    [1],
  );
  return new Tensor(Float32Array.from(shares), [1, 1, ...spatial]);
}
