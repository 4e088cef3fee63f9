import type { DType, TypedArray } from './dtype.ts';
import type { KnownShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** A device with a memory of its own, such as a GPU, or the thread of a worker. */
export interface Device {
  /** Whether the device and everything in its memory is lost. */
  readonly isLost: boolean;
  /** Takes the memory of a copy that is no longer needed, for later ones. The array is empty afterwards. */
  reuse?(copy: TypedArray): void;
}

/** A tensor in the memory of a device. */
export interface DeviceTensor {
  readonly shape: KnownShape;
  readonly dtype: DType;
  readonly device: Device;
  /** A copy of the elements on the host that came with the tensor; null if they must be read. */
  readonly copy: Tensor | null;
  /** Copies the elements to the host. */
  read(): Promise<Tensor>;
  /** Frees the memory when the runs that have been started are done. */
  dispose(): void;
}
