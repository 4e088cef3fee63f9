import type { KnownShape } from '../../../core/shape.ts';
import type { ConvolutionAttributes } from '../../ir/primitives.ts';
import type { Builder } from './builder.ts';

/** The shape of sequences, [batch, channels, length], as images of one row. */
export function imageShape(shape: KnownShape): KnownShape {
  return shape.toSpliced(2, 0, 1);
}

/** The attributes of a convolution over sequences, for images of one row. */
export function imageAttributes<A extends ConvolutionAttributes>(attributes: A): A {
  const { strides, dilations, padding } = attributes;
  return { ...attributes, strides: [1, ...strides], dilations: [1, ...dilations], padding: [[0, 0], ...padding] };
}

/** A value in another shape with the same batch, channels and number of positions: in blocks it is the same. */
export function reshapePositions(builder: Builder, name: string, shape: KnownShape): string {
  const reshaped = builder.reshape(name, shape);
  const inBlocks = builder.blocked.get(name);
  if (inBlocks !== undefined) builder.blocked.set(reshaped, inBlocks);
  return reshaped;
}
