import { allocate, type DType } from '../../src/core/dtype.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { sizeOf } from '../../src/core/shape.ts';
import { decodeModel } from '../../src/compiler/onnx/codec.ts';
import { type OnnxGraph, DataType } from '../../src/compiler/onnx/index.ts';
import type { Runtime, Session } from '../../src/compiler/runtime/index.ts';

const DTYPES: Readonly<Record<number, DType>> = {
  [DataType.FLOAT]: 'float32',
  [DataType.INT32]: 'int32',
  [DataType.UINT8]: 'uint8',
  [DataType.BOOL]: 'bool',
};

/** A runtime that keeps the models it receives, and whose sessions return zeros. */
export function recordingRuntime(name: Runtime['name'], models: OnnxGraph[]): Runtime {
  return {
    name,
    threads: { count: 1, reason: 'a test' },
    features: { preallocatedOutputs: false },
    device: null,
    createSession: async (bytes) => {
      const { graph } = decodeModel(bytes);
      models.push(graph);
      return zeros(graph);
    },
    optimizedModel: () => Promise.resolve(null),
  };
}

function zeros({ inputs, outputs }: OnnxGraph): Session {
  const results = outputs.map(({ name, dims, dataType }) => {
    const [shape, dtype] = [(dims ?? []).map(Number), DTYPES[dataType] ?? 'float32'];
    return [name, new Tensor(allocate(dtype, sizeOf(shape)), shape, dtype)] as const;
  });
  return {
    inputNames: inputs.map((each) => each.name),
    outputNames: outputs.map((each) => each.name),
    run: () => Promise.resolve(Object.fromEntries(results)),
    runOnDevice: () => Promise.resolve(Object.fromEntries(results)),
    release: () => Promise.resolve(),
  };
}
