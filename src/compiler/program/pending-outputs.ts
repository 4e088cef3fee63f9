import type { DeviceTensor } from '../../core/device-tensor.ts';
import { Tensor } from '../../core/tensor.ts';

/** Outputs of a run that stay in the memory of a device until they are read, which waits for the run to end there. */
export class PendingOutputs {
  readonly #returned: Readonly<Record<string, Tensor | DeviceTensor>>;
  readonly #unpack: (returned: Readonly<Record<string, Tensor>>) => readonly Tensor[];

  /**
   * @param returned the outputs of the model by name
   * @param unpack finds the outputs of the graph in them
   */
  constructor(
    returned: Readonly<Record<string, Tensor | DeviceTensor>>,
    unpack: (returned: Readonly<Record<string, Tensor>>) => readonly Tensor[],
  ) {
    this.#returned = returned;
    this.#unpack = unpack;
  }

  /** Copies the outputs to the host, and frees their memory on the device. */
  async read(): Promise<readonly Tensor[]> {
    const copies: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(this.#returned)) {
      copies[name] = value instanceof Tensor ? value : await value.read();
    }
    this.dispose();
    return this.#unpack(copies);
  }

  /** Frees the memory on the device of outputs that nobody needs. */
  dispose(): void {
    for (const value of Object.values(this.#returned)) if (!(value instanceof Tensor)) value.dispose();
  }
}
