import { Tensor } from '../../../core/tensor.ts';
import type { RowShare, Trace } from '../../../compiler/graph/trace.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';

/** The numbers of rows in a step of several processes, which its programs read. */
export class Share {
  readonly #part = scalar('part');
  readonly #inverse = scalar('inverse');
  readonly #present = scalar('present');
  readonly #rows = scalar('rows');

  /** Sets the numbers to those of a batch. */
  set({ share, size }: Pick<Batch, 'share' | 'size'>): void {
    const { rows, of } = share ?? { rows: size, of: size };
    const assign = (variable: Variable, value: number): void => {
      if (variable.value.item() !== value) variable.assign(new Tensor(Float64Array.of(value), []));
    };
    assign(this.#part, rows / of);
    assign(this.#inverse, rows === 0 ? 0 : of / rows);
    assign(this.#present, rows === 0 ? 0 : 1);
    assign(this.#rows, of);
  }

  get variables(): readonly Variable[] {
    return [this.#part, this.#inverse, this.#present, this.#rows];
  }

  /** The numbers as values of a trace, float64 scalars. */
  in(trace: Trace): RowShare {
    return {
      part: trace.read(this.#part),
      inverse: trace.read(this.#inverse),
      present: trace.read(this.#present),
      rows: trace.read(this.#rows),
    };
  }
}

function scalar(name: string): Variable {
  return new Variable(new Tensor(Float64Array.of(1), []), { name, path: `share/${name}`, trainable: false });
}
