import type { DType } from '../../../core/dtype.ts';
import { dataTypeOf } from '../../onnx/index.ts';
import type { Executable } from './executable.ts';

/** The dtypes whose tensors a GPU can keep. */
export const GPU_DTYPES: readonly DType[] = ['float32', 'int32'];

/** The outputs of a model that can stay on a GPU until they are read: those that contain no new state. */
export function deferrableOutputs({ model, updates, packedResults }: Executable): readonly string[] {
  const updated = new Set(updates.map(({ name }) => name));
  const packsState = new Set(
    packedResults.flatMap(({ name, parts }) => (parts.some((part) => updated.has(part.name)) ? [name] : [])),
  );
  return model.graph.outputs.flatMap(({ name, dataType }) =>
    updated.has(name) || packsState.has(name) || !GPU_DTYPES.some((dtype) => dataTypeOf(dtype) === dataType)
      ? []
      : [name],
  );
}
