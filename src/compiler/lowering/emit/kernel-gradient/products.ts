import { sizeOf } from '../../../../core/shape.ts';
import { isInBlocks, toBlocks } from '../blocked-values.ts';
import { MICROSOFT } from '../builder.ts';
import type { EmitContext } from '../context.ts';
import { emitReduce } from '../reduce.ts';
import { emitTranspose } from '../transposition.ts';
import type { KernelGradientProblem } from './problem.ts';

/** Whether a kernel has one position, and the convolution is a product of x and the kernel at each position. */
function isPointwise({ kernelShape, attributes }: KernelGradientProblem): boolean {
  const { strides, padding } = attributes;
  const isPadded = padding.some(([before, after]) => before !== 0 || after !== 0);
  return !isPadded && kernelShape.every((length) => length === 1) && strides.every((stride) => stride === 1);
}

/**
 * Whether the gradient of a kernel of one position is computed fastest as one product for each sample: each writes a
 * gradient of the size of the kernel, which must be small in comparison with the operands that it reads.
 */
export function prefersProducts(problem: KernelGradientProblem): boolean {
  const [, channels = 1, ...spatial] = problem.shape;
  const [, filters = 1] = problem.dyShape;
  const positions = sizeOf(spatial);
  return isPointwise(problem) && 2 * channels * filters <= positions * (channels + filters);
}

/**
 * The gradient of a kernel of one position from operands in blocks, or null where that does not apply: a product for each
 * sample and each pair of blocks, [b of o × h · w] · [h · w × b of c]. Both operands are read where they are.
 */
export function gradientByBlockProducts(context: EmitContext, problem: KernelGradientProblem): string | null {
  const { builder, target } = context;
  const block = target.blockedChannels;
  const [batch = 0, channels = 0, ...spatial] = problem.shape;
  const [, filters = 0] = problem.dyShape;
  if (block === 0 || target.freeSizes === 'all' || problem.attributes.groups !== 1) return null;
  if (!prefersProducts(problem) || !isInBlocks(builder, problem.x) || !isInBlocks(builder, problem.dy)) return null;
  if (channels % block !== 0 || filters % block !== 0) return null;
  const positions = sizeOf(spatial);
  const x = builder.reshape(toBlocks(builder, problem.x), [batch, 1, channels / block, positions, block]);
  const dy = builder.reshape(toBlocks(builder, problem.dy), [batch, filters / block, 1, positions, block]);
  const each = builder.emit('FusedMatMul', [dy, x], { attributes: { transA: 1, transB: 0 }, domain: MICROSOFT });
  // [n, o / b, c / b, b of o, b of c]
  const sum = emitReduce(context, 'ReduceSum', each, [0], false);
  const ordered = emitTranspose(context, sum, [filters / block, channels / block, block, block], [0, 2, 1, 3]);
  return builder.reshape(ordered, [filters, channels, ...problem.kernelShape]);
}
