import type { Config } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { snakeCase, uniqueName } from '../../core/names.ts';
import { warn } from '../../core/print.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { type Trace, traceOf } from '../../compiler/graph/trace.ts';
import { Value } from '../../compiler/ir/value.ts';
import { Variable } from '../../compiler/ir/variable.ts';
import { castTo } from '../../compiler/builder/operand.ts';
import { add, divide, multiply } from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { classNameOf } from '../saving/class-name.ts';
import { type Fields, argumentsOf, readFields, writeFields } from '../saving/fields.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { accumulate } from './accumulation.ts';
import { checkGradients, missingGradients } from './check-gradients.ts';
import { clipGradients } from './clipping.ts';
import { type Constraints, EagerSteps } from './eager-steps.ts';
import {
  CalledRate,
  type LearningRate,
  type LearningRateOption,
  type OptimizerRate,
  ScheduledRate,
  checkLearningRate,
} from './learning-rate.ts';
import { moveUnits } from './move.ts';
import { updateAverages } from './moving-average.ts';
import { type OptimizerOptions, checkCombination, optimizerFields } from './options.ts';
import { OptimizerState } from './state.ts';
import { StepContext } from './step-context.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';
import { LearningRateSchedule } from './schedules/schedule.ts';
import { withWeightDecay } from './weight-decay.ts';

/** The variables to which no weight decay is applied. */
export interface WeightDecayExclusion {
  /** The variables themselves. */
  varList?: readonly Variable[] | null;
  /** Regular expressions; a variable is excluded if one of them matches in its name. */
  varNames?: readonly string[] | null;
}

/** Options of {@link Optimizer.apply}. */
export interface ApplyOptions {
  /** The constraints of variables, such as `layer.weightConstraints`. @default none */
  readonly constraints?: Constraints;
}

/** The members of a class of optimizers that do not depend on an instance. */
interface OptimizerClass<T extends Optimizer> {
  readonly className: string;
  readonly name: string;
  readonly fields: Fields;
  readonly elementwise: boolean;
  readonly slotOrder: readonly (readonly string[])[];
  new (...args: never[]): T;
}

/**
 * Maps gradients to updates of variables. A custom optimizer extends this class with `slots`, the state that it keeps for
 * each variable, and `step`, a pure function from a gradient, a value and the slots to the new value and the new slots.
 *
 * @example
 * class Momentum extends Optimizer {
 *   constructor({ momentum = 0.9, ...options } = {}) {
 *     super({ learningRate: 0.01, ...options });
 *     this.momentum = momentum;
 *   }
 *   slots() {
 *     return { velocity: 0 };
 *   }
 *   step({ gradient, value, slots, learningRate }) {
 *     const velocity = ops.subtract(ops.multiply(slots.velocity, this.momentum), ops.multiply(gradient, learningRate));
 *     return { value: ops.add(value, velocity), slots: { velocity } };
 *   }
 *   getConfig() {
 *     return { ...super.getConfig(), momentum: this.momentum };
 *   }
 * }
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Momentum({ learningRate: 0.1, momentum: 0.5 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);    // the gradient is 2
 * await model.trainOnBatch([[1]], [[0]]);    // the gradient is 1.6
 * model.weights[0].value;                    // [[0.54]]
 * @see https://keras.io/api/optimizers/
 */
export abstract class Optimizer<
  Options extends OptimizerOptions = OptimizerOptions,
  Slot extends string = string,
  Order extends readonly unknown[] = readonly ['learningRate'],
