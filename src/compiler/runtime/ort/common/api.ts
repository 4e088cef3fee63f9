/** The common part of onnxruntime-node and onnxruntime-web: both implement the interface of onnxruntime-common. */
export type Ort = Pick<typeof import('onnxruntime-common'), 'InferenceSession' | 'Tensor' | 'env'>;

/** The device of an engine, as far as errors say something about it. */
export interface LosableDevice {
  readonly lostBecause: string | null;
  lose(reason: string): void;
}

/** Wraps an error of the engine: its message names the node that failed, and thereby the layer. */
export function engineError(cause: unknown, device: LosableDevice | null = null): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  // A copy to the device is a session, whose error is complete.
  if (cause instanceof Error && message.startsWith('[runtime]')) return cause;
  if (device !== null && /device (was|is) lost|lost device/i.test(message)) device.lose(message);
  if (device !== null && device.lostBecause !== null) {
    return new Error(
      `[runtime] the GPU's device is lost: ${device.lostBecause}. Weights and state have the values that were last fetched from it, by fit at the end of an epoch or by syncState. Continue on another engine, setEngine('auto'), or in a new process or page.`,
      { cause },
    );
  }
  return new Error(`[runtime] the engine failed: ${message}`, { cause });
}
