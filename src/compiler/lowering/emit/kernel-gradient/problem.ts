import type { ConvolutionAttributes } from '../../../ir/primitives.ts';

/** A gradient of a kernel to be computed: dkernel[o, c] = Σₙ x[n, c] ⋆ dy[n, o]. */
export interface KernelGradientProblem {
  /** The name of x in the plain layout. */
  readonly x: string;
  /** The name of dy in the plain layout. */
  readonly dy: string;
  /** The shape of x: [batch, channels, …spatial]. */
  readonly shape: readonly number[];
  /** The shape of dy: [batch, filters, …spatial]. */
  readonly dyShape: readonly number[];
  /** The spatial sizes of the kernel. */
  readonly kernelShape: readonly number[];
  /** The attributes of the forward convolution. */
  readonly attributes: ConvolutionAttributes;
}
