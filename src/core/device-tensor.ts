import type { DType } from './dtype.ts';
import type { KnownShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** A device with a memory of its own, such as a GPU. */
export interface Device {
  /** Whether the device and everything in its memory is lost. */
  readonly isLost: boolean;
}

/** A tensor in the memory of a device. */
export interface DeviceTensor {
  readonly shape: KnownShape;
  readonly dtype: DType;
  readonly device: Device;
  /** Copies the elements to the host. */
  read(): Promise<Tensor>;
  /** Frees the memory when the runs that have been started are done. */
  dispose(): void;
}
