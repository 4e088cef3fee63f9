import { allocate } from '../../../core/dtype.ts';
import { Tensor } from '../../../core/tensor.ts';
import { BLOCKED, type Builder } from '../emit/builder.ts';
import { type Images, fromBlocks, toBlocks } from '../emit/blocked-values.ts';
import type { EmittedEpilogue } from '../emit/context.ts';

/** The coefficients of a map: names of values with one element per channel, in any shape. */
export interface Coefficients {
  readonly scale?: string;
  readonly offset?: string;
}

/**
 * scale · x + offset, with one number per channel, (+ sum) (→ relu), as a depthwise convolution of one element: one pass
 * over memory, which reads x and writes the result; with a sum it reads that too.
 *
 * The convolution multiplies and adds with one rounding, so that without a scale the sum is as exact as an addition.
 */
export function emitAffine(
  builder: Builder,
  x: string,
  images: Images,
  { scale, offset }: Coefficients,
  epilogue: EmittedEpilogue | null = null,
): string {
  const { channels } = images;
  const weights = builder.reshape(scale ?? onesOf(builder, channels), [channels, 1, 1, 1]);
  const inputs = [toBlocks(builder, x, images), weights];
  if (offset !== undefined || epilogue?.sum !== undefined) {
    inputs.push(offset === undefined ? '' : builder.reshape(offset, [channels]));
  }
  if (epilogue?.sum !== undefined) inputs.push(toBlocks(builder, epilogue.sum, images));
  const attributes = {
    group: channels,
    kernel_shape: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    ...(epilogue?.relu === true ? { activation: 'Relu' } : {}),
  };
  return fromBlocks(builder, builder.emit('Conv', inputs, { attributes, domain: BLOCKED }), images);
}

function onesOf(builder: Builder, channels: number): string {
  return builder.constant(new Tensor(allocate('float32', channels).fill(1), [channels]), 'ones');
}
