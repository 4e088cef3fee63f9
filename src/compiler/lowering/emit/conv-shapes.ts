import type { ConvolutionAttributes } from '../../ir/primitives.ts';

/** The shapes and attributes of a convolution. */
export interface ConvShapes {
  /** [batch, channels, …spatial] */
  readonly shape: readonly number[];
  /** [filters, channels / groups, …spatial] */
  readonly kernel: readonly number[];
  /** [batch, filters, …spatial] */
  readonly output: readonly number[];
  readonly attributes: ConvolutionAttributes;
}
