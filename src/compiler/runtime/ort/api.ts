/** The part that onnxruntime-node and onnxruntime-web have in common: both have the interface of onnxruntime-common. */
export type Ort = Pick<typeof import('onnxruntime-common'), 'InferenceSession' | 'Tensor' | 'env'>;

/** What the engine said, as one of our errors: its text names the node that failed, and so the layer. */
export function engineError(cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new Error(`[runtime] the engine failed: ${text}`, { cause });
}
