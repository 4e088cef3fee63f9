import { type KnownShape, sameShape, sizeOf } from '../../../core/shape.ts';
import { BLOCKED } from './builder.ts';
import type { EmitContext } from './context.ts';

/** Coefficients of rows: names of values with one element for each row, in any shape. */
export interface RowCoefficients {
  readonly scale: string;
  /** @default none */
  readonly offset?: string;
}

/** Below this size the nodes that prepare the coefficients take longer than a pass over memory. */
const MANY_ELEMENTS = 32_768;

/**
 * Whether a coefficient has one element for each row of a value: its first axes are those of the value, and the last ones,
 * over which a row extends, have size 1.
 */
export function isOfRows({ target }: EmitContext, coefficient: KnownShape, shape: KnownShape): boolean {
  const block = target.blockedChannels;
  if (block === 0 || (target.freeSizes ?? 'none') !== 'none' || sizeOf(shape) < MANY_ELEMENTS) return false;
  const axes = rowAxes(coefficient, shape);
  return sameShape(coefficient.slice(0, axes), shape.slice(0, axes)) && sizeOf(shape.slice(axes)) % block === 0;
}

/** The number of leading axes that tell rows apart. */
function rowAxes(coefficient: KnownShape, shape: KnownShape): number {
  let axes = shape.length;
  while (axes > 0 && coefficient[axes - 1] === 1) axes--;
  return coefficient.length === shape.length ? axes : shape.length;
}

/**
 * scale · x + offset, with one number for each row, in one pass over memory, where a product and a sum take two.
 *
 * A row of block · n elements in memory is a block of channels with n pixels in the engine's blocked layout, so that this is
 * a depthwise convolution of one element, in which the channels of a block have the same coefficients.
 */
export function emitRowAffine(
  { builder, target }: EmitContext,
  x: string,
  rows: number,
  shape: KnownShape,
  { scale, offset }: RowCoefficients,
): string {
  const block = target.blockedChannels;
  const channels = rows * block;
  const ones = builder.filled(1, [1, block], 'float32');
  const column = builder.integers([rows, 1]);
  const repeated = (name: string): string =>
    builder.emitOnce('MatMul', [builder.emitOnce('Reshape', [name, column]), ones]);
  const inputs = [
    builder.reshape(x, [1, channels, 1, sizeOf(shape) / channels]),
    builder.reshape(repeated(scale), [channels, 1, 1, 1]),
  ];
  if (offset !== undefined) inputs.push(builder.reshape(repeated(offset), [channels]));
  const attributes = { group: channels, kernel_shape: [1, 1] };
  return builder.reshape(builder.emit('Conv', inputs, { attributes, domain: BLOCKED }), shape);
}
