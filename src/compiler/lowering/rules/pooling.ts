import { allocate } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { PoolingAttributes } from '../../ir/primitives.ts';
import { type Value, isNode } from '../../ir/value.ts';
import type { LowerContext } from '../emit/context.ts';
import { DataType } from '../../onnx/index.ts';
import { windowKey } from '../legalize/operator-key.ts';
import { unsupported } from '../emit/cast.ts';
import { emitWindowSpread, maxPoolGradientByPositions } from '../emit/pooling-gradients.ts';
import { emitPad, emitSlice } from '../emit/slices.ts';
import { type Target, provides } from '../emit/target.ts';
import { windowAttributes } from '../emit/window-attributes.ts';
import type { LowerRules } from './rule.ts';

function poolAttributes(attributes: PoolingAttributes): Record<string, readonly number[]> {
  const { pads, strides } = windowAttributes({ ...attributes, dilations: [] });
  return { pads: pads ?? [], strides: strides ?? [], kernel_shape: attributes.window };
}

/** Whether no element is in two windows. */
function areDisjoint({ window, strides }: PoolingAttributes): boolean {
  return window.every((extent, i) => extent <= (strides[i] ?? 1));
}

/**
 * Whether the windows tile the input: each element is in at most one, in rows and columns of equal windows. Then the
 * position of a maximum is found by comparing, in a few fast passes; with indices the engine takes many times longer.
 */
export function isTiled(x: Value, { window, strides, padding }: PoolingAttributes): boolean {
  return (
    x.dtype === 'float32' &&
    (x.rank === 3 || x.rank === 4) &&
    sizeOf(window) <= MAX_COMPARED &&
    window.every((extent, i) => extent === strides[i]) &&
    padding.every(([before, after]) => before === 0 && after === 0)
  );
}

/** 2 to this power must be exact in float32. */
const MAX_COMPARED = 24;

