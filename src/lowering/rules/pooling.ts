import { allocate } from '../../core/dtype.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { PoolingAttributes } from '../../graph/primitives.ts';
import { isNode } from '../../graph/value.ts';
import { type LowerContext, type LowerRules, operand, operandType, outputType } from '../rule.ts';
import { unsupported } from './elementwise.ts';
import { windowAttributes } from './window-attributes.ts';

type Pooling = 'maxPool' | 'maxPoolGradient' | 'averagePool' | 'averagePoolGradient';

function poolAttributes(attributes: PoolingAttributes): Record<string, readonly number[]> {
  const { pads, strides } = windowAttributes({ ...attributes, dilations: [] });
  return { pads: pads ?? [], strides: strides ?? [], kernel_shape: attributes.window };
}

/** Whether no element lies under two windows. */
function disjoint({ window, strides }: PoolingAttributes): boolean {
  return window.every((extent, i) => extent <= (strides[i] ?? 1));
}

export const poolingRules: LowerRules<Pooling> = {
  maxPool: (context) => {
    const attributes = poolAttributes(context.attributes);
    const wantsIndices = context.users.some((user) => isNode(user, 'maxPoolGradient'));
    if (!wantsIndices) return [context.builder.emit('MaxPool', context.inputs, { attributes })];
    // The gradient needs to know where each maximum was: found on the way, and left for its rule.
    const [y = '', indices = ''] = context.builder.emitAll('MaxPool', context.inputs, { attributes, outputs: 2 });
    context.sideOutputs.set(outputType(context), indices);
    return [y];
  },

  maxPoolGradient: (context) => {
    const { builder } = context;
    const x = operandType(context, 0);
    const y = operandType(context, 1);
    const dy = operand(context, 2);
    const found =
      context.sideOutputs.get(y) ??
      builder.emitAll('MaxPool', [operand(context, 0)], {
        attributes: poolAttributes(context.attributes),
        outputs: 2,
      })[1] ??
      '';
    const total = sizeOf(x.knownShape);
    const indices = builder.reshape(found, [-1]);
    const zeros = builder.emit('Expand', [builder.scalar(0, x.dtype), builder.integers([total])]);
    const flat = builder.reshape(dy, [-1]);
    const reduction = disjoint(context.attributes) ? 'none' : 'add';
    const scattered = builder.emit('ScatterElements', [zeros, indices, flat], { attributes: { axis: 0, reduction } });
    return [builder.reshape(scattered, x.knownShape)];
  },

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
