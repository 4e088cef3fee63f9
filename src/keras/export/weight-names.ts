import type { Tensor } from '../../core/tensor.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { OnnxTensor } from '../../compiler/onnx/index.ts';
import type { FoldedWeights } from '../../compiler/passes/index.ts';

/** The weights that constants were made from. */
export class WeightNames {
  /** Weights that were folded already, shared by all samples of a model. */
  readonly folded: FoldedWeights = new WeakMap();
  readonly #paths = new WeakMap<object, string>();

  constructor(weights: readonly Variable[]) {
    for (const { buffer, path } of weights) this.#paths.set(buffer.buffer, path);
  }

  /** Records that a tensor was made from another. */
  derive(made: Tensor, from: Tensor): void {
    const path = this.#paths.get(from.data.buffer);
    if (path !== undefined) this.#paths.set(made.data.buffer, path);
  }

  /** The path of the weight that an initializer was made from; `null` for others. */
  of({ rawData }: OnnxTensor): string | null {
    return this.#paths.get(rawData.buffer) ?? null;
  }
}
