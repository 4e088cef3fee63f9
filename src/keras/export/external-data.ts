import type { OnnxGraph } from '../../compiler/onnx/index.ts';

/** The bytes of a file next to the model, in successive pieces. */
export interface ExternalFile {
  /** The name by which the model refers to it, in the same folder. */
  readonly location: string;
  readonly pieces: readonly Uint8Array[];
}

/** Smaller constants stay in the model: a reader may need them to infer shapes. */
const MINIMUM_BYTES = 1024;

/** Offsets of constants are multiples of this, so that runtimes can map the file into memory. */
const ALIGNMENT = 4096;

/** The total size of a graph's constants in bytes. */
export function bytesOf(graph: OnnxGraph): number {
  return graph.initializers.reduce((sum, { rawData }) => sum + rawData.length, 0);
}

/** Moves the large constants of a graph to a separate file. The bytes are copied. */
export function moveOut(graph: OnnxGraph, location: string): { graph: OnnxGraph; file: ExternalFile } {
  const pieces: Uint8Array[] = [];
  let end = 0;
  const initializers = graph.initializers.map((tensor) => {
    const { length } = tensor.rawData;
    if (length < MINIMUM_BYTES) return tensor;
    const gap = (ALIGNMENT - (end % ALIGNMENT)) % ALIGNMENT;
    if (gap > 0) pieces.push(new Uint8Array(gap));
    pieces.push(tensor.rawData.slice());
    const offset = end + gap;
    end = offset + length;
    return { ...tensor, rawData: new Uint8Array(0), external: { location, offset, length } };
  });
  return { graph: { ...graph, initializers }, file: { location, pieces } };
}
