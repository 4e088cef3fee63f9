import type { DType } from '../../core/dtype.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { Variable } from '../../compiler/ir/variable.ts';
import { castTo, toValue } from '../../compiler/builder/operand.ts';
import { add, divide, equal, floor, multiply, where } from '../ops/index.ts';
import { CalledRate, type OptimizerRate, ScheduledRate } from './learning-rate.ts';
import { valueMaths } from './schedules/maths.ts';

/** The variables and settings from which every part of a step is computed. */
export interface StepState {
  /** The number of batches so far. */
  readonly batches: Variable;
  readonly rate: OptimizerRate;
  /** The number of batches per update of the weights; null for one. */
  readonly every: number | null;
}

/** ⌊batches / every⌋ in float64, which represents every count exactly. */
const completed = (batches: Value, every: number): Value => floor(divide(castTo(batches, 'float64'), every));

/** Whether the weights are updated with the batch that follows so many batches. */
function isDueAfter(batches: Value, every: number): Value {
  const count = add(castTo(batches, 'float64'), 1);
  return equal(multiply(completed(count, every), every), count);
}

/** The values that all variables share in one step. */
export class StepContext {
  readonly trace: Trace;
  /** The number of batches per update of the weights; null for one. */
  readonly every: number | null;
  /** The number of updates of the weights so far. */
  readonly iterations: Value;
  /** Whether the weights are updated with this batch; null for always. */
  readonly isDue: Value | null;
  readonly #batches: Value;
  readonly #rate: OptimizerRate;
  readonly #rates = new Map<DType, Value>();

  constructor(trace: Trace, { batches, rate, every }: StepState) {
    this.trace = trace;
    this.every = every;
    this.#batches = trace.read(batches);
    this.#rate = rate;
    this.iterations = every === null ? this.#batches : castTo(completed(this.#batches, every), 'int32');
    this.isDue = every === null ? null : isDueAfter(this.#batches, every);
  }

  /** The learning rate in a type. A schedule is computed in that type, and counts every batch. */
  learningRate(dtype: DType): Value {
    const found = this.#rates.get(dtype) ?? this.#compute(dtype);
    this.#rates.set(dtype, found);
    return found;
  }

  #compute(dtype: DType): Value {
    if (this.#rate instanceof ScheduledRate) {
      const rate = this.#rate.schedule.call(castTo(this.#batches, dtype), valueMaths(dtype));
      return castTo(toValue(rate, dtype), dtype);
    }
    return castTo(this.trace.read(this.#rate instanceof CalledRate ? this.#rate.variable : this.#rate), dtype);
  }

  /** The new value of a variable that stays as it is while gradients accumulate. */
  ifDue(variable: Variable, value: Value): Value {
    return this.isDue === null ? value : where(this.isDue, value, this.trace.read(variable));
  }

  /** Sets the new value of a variable that stays as it is while gradients accumulate. */
  update(variable: Variable, value: Value): void {
    this.trace.update(variable, this.ifDue(variable, value));
  }
}