export const poolingRules: LowerRules<'pooling'> = {
  maxPool: (context) => {
    const attributes = poolAttributes(context.attributes);
    const isDifferentiated = context.users.some((user) => isNode(user, 'maxPoolGradient'));
    if (
      !isDifferentiated ||
      isTiled(context.operands[0], context.attributes) ||
      !hasIndices(context.target, attributes)
    )
      return [context.builder.emit('MaxPool', context.inputs, { attributes })];
    // The gradient needs the position of each maximum, which this operator can return; its rule reads it.
    const [y = '', indices = ''] = context.builder.emitAll('MaxPool', context.inputs, { attributes, outputs: 2 });
    context.sideOutputs.set(context.results[0], indices);
    return [y];
  },

  maxPoolGradient: (context) => [
    isTiled(context.operands[0], context.attributes)
      ? gradientByComparing(context)
      : hasIndices(context.target, poolAttributes(context.attributes))
        ? gradientByIndices(context)
        : gradientByPositions(context),
  ],

  averagePool: (context) => {
    const [{ dtype }] = context.results;
    if (dtype !== 'float32') throw unsupported(context, 'AveragePool', dtype);
    return [
      context.builder.emit('AveragePool', context.inputs, {
        attributes: { ...poolAttributes(context.attributes), count_include_pad: 0 },
      }),
    ];
  },

  averagePoolGradient: (context) => {
    const { builder, attributes } = context;
    const [dy] = context.operands;
    if (dy.dtype !== 'float32') throw unsupported(context, 'ConvTranspose', dy.dtype);
    const output = context.results[0].knownShape;
    const [batch = 1, channels = 1, ...spatial] = dy.knownShape;
    const shares = builder.constant(reciprocalCounts(attributes, spatial), 'shares');
    const each = builder.emit('Mul', [context.inputs[0], shares]);
    if (!provides(context.target, windowKey('ConvTranspose', spatial.length, 1), 'float32')) {
      return [emitWindowSpread(context, each, { shape: output, pooled: dy.knownShape, attributes })];
    }
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
 * dy goes to the first maximum of each window. Elements equal to the maximum get 2ⁿ, n decreasing in row-major order; the
 * maximum of these marks the first one, which keeps dy.
 */
function gradientByComparing(context: LowerContext<'maxPoolGradient'>): string {
  const { builder, attributes } = context;
  const [{ knownShape: shape }, { knownShape: pooled }] = context.operands;
  const { window } = attributes;
  const covered = shape.map((length, axis) => (axis < 2 ? length : (pooled[axis] ?? 1) * (window[axis - 2] ?? 1)));
  const rest = shape.map((length, axis) => length - (covered[axis] ?? 0));
  const none = shape.map(() => 0);
  const isWhole = rest.every((length) => length === 0);
  const x = isWhole
    ? context.inputs[0]
    : emitSlice(
        context,
        context.inputs[0],
        none,
        covered,
        shape.map(() => 1),
      );

  const scales = builder.constant(new Tensor(Float32Array.of(1, 1, ...window), [shape.length]), 'scales');
  const spread = (name: string): string =>
    builder.emit('Resize', [name, '', scales], {
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    });
  const indicator = (condition: string): string =>
    builder.emit('Cast', [condition], { attributes: { to: DataType.FLOAT } });
  const isMaximum = indicator(builder.emit('Equal', [x, spread(context.inputs[1])]));
  const ranks = builder.constant(ranksOf(covered.slice(2), window), 'ranks');
  const ranked = builder.emit('Mul', [isMaximum, ranks]);
  const first = builder.emit('MaxPool', [ranked], { attributes: poolAttributes(attributes) });
  const isFirst = indicator(builder.emit('Equal', [ranked, spread(first)]));
  const gradient = builder.emit('Mul', [isFirst, spread(context.inputs[2])]);
  return isWhole ? gradient : emitPad(context, gradient, none, rest);
}

/** 2ⁿ for each element of a row or a plane that windows tile, n decreasing in row-major order inside each window. */
function ranksOf(extents: readonly number[], window: readonly number[]): Tensor {
  const width = extents.at(-1) ?? 1;
  const [rows, columns] = [window.length === 1 ? 1 : (window[0] ?? 1), window.at(-1) ?? 1];
  const ranks = Float32Array.from({ length: sizeOf(extents) }, (_, i) => {
    const position = (Math.floor(i / width) % rows) * columns + ((i % width) % columns);
    return 2 ** (rows * columns - 1 - position);
  });
  return new Tensor(ranks, [1, 1, ...extents]);
}

function gradientByPositions({ operands: [x, y], inputs, ...context }: LowerContext<'maxPoolGradient'>): string {
  const pooling = { shape: x.knownShape, pooled: y.knownShape, attributes: context.attributes };
  return maxPoolGradientByPositions(context, inputs, pooling);
}

/** Whether the engine says where it found the maxima. */
function hasIndices(target: Target, { kernel_shape: window = [] }: ReturnType<typeof poolAttributes>): boolean {
  return provides(target, `MaxPool ${window.length}-D with indices`, 'float32');
}

function gradientByIndices(context: LowerContext<'maxPoolGradient'>): string {
  const { builder, attributes } = context;
  const [x] = context.operands;
  const indices = (): string | undefined =>
    builder.emitAll('MaxPool', [context.inputs[0]], { attributes: poolAttributes(attributes), outputs: 2 })[1];
  const name = context.sideOutputs.get(context.operands[1]) ?? indices() ?? '';
  const zeros = builder.emit('Expand', [builder.scalar(0, x.dtype), builder.integers([sizeOf(x.knownShape)])]);
  const inputs = [zeros, builder.reshape(name, [-1]), builder.reshape(context.inputs[2], [-1])];
  const reduction = areDisjoint(attributes) ? 'none' : 'add';
  const scattered = builder.emit('ScatterElements', inputs, { attributes: { axis: 0, reduction } });
  return builder.reshape(scattered, x.knownShape);
}

/** 1 / the number of input elements in each window. */
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
