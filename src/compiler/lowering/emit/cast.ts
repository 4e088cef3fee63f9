import type { DType } from '../../../core/dtype.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import { dataTypeOf } from '../../onnx/index.ts';
import type { EmitContext } from './context.ts';

/** A value converted to another dtype. */
export function emitCast({ builder }: EmitContext, name: string, from: DType, to: DType): string {
  return from === to ? name : builder.emit('Cast', [name], { attributes: { to: dataTypeOf(to) } });
}

/** The error for an operator that the engine does not implement for a dtype. */
export function unsupported({ builder }: EmitContext, opType: string, dtype: DType): NotImplementedError {
  const scope = builder.scope === null ? '' : ` (in ${builder.scope})`;
  return new NotImplementedError(
    `[lowering] the engine has no ${opType} for ${dtype}${scope}. Use float32 for this layer.`,
  );
}
