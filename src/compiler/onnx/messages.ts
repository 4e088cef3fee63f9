/** The codes by which ONNX names element types. */
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

/** A file: one graph, and which versions of which operator sets it is written in. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsetImports: readonly OnnxOpset[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}

export interface OnnxOpset {
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly version: number;
}

export interface OnnxGraph {
  readonly name: string;
  /** In an order in which every value is made before it is used. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** What is known of the values between. */
  readonly valueInfos?: readonly OnnxValueInfo[];
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** An empty name is an input that is left out. */
  readonly inputs: readonly string[];
  /** An empty name is an output that nobody needs. */
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

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** One of {@link DataType}. */
  readonly dataType: number;
  /** The elements in row-major order, little-endian. They may start at any offset of their buffer. */
  readonly rawData: Uint8Array;
  /** Where the elements lie instead, if they are in another file; `rawData` is left out then. */
  readonly external?: ExternalData;
}

/** A part of a file beside the model's. */
export interface ExternalData {
  /** The file's path, from the folder of the model. */
  readonly location: string;
  /** In bytes, as the length. */
  readonly offset: number;
  readonly length: number;
}

export interface OnnxValueInfo {
  readonly name: string;
  /** One of {@link DataType}; `UNDEFINED` for what is not a tensor. */
  readonly dataType: number;
  /** A size, the name of an unknown size, or `null` for an unknown size without a name; all `null` for an unknown rank. */
  readonly dims: readonly (number | string | null)[] | null;
}
