import type { DType } from '../../../core/dtype.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { allocate } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Variable } from '../../../compiler/ir/variable.ts';

/** The states that a stateful layer keeps between batches: no weights, which are neither trained nor saved. */
export class SequenceState {
  readonly #variables: readonly Variable[];

  constructor(path: string, shapes: readonly KnownShape[], dtype: DType) {
    this.#variables = shapes.map((shape) => {
      const zeros = new Tensor(allocate(dtype, sizeOf(shape)), shape, dtype);
      return new Variable(zeros, { name: 'rnn_state', path: `${path}/rnn_state`, trainable: false });
    });
  }

  /** The variables that the layer's programs read and write. */
  get trackedState(): readonly Variable[] {
    return this.#variables;
  }

  /** Sets all states to 0. */
  reset(): void {
    for (const variable of this.#variables) {
      variable.assign(new Tensor(allocate(variable.dtype, sizeOf(variable.shape)), variable.shape, variable.dtype));
    }
  }
}