> {
  /** The name of the class in errors and default names; a class without one of its own has its JavaScript name. */
  static readonly className: string = 'Optimizer';
  /** The options, in the order of Keras's config. */
  static readonly fields: Fields = optimizerFields(0.001);
  /** The options that can be given by position, in order. */
  static readonly positional: readonly string[] = ['learningRate'];
  /**
   * Whether `step` computes each element of the result from the elements at the same place alone, so that small variables
   * can be moved together as one row. A subclass may override `step`, so this is not inherited: each class declares it.
   */
  static readonly elementwise: boolean = false;
  /**
   * Groups of slots in the order of Keras's files; the slots of one group alternate, variable by variable. Slots that are
   * not listed form the last group.
   */
  static readonly slotOrder: readonly (readonly string[])[] = [];

  /** The optimizer's name. */
  readonly name: string;
  /** Weight decay; null for none. */
  declare readonly weightDecay: number | null;
  /** Maximum norm of each variable's gradient; null for no limit. */
  declare readonly clipnorm: number | null;
  /** Maximum norm of all gradients together; null for no limit. */
  declare readonly globalClipnorm: number | null;
  /** Maximum magnitude of each element of a gradient; null for no limit. */
  declare readonly clipvalue: number | null;
  /** Whether to keep an exponential moving average of the weights. */
  declare readonly useEma: boolean;
  /** Decay rate of the moving average of the weights. */
  declare readonly emaMomentum: number;
  /** Number of steps after which the weights are replaced by their average, repeatedly; null for never. */
  declare readonly emaOverwriteFrequency: number | null;
  /** Number of batches whose gradients are averaged for one update; null for one. */
  declare readonly gradientAccumulationSteps: number | null;
  readonly #who: string;
  readonly #state: OptimizerState;
  readonly #iterations: Variable;
  #rate: OptimizerRate;
  #revision = 0;
  #lossScaleFactor: number | null = null;
  readonly #eager: EagerSteps;
  #hasSwapped = false;
  #excluded: (variable: Variable) => boolean = () => false;

  /** Nothing: tracking does not search optimizers. */
  get trackedState(): readonly never[] {
    return [];
  }

  /** The variables, which files contain for an optimizer in a field of a layer, too. */
  get savedState(): readonly Variable[] {
    return this.variables;
  }

  /** The optimizers in this one, which files contain by themselves, too, by the fields that hold them. */
  get savedChildren(): Readonly<Record<string, Optimizer | readonly Optimizer[]>> {
    return {};
  }

  /** Whether other optimizers make the updates of the weights. */
  get delegates(): boolean {
    return false;
  }

  constructor(...args: Arguments<Options, Order>);
  constructor(options?: Options);
  constructor(...args: readonly unknown[]) {
    const who = classNameOf(new.target);
    const given = takeArguments(new.target, args);
    const { learningRate, name, ...attributes } = readFields(who, new.target.fields, ...given);
    Object.assign(this, attributes);
    checkCombination(who, this);
    this.#who = who;
    this.name = (name as string | null) ?? uniqueName(snakeCase(who));
    this.#state = new OptimizerState(this.name);
    this.#iterations = this.#state.add('iteration', new Tensor(new Int32Array(1), []));
    this.#rate = this.#makeRate(learningRate as LearningRateOption);
    this.#eager = new EagerSteps((...step) => this.applyIn(...step), this);
  }

  #makeRate(rate: LearningRateOption): OptimizerRate {
    if (typeof rate === 'number') return this.#state.add('learning_rate', tensor(rate));
    if (typeof rate === 'function') return new CalledRate(this.#who, rate, `${this.name}/learning_rate`);
    return new ScheduledRate(this.#who, rate, this.iterations);
  }

  /** The number of steps so far, including those that only accumulate gradients: int32. */
  get iterations(): Variable {
    return this.#iterations;
  }

  /** Adds a variable to the state, after those that were added before. */
  protected addVariable(name: string, initial: Tensor): Variable {
    return this.#state.add(name, initial);
  }

  /** The variables that the optimizer moves; null before `build`. */
  protected get trainable(): readonly Variable[] | null {
    return this.#state.trainable;
  }

  get #class(): OptimizerClass<Optimizer> {
    return this.constructor as OptimizerClass<Optimizer>;
  }

  /**
   * The state: the number of steps, the learning rate unless a schedule or a function computes it, and after `build` the
   * slots, in the order of Keras's files.
   */
  get variables(): readonly Variable[] {
    return this.#state.variables;
  }

  /** Changes when steps that were compiled before become stale. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * The current learning rate. Set it to a number to change it between steps, or to a schedule or a function to compute it
   * from then on.
   */
  get learningRate(): LearningRate {
    return this.#rate;
  }

  set learningRate(value: LearningRateOption | LearningRate) {
    const given: unknown = value;
    if (given instanceof LearningRateSchedule || typeof given === 'function') {
      if (this.#rate instanceof Variable) this.#state.remove(this.#rate);
      this.#rate = this.#makeRate(given as LearningRateOption);
      this.#revision++;
      return;
    }
    const isRate = given instanceof Variable || given instanceof ScheduledRate || given instanceof CalledRate;
    const rate: unknown = isRate ? given.value.item() : given;
    if (this.#rate instanceof Variable) this.#rate.assign(checkLearningRate(this.#who, rate));
    else this.#rate.assign();
  }

  /** Factor by which `scaleLoss` multiplies the loss, and by which gradients are divided; null for none. */
  get lossScaleFactor(): number | null {
    return this.#lossScaleFactor;
  }

  set lossScaleFactor(value: number | null) {
    // Compiled steps contain the factor.
    if (value !== this.#lossScaleFactor) this.#revision++;
    this.#lossScaleFactor = value;
  }

  /** Whether the slots have been created. */
  get built(): boolean {
    return this.#state.trainable !== null;
  }

  /**
   * The state that is kept for a variable: the initial value of each slot, a number for all elements of an array of the
   * variable's shape, or a tensor. By default there is none.
   */
  slots(_variable: Variable): SlotStarts {
    return {};
  }

  /** The state that all variables share: scalars, which `step` finds and returns among the slots. By default there is none. */
  sharedSlots(): Readonly<Record<string, number>> {
    return {};
  }

  /**
   * Computes a variable's new value, and new values of its slots, from its gradient. A pure function of symbolic values:
   * it is called when a training step is compiled, once for each variable.
   */
  abstract step(input: StepInput<Slot>): StepResult<Slot>;

  /** The weight decay of a variable that is not excluded from it; null for none. */
  protected decayOf(_variable: Variable): number | null {
    return this.weightDecay;
  }

  #decayOf(variable: Variable): number | null {
    return this.#excluded(variable) ? null : this.decayOf(variable);
  }

  /** Whether an elementwise step moves a variable together with others, if it is small. */
  protected movesWithOthers(_variable: Variable): boolean {
    return true;
  }

  /** Creates the slots of these variables. Later calls have no effect. */
  build(variables: readonly Variable[]): void {
    if (this.built) return;
    const { elementwise, slotOrder } = this.#class;
    // A class that inherits the flag may override the step.
    const isElementwise = Object.hasOwn(this.constructor, 'elementwise') && elementwise;
    const movesTogether = isElementwise && this.gradientAccumulationSteps === null;
    this.#state.build(variables, {
      slotOrder,
      useEma: this.useEma,
      gradientAccumulationSteps: this.gradientAccumulationSteps,
      slots: (variable) => this.slots(variable),
      sharedSlots: () => this.sharedSlots(),
      kindOf: movesTogether
        ? (variable) => (this.movesWithOthers(variable) ? String(this.#decayOf(variable)) : null)
        : null,
    });
  }

  /**
   * Excludes variables from weight decay. Call it before the optimizer is built.
   * @throws ValueError if the optimizer is built.
   */
  excludeFromWeightDecay({ varList, varNames }: WeightDecayExclusion): void {
    if (this.built) {
      throw new ValueError(
        `[${this.#who}] excludeFromWeightDecay must be called before the optimizer is built. Call it before compile or fit.`,
      );
    }
    const list = new Set(varList ?? []);
    const patterns = (varNames ?? []).map((name) => new RegExp(name));
    this.#excluded = (variable) => list.has(variable) || patterns.some((pattern) => pattern.test(variable.name));
  }

  /** The loss to differentiate: multiplied by `lossScaleFactor`, by which `apply` divides the gradients. */
  scaleLoss(loss: Value): Value {
    return this.#lossScaleFactor === null ? loss : multiply(loss, this.#lossScaleFactor);
  }

  /**
   * Makes one step: updates variables by their gradients, and the state of the optimizer. Within `jit`, gradients are
   * symbolic values, and the step is part of the compiled function; otherwise they are arrays, as `valueAndGrad` returns
   * them, and a promise is returned. Variables whose gradient is null keep their values, with a warning.
   *
   * @param gradients one for each variable, in the same order
   * @throws ValueError if the numbers of gradients and variables differ, a shape differs, every gradient is null, or a
   *   variable is not among those that the optimizer was built with: those of its first step.
   * @example
   * const dense = new layers.Dense(1, { kernelInitializer: 'zeros' });
   * const x = tensor([[0], [1], [2], [3]]);
   * const y = tensor([[1], [3], [5], [7]]);    // y = 2 x + 1
   * await dense.apply(x);                      // creates the weights
   * const variables = dense.trainableWeights;
   * const optimizer = new Adam({ learningRate: 0.1 });
   * const lossOf = (x, y) => ops.mean(ops.square(ops.subtract(dense.apply(x), y)));
   * const lossAndGradients = valueAndGrad(lossOf, { variables });
   * const first = (await lossAndGradients(x, y)).value.item();
   * for (let step = 0; step < 100; step++) {
   *   const { variableGradients } = await lossAndGradients(x, y);
   *   await optimizer.apply(variableGradients, variables);
   * }
   * (await lossAndGradients(x, y)).value.item() < 0.1 * first;    // true
   * // A whole step as one compiled function:
   * const trainStep = jit((x, y) => {
   *   const loss = lossOf(x, y);
   *   optimizer.apply(gradients(loss, variables), variables);
   *   return loss;
   * });
   * for (let step = 0; step < 100; step++) await trainStep(x, y);
   * (await trainStep(x, y)).item() < 0.01 * first;    // true
   * optimizer.iterations.value;                       // 201
   * @see https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/
   */
  apply(
    gradients: readonly (TensorLike | null)[],
    variables: readonly Variable[],
    options?: ApplyOptions,
  ): Promise<void>;
  apply(gradients: readonly (Value | null)[], variables: readonly Variable[], options?: ApplyOptions): void;
  apply(
    gradients: readonly (Value | TensorLike | null)[],
    variables: readonly Variable[],
    options: ApplyOptions = {},
  ): Promise<void> | undefined {
    if (!gradients.some((gradient) => gradient instanceof Value)) {
      return this.#applyArrays(gradients as readonly (TensorLike | null)[], variables, options);
    }
    const values = readValues(this.#who, gradients);
    const trace = traceOf(values.filter((value) => value !== null));
    if (trace === null) {
      throw new ValueError(
        `[${this.#who}] gradients within jit must be computed from the arguments of the compiled function. Received: gradients that depend on none of them. Pass the data as arguments.`,
      );
    }
    this.checkWithinJit(variables);
    for (const warning of this.applyIn(trace, values, variables, options)) warn(warning);
    return undefined;
  }

  async #applyArrays(
    gradients: readonly (TensorLike | null)[],
    variables: readonly Variable[],
    { constraints = new Map() }: ApplyOptions,
  ): Promise<void> {
    if (variables.length === 0 && gradients.length === 0) return;
    const arrays = gradients.map((gradient) => (gradient === null ? null : tensor(gradient)));
    checkGradients(this.#who, arrays, variables, this.#state.trainable);
    this.build(variables);
    this.beforeStep();
    await this.#eager.run(arrays, variables, constraints);
  }

  /**
   * Adds one step to a trace, as `fit` does: the trace then has the new values of the variables and of the state.
   *
   * @returns warnings for the user: variables without a gradient, which keep their values
   * @throws ValueError for the reasons of {@link apply}
   */
  applyIn(
    trace: Trace,
    gradients: readonly (Value | null)[],
    variables: readonly Variable[],
    { constraints = new Map() }: ApplyOptions = {},
  ): readonly string[] {
    if (variables.length === 0 && gradients.length === 0) return [];
    checkGradients(this.#who, gradients, variables, this.#state.trainable);
    this.build(variables);
    const { iterations: batches, gradientAccumulationSteps: every } = this;
    trace.dependOn(this);
    const context = new StepContext(trace, { batches, rate: this.#rate, every });
    const given = new Map(
      variables.flatMap((variable, i) => {
        const gradient = gradients[i] ?? null;
        return gradient === null ? [] : [[variable, castTo(this.#unscaled(gradient), variable.dtype)] as const];
      }),
    );
    const clipped = clipGradients(accumulate(context, given, this.#state.accumulators), this);
    const moved = moveUnits(context, {
      who: this.#who,
      units: this.#state.unitsOf(new Set(clipped.keys())),
      gradients: clipped,
      shared: this.#state.shared,
      stepOf: (variable) => withWeightDecay((input) => this.step(input), this.#decayOf(variable)),
    });
    const next = new Map([...moved, ...updateAverages(context, this.#state.averages, moved, this)]);
    for (const [variable, value] of next) {
      const constraint = moved.has(variable) ? constraints.get(variable) : undefined;
      trace.update(variable, constraint === undefined ? value : castTo(constraint.call(value), variable.dtype));
    }
    trace.update(batches, add(trace.read(batches), 1));
    return missingGradients(this.#who, gradients, variables);
  }

  #unscaled(gradient: Value): Value {
    return this.#lossScaleFactor === null ? gradient : divide(gradient, this.#lossScaleFactor);
  }

  /** @throws ValueError if the learning rate is a function, which the compiled program of a step of these variables cannot call. */
  checkWithinJit(_variables: readonly Variable[]): void {
    if (!(this.#rate instanceof CalledRate)) return;
    throw new ValueError(
      `[${this.#who}] a learning rate within jit must be a number or a schedule. Received: a function, which a compiled program cannot call. Use a LearningRateSchedule.`,
    );
  }

  /**
   * Calls a learning rate that is a function. Called before each step of `fit`, `trainOnBatch` and `apply`.
   * @throws ValueError if it does not return a finite number.
   */
  beforeStep(): void {
    if (this.#rate instanceof CalledRate) this.#rate.refresh();
  }

  /** Replaces the weights by their moving averages, if there are any; `fit` ends with it. */
  finalizeVariableValues(): void {
    for (const [variable, average] of this.#state.averages) {
      if (this.#hasSwapped) average.assign(variable.value);
      else variable.assign(average.value);
    }
    this.#hasSwapped = false;
  }

  /** Whether weights and averages are swapped at present. */
  get hasSwappedAverages(): boolean {
    return this.#hasSwapped;
  }

  /** @throws ValueError if the optimizer keeps no moving averages of the weights. */
  checkAverages(): void {
    if (this.useEma) return;
    throw new ValueError(
      `[${this.#who}] there are no moving averages of the weights. Received: useEma=false. Create the optimizer with useEma: true.`,
    );
  }

  /**
   * Swaps the values of the weights and of their moving averages; a second call swaps them back.
   * @throws ValueError if there are no averages.
   */
  swapAverages(): void {
    this.checkAverages();
    if (!this.built) {
      throw new ValueError(
        `[${this.#who}] there are no moving averages of the weights before the first step. Train first.`,
      );
    }
    for (const [variable, average] of this.#state.averages) {
      const { value } = variable;
      variable.assign(average.value);
      average.assign(value);
    }
    this.#hasSwapped = !this.#hasSwapped;
  }

  /** Keras's config: the options, with the current learning rate. */
  getConfig(): Config {
    return writeFields(this.#who, this.#class.fields, this);
  }

  /** Creates an optimizer from a config. */
  static fromConfig<T extends Optimizer>(
    this: OptimizerClass<T>,
    config: Config,
    context: ReadContext = defaultContext,
  ): T {
    return new this(...(argumentsOf(this.fields, config, context) as never[]));
  }
}

/** @throws TypeError if symbolic values and arrays are mixed. */
function readValues(who: string, gradients: readonly (Value | TensorLike | null)[]): readonly (Value | null)[] {
  return gradients.map((gradient) => {
    if (gradient === null || gradient instanceof Value) return gradient;
    throw new TypeError(
      `[${who}] gradients must be symbolic values or arrays, not both. Received: ${show(gradient)} among symbolic values.`,
    );
  });
}
