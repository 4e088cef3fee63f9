import type { EmitContext } from './context.ts';

export type Sum = 'ReduceSum' | 'ReduceMean';

/** A reduction over axes by one ONNX operator. */
export function emitReduce(
  { builder }: EmitContext,
  opType: string,
  x: string,
  axes: readonly number[],
  keepDims: boolean,
): string {
  if (axes.length === 0) return x;
  return builder.emit(opType, [x, builder.integers(axes)], { attributes: { keepdims: keepDims ? 1 : 0 } });
}
