import type { OnnxGraph } from '../../compiler/onnx/index.ts';

/** The bytes of a file beside the model's, in pieces one behind the other. */
export interface ExternalFile {
  /** The name under which the model looks for it, in its own folder. */
  readonly location: string;
  readonly pieces: readonly Uint8Array[];
}

/** Smaller constants stay in the model: whoever reads it may need them to know shapes. */
const LEAST = 1024;

/** Where a constant begins is a multiple of this, so that runtimes can map the file into memory. */
const ALIGNMENT = 4096;

/** How many bytes the constants of a graph have. */
export function bytesOf(graph: OnnxGraph): number {
  return graph.initializers.reduce((sum, { rawData }) => sum + rawData.length, 0);
}

/** The same graph with its large constants in a file of their own. The bytes are copies. */
export function moveOut(graph: OnnxGraph, location: string): { graph: OnnxGraph; file: ExternalFile } {
  const pieces: Uint8Array[] = [];
  let end = 0;
  const initializers = graph.initializers.map((tensor) => {
    const { length } = tensor.rawData;
    if (length < LEAST) return tensor;
    const gap = (ALIGNMENT - (end % ALIGNMENT)) % ALIGNMENT;
    if (gap > 0) pieces.push(new Uint8Array(gap));
    pieces.push(tensor.rawData.slice());
    const offset = end + gap;
    end = offset + length;
    return { ...tensor, rawData: new Uint8Array(0), external: { location, offset, length } };
  });
  return { graph: { ...graph, initializers }, file: { location, pieces } };
}
