import { encodeModel } from '../../src/compiler/onnx/codec.ts';
import { DataType, type OnnxModel, type OnnxNode, type OnnxTensor } from '../../src/compiler/onnx/index.ts';

type Infos = Readonly<Record<string, readonly (number | string | null)[]>>;

export interface ModelParts {
  readonly nodes: readonly (Pick<OnnxNode, 'opType' | 'inputs' | 'outputs'> & Partial<OnnxNode>)[];
  /** The dims of each input, by name. */
  readonly inputs: Infos;
  readonly outputs: Infos;
  readonly initializers?: readonly OnnxTensor[];
  /** The type of those inputs and outputs that are not float32. */
  readonly types?: Readonly<Record<string, number>>;
}

/** A small model of which only what matters need be said. */
export function onnxModel({ nodes, inputs, outputs, initializers = [], types = {} }: ModelParts): OnnxModel {
  const infos = (entries: Infos) =>
    Object.entries(entries).map(([name, dims]) => ({ name, dims, dataType: types[name] ?? DataType.FLOAT }));
  return {
    irVersion: 10,
    opsetImports: [
      { domain: '', version: 21 },
      { domain: 'com.microsoft.nchwc', version: 1 },
    ],
    producerName: '',
    producerVersion: '',
    metadata: {},
    graph: {
      name: 'test',
      nodes: nodes.map((node) => ({ name: node.outputs.join(), domain: '', attributes: {}, ...node })),
      initializers,
      inputs: infos(inputs),
      outputs: infos(outputs),
    },
  };
}

export function onnxBytes(parts: ModelParts): Uint8Array {
  return encodeModel(onnxModel(parts));
}
