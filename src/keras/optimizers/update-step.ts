import type { DType } from '../../core/dtype.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { Variable } from '../../compiler/graph/variable.ts';
import { where } from '../ops/elementwise.ts';
import { castTo, toValue } from '../ops/operand.ts';
import { isDueAfter, movesOf } from './accumulation.ts';
import { valueMaths } from './schedules/maths.ts';
import type { LearningRateSchedule } from './schedules/schedule.ts';

/** The slots of an optimizer: one variable for each name and trainable variable. */
export type Slots = ReadonlyMap<string, ReadonlyMap<Variable, Variable>>;

/**
 * What the step of one variable is computed from, besides its gradient.
 *
 * @example
 * class Momentum extends optimizers.Optimizer {
 *   constructor() { super('Momentum', {}, { learningRate: 0.1 }); }
 *   slotGroups() { return [['speed']]; }
 *   updateStep(gradient, value, step) {
 *     const speed = ops.add(ops.multiply(step.read('speed'), 0.9), gradient);
 *     return ops.subtract(value, ops.multiply(step.write('speed', speed), step.learningRate));
 *   }
 * }
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Momentum(), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;   // [[0.8]]
 * @see https://keras.io/api/optimizers/
 */
export class UpdateStep {
  /** The variable that is updated. */
  readonly variable: Variable;
  readonly #shared: SharedStep;

  constructor(shared: SharedStep, variable: Variable) {
    this.#shared = shared;
    this.variable = variable;
  }

  /** How many times the weights were moved before this step: int32. */
  get iterations(): Value {
    return this.#shared.iterations;
  }

  /** The learning rate in the type of the variable. */
  get learningRate(): Value {
    const { dtype } = this.variable;
    return this.scalar('learning rate', () => this.#shared.learningRate(dtype));
  }

  /** The state of a slot of this variable. */
  read(slot: string): Value {
    return this.#shared.trace.read(this.#shared.slot(slot, this.variable));
  }

  /** Says what a slot of this variable is from here on; returns it. */
  write(slot: string, value: Value): Value {
    this.#shared.update(this.#shared.slot(slot, this.variable), value);
    return value;
  }

  /** Like `write`, and also where gradients are only gathered and the weights do not move. */
  writeAlways(slot: string, value: Value): Value {
    this.#shared.trace.update(this.#shared.slot(slot, this.variable), value);
    return value;
  }

  /** Moves on, once in a step, state that all variables share; returns what it is from here on. */
  advance(state: string, next: (last: Value) => Value): Value {
    return castTo(this.#shared.advance(state, next), this.variable.dtype);
  }

  /** A scalar that all variables of a type share, made for the first of them. */
  scalar(name: string, make: () => Value): Value {
    return this.#shared.scalar(name, this.variable.dtype, make);
  }
}

/** What the steps of all variables start from. */
export interface StepState {
  readonly iterations: Variable;
  readonly learningRate: Variable | LearningRateSchedule;
  readonly slots: Slots;
  /** State that all variables share, by its name. */
  readonly common: ReadonlyMap<string, Variable>;
  /** After how many batches, each time, the weights move. */
  readonly every: number | null;
}

/** What the steps of all variables share. */
export class SharedStep {
  readonly trace: Trace;
  /** How many times the weights were moved before. */
  readonly iterations: Value;
  /** Whether they move with this batch; null for always. */
  readonly isDue: Value | null;
  /** After how many batches, each time, they move; null for after each. */
  readonly every: number | null;
  readonly #state: StepState;
  readonly #scalars = new Map<string, Value>();
  readonly #advanced = new Map<string, Value>();

  constructor(trace: Trace, state: StepState) {
    this.trace = trace;
    this.every = state.every;
    this.#state = state;
    const batches = trace.read(state.iterations);
    this.iterations = state.every === null ? batches : movesOf(batches, state.every);
    this.isDue = state.every === null ? null : isDueAfter(batches, state.every);
  }

  slot(name: string, variable: Variable): Variable {
    const found = this.#state.slots.get(name)?.get(variable);
    if (found === undefined) throw new RangeError(`${variable.path} has no slot ${name}.`);
    return found;
  }

  /** A schedule is computed in the type asked for, and counts every batch. */
  learningRate(dtype: DType): Value {
    const { learningRate, iterations } = this.#state;
    if (learningRate instanceof Variable) return castTo(this.trace.read(learningRate), dtype);
    const step = castTo(this.trace.read(iterations), dtype);
    return castTo(toValue(learningRate.call(step, valueMaths(dtype)), dtype), dtype);
  }

  /** What a variable is after the step: it stays as it is where the weights do not move. */
  ifDue(variable: Variable, value: Value): Value {
    return this.isDue === null ? value : where(this.isDue, value, this.trace.read(variable));
  }

  update(variable: Variable, value: Value): void {
    this.trace.update(variable, this.ifDue(variable, value));
  }

  advance(name: string, next: (last: Value) => Value): Value {
    const known = this.#advanced.get(name);
    if (known !== undefined) return known;
    const variable = this.#state.common.get(name);
    if (variable === undefined) throw new RangeError(`there is no shared state ${name}.`);
    const value = next(this.trace.read(variable));
    this.update(variable, value);
    this.#advanced.set(name, value);
    return value;
  }

  scalar(name: string, dtype: DType, make: () => Value): Value {
    const key = `${dtype} ${name}`;
    const found = this.#scalars.get(key) ?? make();
    this.#scalars.set(key, found);
    return found;
  }
}
