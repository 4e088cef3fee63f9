import { sizeOf } from '../../../../core/shape.ts';
import type { EmitContext } from '../context.ts';
import { emitMatrixTranspose } from '../matmul.ts';
import { emitPatches } from '../patches.ts';
import { emitReduce } from '../reduce.ts';
import type { KernelGradientProblem } from './problem.ts';

/** The most bytes of the patches of all positions: half of what every WebGPU adapter binds to a shader. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * The gradient of a kernel as one product for each sample and group, or null where that does not apply: the patches of all
 * positions of the kernel, [c · positions × h · w], times dy, [h · w × o]. A GPU takes as long to start a node as for a small
 * product, so that one product is better than one for each position.
 */
export function gradientByJoinedPatches(context: EmitContext, problem: KernelGradientProblem): string | null {
  const { builder, target } = context;
  const { x, dy, shape, dyShape, kernelShape, attributes } = problem;
  const { groups } = attributes;
  const [batch = 1, channels = 1] = shape;
  const [, filters = 1, ...outputShape] = dyShape;
  const [positions, pixels] = [sizeOf(kernelShape), sizeOf(outputShape)];
  if (target.engine !== 'webgpu' || batch * channels * positions * pixels * 4 > MAX_BYTES) return null;
  const [perGroup, filtersPerGroup] = [channels / groups, filters / groups];
  const patches = emitPatches(context, { x, shape, kernelShape, outputShape, attributes });
  const columns = patches.map((patch) => builder.reshape(patch, [batch * groups, perGroup, 1, pixels]));
  const [only = x] = columns;
  const joined = columns.length === 1 ? only : builder.emit('Concat', columns, { attributes: { axis: 2 } });
  const rows = builder.reshape(joined, [batch * groups, perGroup * positions, pixels]);
  const dyColumns = emitMatrixTranspose(builder, builder.reshape(dy, [batch * groups, filtersPerGroup, pixels]), 3);
  const each = builder.emit('MatMul', [rows, dyColumns]);
  const byGroup = builder.reshape(each, [batch, groups, perGroup * positions, filtersPerGroup]);
  const sum = emitReduce(context, 'ReduceSum', byGroup, [0], false);
  return builder.reshape(emitMatrixTranspose(builder, sum, 3), [filters, perGroup, ...kernelShape]);
}
