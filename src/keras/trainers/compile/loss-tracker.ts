import type { DType } from '../../../core/dtype.ts';
import { Tensor } from '../../../core/tensor.ts';
import { allocate } from '../../../core/dtype.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { add, cast, divide, maximum, multiply } from '../../ops/index.ts';

/** The mean of the losses of batches, weighted by their numbers of rows. */
export class LossTracker {
  readonly name: string;
  readonly #total: Variable;
  readonly #count: Variable;

  constructor(name: string, dtype: DType) {
    const zero = (): Tensor => new Tensor(allocate(dtype, 1), [], dtype);
    this.name = name;
    this.#total = new Variable(zero(), { name: 'total', path: `${name}/total`, trainable: false });
    this.#count = new Variable(zero(), { name: 'count', path: `${name}/count`, trainable: false });
  }

  get variables(): readonly Variable[] {
    return [this.#total, this.#count];
  }

  updateState(trace: Trace, loss: Value, given: number | Value): void {
    const value = cast(loss, this.#total.dtype);
    const rows = typeof given === 'number' ? given : cast(given, this.#total.dtype);
    trace.update(this.#total, add(trace.read(this.#total), multiply(value, rows)));
    trace.update(this.#count, add(trace.read(this.#count), rows));
  }

  result(trace: Trace): Value {
    return divide(trace.read(this.#total), maximum(trace.read(this.#count), 1));
  }

  resetState(): void {
    for (const variable of this.variables) variable.assign(new Tensor(allocate(variable.dtype, 1), [], variable.dtype));
  }
}
