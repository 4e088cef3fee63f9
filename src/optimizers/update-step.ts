import type { DType } from '../core/dtype.ts';
import type { Trace } from '../graph/trace.ts';
import type { Value } from '../graph/value.ts';
import type { Variable } from '../graph/variable.ts';
import { castTo } from '../ops/operand.ts';

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

  /** How many steps came before this one: int32. */
  get iterations(): Value {
    return this.#shared.iterations;
  }

  /** The learning rate in the type of the variable. */
  get learningRate(): Value {
    return this.scalar('learning rate', () => castTo(this.#shared.learningRate, this.variable.dtype));
  }

  /** The state of a slot of this variable. */
  read(slot: string): Value {
    return this.#shared.trace.read(this.#shared.slot(slot, this.variable));
  }

  /** Says what a slot of this variable is from here on; returns it. */
  write(slot: string, value: Value): Value {
    this.#shared.trace.update(this.#shared.slot(slot, this.variable), value);
    return value;
  }

  /** A scalar that all variables of a type share, made for the first of them. */
  scalar(name: string, make: () => Value): Value {
    return this.#shared.scalar(name, this.variable.dtype, make);
  }
}

/** What the steps of all variables share. */
export class SharedStep {
  readonly trace: Trace;
  readonly iterations: Value;
  readonly learningRate: Value;
  readonly #slots: Slots;
  readonly #scalars = new Map<string, Value>();

  constructor(trace: Trace, state: { iterations: Variable; learningRate: Variable; slots: Slots }) {
    this.trace = trace;
    this.iterations = trace.read(state.iterations);
    this.learningRate = trace.read(state.learningRate);
    this.#slots = state.slots;
  }

  slot(name: string, variable: Variable): Variable {
    const found = this.#slots.get(name)?.get(variable);
    if (found === undefined) throw new RangeError(`${variable.path} has no slot ${name}.`);
    return found;
  }

  scalar(name: string, dtype: DType, make: () => Value): Value {
    const key = `${dtype} ${name}`;
    const found = this.#scalars.get(key) ?? make();
    this.#scalars.set(key, found);
    return found;
  }
}
