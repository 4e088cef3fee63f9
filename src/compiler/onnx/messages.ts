/** ONNX's codes of element types. */
export const DataType = {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  BFLOAT16: 16,
} as const;

/** A file: one graph, and the versions of the operator sets that it uses. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsetImports: readonly OnnxOpset[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}

/** The version of an operator set. */
export interface OnnxOpset {
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly version: number;
}

/** The nodes of a model, its constants, and the types of its inputs and outputs. */
export interface OnnxGraph {
  readonly name: string;
  /** In topological order. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** The types of intermediate values, as far as they are known. */
  readonly valueInfos?: readonly OnnxValueInfo[];
}

/** One application of an operator. */
export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** An empty name is an omitted optional input. */
  readonly inputs: readonly string[];
  /** An empty name is an unused output. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** Floats are float32. Integers are 64 bits wide in ONNX, and must be safe integers here. */
export type OnnxAttribute =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: OnnxTensor }
  | { readonly type: 'graph'; readonly value: OnnxGraph };

/** A constant tensor. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** One of {@link DataType}. */
  readonly dataType: number;
  /** The elements in row-major order, little-endian. They may start at any offset of the buffer. */
  readonly rawData: Uint8Array;
  /** The location of the elements if they are in another file; `rawData` is then not written. */
  readonly external?: ExternalData;
}

/** A range of a file next to that of the model. */
export interface ExternalData {
  /** The path of the file, relative to the folder of the model. */
  readonly location: string;
  /** In bytes, like the length. */
  readonly offset: number;
  readonly length: number;
}

/** The name and type of a value. */
export interface OnnxValueInfo {
  readonly name: string;
  /** One of {@link DataType}; `UNDEFINED` for a value that is not a tensor. */
  readonly dataType: number;
  /** Sizes, names of unknown sizes, or null for unnamed unknown sizes; null as a whole for an unknown rank. */
  readonly dims: readonly (number | string | null)[] | null;
}
