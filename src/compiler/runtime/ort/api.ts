/** The common part of onnxruntime-node and onnxruntime-web: both implement the interface of onnxruntime-common. */
export type Ort = Pick<typeof import('onnxruntime-common'), 'InferenceSession' | 'Tensor' | 'env'>;

/** Wraps an error of the engine: its message names the node that failed, and thereby the layer. */
export function engineError(cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`[runtime] the engine failed: ${message}`, { cause });
}
