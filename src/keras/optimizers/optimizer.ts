import type { Config, Json } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { snakeCase, uniqueName } from '../../core/names.ts';
import { checkString } from '../../core/checks.ts';
import { optionsOf, serializeFunction } from '../saving/registry.ts';
import { Tensor, tensor } from '../../core/tensor.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { Variable } from '../../compiler/graph/variable.ts';
import { add, divide, multiply, subtract } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { clipGradients } from './clipping.ts';
import { averageOf, gathered, overwritten } from './averaging.ts';
import { type FlatGroup, flattened, groupVariables, joinSlots, readFlat, unflattened } from './flat-group.ts';
import { CalledRate, type LearningRate, ScheduledRate } from './learning-rate.ts';
import { type OptimizerOptions, type Settings, checkLearningRate, readLearningRate, readSettings } from './options.ts';
import { serialize as serializeSchedule } from './schedules/resolve.ts';
import { SharedStep, UpdateStep } from './update-step.ts';

/** A weight brought back to where it may be, or null if it may be anywhere. */
export type ConstraintOf = (variable: Variable) => ((w: Value) => Value) | null;

/** Which variables no weight decay touches. */
export interface WeightDecayExclusion {
  /** The variables themselves. */
  varList?: readonly Variable[] | null;
  /** Regular expressions; a variable whose name one of them is found in is excluded. */
  varNames?: readonly string[] | null;
}

/**
 * Maps gradients to updates of variables. One's own extends this class, names its slots, and gives `updateStep` and
 * `getConfig`.
 *
 * @example
 * class SignDescent extends Optimizer {
 *   constructor(options = {}) { super('SignDescent', options, { learningRate: 0.01, name: 'sign_descent' }); }
 *   updateStep(gradient, value, step) {
 *     return ops.subtract(value, ops.multiply(ops.sign(gradient), step.learningRate));
 *   }
 * }
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new SignDescent(), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;   // [[0.99]]
 * @see https://keras.io/api/optimizers/
 */
export abstract class Optimizer {
  /** What it is called. */
  readonly name: string;
  /** How many steps were made, those that only gathered gradients included: int32. */
  readonly iterations: Variable;
  protected readonly settings: Settings;
  readonly #who: string;
  readonly #learningRate: Variable | ScheduledRate | CalledRate;
  readonly #variables: Variable[] = [];
  readonly #slots = new Map<string, Map<Variable, Variable>>();
  readonly #common = new Map<string, Variable>();
  #trainable: readonly Variable[] | null = null;
  #hasSwapped = false;
  #flat: readonly FlatGroup[] = [];
  #excluded: (variable: Variable) => boolean = () => false;

  constructor(who: string, options: OptimizerOptions, defaults: { learningRate: number; name?: string }) {
    this.#who = who;
    this.settings = readSettings(who, options);
    this.name = checkString(who, 'name', options.name ?? uniqueName(defaults.name ?? snakeCase(who)));
    const rate = readLearningRate(who, options.learningRate ?? defaults.learningRate);
    this.iterations = this.#addVariable('iteration', new Tensor(new Int32Array(1), []));
    if (typeof rate === 'number') this.#learningRate = this.#addVariable('learning_rate', tensor(rate));
    else if (typeof rate === 'function') this.#learningRate = new CalledRate(who, rate, `${this.name}/learning_rate`);
    else this.#learningRate = new ScheduledRate(who, rate, this.iterations);
  }

  /**
   * Called before each step that `fit` and `trainOnBatch` make: a learning rate that is a function is called.
   * @throws ValueError if it does not return a finite number.
   */
  beforeStep(): void {
    if (this.#learningRate instanceof CalledRate) this.#learningRate.refresh();
  }

  /** The state: the number of steps, the learning rate if it is neither a schedule nor a function, then the slots. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** The size of a step, as it is now. Set it to a number to change it between steps, unless a schedule or a function says it. */
  get learningRate(): LearningRate {
    return this.#learningRate;
  }

  set learningRate(value: number | LearningRate) {
    const given: unknown = value;
    const isRate = given instanceof Variable || given instanceof ScheduledRate || given instanceof CalledRate;
    const rate: unknown = isRate ? given.value.item() : given;
    if (this.#learningRate instanceof Variable) this.#learningRate.assign(checkLearningRate(this.#who, rate));
    else this.#learningRate.assign();
  }

  /** Whether the slots are made. */
  get built(): boolean {
    return this.#trainable !== null;
  }

  /** The names of the slots that a variable has; the slots of one group follow each other variable by variable. */
  protected slotGroups(_variable: Variable): readonly (readonly string[])[] {
    return [];
  }

  /** What a slot of a variable holds at first: a number everywhere, in the variable's shape, or an array of any shape. */
  protected slotStart(_slot: string, _variable: Variable): number | Tensor {
    return 0;
  }

  /**
   * Whether `updateStep` computes each element of a variable from that of its gradient, value and slots alone, by operators
   * enough for small variables to be moved together. What extends a class may do something else: it says so itself.
   */
  protected get movesElements(): boolean {
    return false;
  }

  /** How much of a variable, times the learning rate, goes at each step; null for nothing. */
  protected weightDecayOf(_variable: Variable): number | null {
    return this.settings.weightDecay;
  }

  /** The names of scalars that all variables share, and what they are at first: see `UpdateStep.advance`. */
  protected commonState(): Readonly<Record<string, number>> {
    return {};
  }

  /** The variable after a step from its value, which decay may have made smaller. Slots are read and written in `step`. */
  protected abstract updateStep(gradient: Value, value: Value, step: UpdateStep): Value;

  /** Makes the slots of these variables. Later calls do nothing. */
  build(variables: readonly Variable[]): void {
    if (this.#trainable !== null) return;
    this.#trainable = [...variables];
    const { gradientAccumulationSteps, useEma } = this.settings;
    const own = [
      ...(useEma ? ['average'] : []),
      ...(gradientAccumulationSteps === null ? [] : ['gradient_accumulator']),
    ];
    for (const slot of own) for (const variable of variables) this.#addSlot(slot, variable, 0);
    const groups = variables.map((variable) => this.slotGroups(variable));
    for (let i = 0; i < Math.max(0, ...groups.map(({ length }) => length)); i++) {
      for (const [k, variable] of variables.entries()) {
        for (const slot of groups[k]?.[i] ?? []) this.#addSlot(slot, variable, this.slotStart(slot, variable));
      }
    }
    if (this.movesElements && gradientAccumulationSteps === null) this.#joinSlots(variables);
    for (const [name, start] of Object.entries(this.commonState())) {
      this.#common.set(name, this.#addVariable(name, tensor(start), variables[0]));
    }
  }

  #joinSlots(variables: readonly Variable[]): void {
    this.#flat = groupVariables(variables, (variable) => {
      const decay = this.#excluded(variable) ? null : this.weightDecayOf(variable);
      return `${decay} ${JSON.stringify(this.slotGroups(variable))}`;
    });
    for (const group of this.#flat) {
      for (const slot of this.slotGroups(group.members[0] ?? group.key).flat()) {
        const slots = this.#slots.get(slot);
        slots?.set(group.key, joinSlots(group, slots, `${this.name}/${slot}`));
      }
    }
  }

  #addSlot(slot: string, variable: Variable, start: number | Tensor): void {
    const first =
      typeof start === 'number' ? new Tensor(new Float64Array(variable.size).fill(start), variable.shape) : start;
    const name = `${variable.path.replaceAll('/', '_')}_${slot}`;
    const slots = this.#slots.get(slot) ?? new Map<Variable, Variable>();
    slots.set(variable, this.#addVariable(name, first, variable));
    this.#slots.set(slot, slots);
  }

  #addVariable(name: string, initial: Tensor, like?: Variable): Variable {
    const options = { name, path: `${this.name}/${name}`, trainable: false };
    const made = new Variable(initial, like === undefined ? options : { ...options, dtype: like.dtype });
    this.#variables.push(made);
    return made;
  }

  /**
   * Says, before the optimizer is built, which variables no weight decay touches.
   * @throws ValueError if it is built.
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

  /** The loss that is differentiated: times lossScaleFactor, which `apply` takes out of the gradients again. */
  scaleLoss(loss: Value): Value {
    const { lossScaleFactor } = this.settings;
    return lossScaleFactor === null ? loss : multiply(loss, lossScaleFactor);
  }

  /**
   * Says what the variables, and the state of the optimizer, are after a step: gradients are clipped, weights decay, are
   * moved, averaged, and brought back to where constraints allow them to be.
   *
   * @returns what the user should be warned of: variables without a gradient, which stay as they are.
   * @throws ValueError if no variable has a gradient, or one is not among those the optimizer was built with.
   */
  apply(
    trace: Trace,
    gradients: readonly (Value | null)[],
    variables: readonly Variable[],
    options: { readonly constraintOf?: ConstraintOf } = {},
  ): readonly string[] {
    if (variables.length === 0) return [];
    this.build(variables);
    this.#checkKnown(variables);
    const missing = variables.filter((_, i) => (gradients[i] ?? null) === null);
    if (missing.length === variables.length) throw this.#noGradients(variables);
    const moved = variables.filter((variable) => !missing.includes(variable));
    const given = gradients.filter((gradient) => gradient !== null);
    const next = this.#move(trace, moved, this.#unscaled(given));
    for (const [variable, value] of next) {
      const constraint = moved.includes(variable) ? (options.constraintOf?.(variable) ?? null) : null;
      trace.update(variable, constraint === null ? value : castTo(constraint(value), variable.dtype));
    }
    trace.update(this.iterations, add(trace.read(this.iterations), 1));
    if (missing.length === 0) return [];
    const paths = missing.map((variable) => variable.path).join(', ');
    return [
      `[${this.#who}] there are no gradients for ${paths}: these variables stay as they are. Does the loss depend on them?`,
    ];
  }

  #unscaled(gradients: readonly Value[]): readonly Value[] {
    const { lossScaleFactor } = this.settings;
    return lossScaleFactor === null ? gradients : gradients.map((gradient) => divide(gradient, lossScaleFactor));
  }

  /** The new values of all variables that change. */
  #move(trace: Trace, variables: readonly Variable[], gradients: readonly Value[]): ReadonlyMap<Variable, Value> {
    const { emaMomentum, emaOverwriteFrequency, gradientAccumulationSteps: every, useEma } = this.settings;
    const rate = this.#learningRate;
    const learningRate =
      rate instanceof ScheduledRate ? rate.schedule : rate instanceof CalledRate ? rate.variable : rate;
    const state = { iterations: this.iterations, learningRate, slots: this.#slots, common: this.#common, every };
    const shared = new SharedStep(trace, state);
    const typed = gradients.map((gradient, i) => castTo(gradient, variables[i]?.dtype ?? gradient.dtype));
    const clipped = clipGradients(gathered(shared, variables, typed), this.settings);
    const gradientOf = new Map(variables.map((variable, i) => [variable, clipped[i]] as const));
    const next = new Map(this.#moveTogether(shared, gradientOf));
    for (const [variable, gradient] of gradientOf) {
      if (gradient === undefined || next.has(variable)) continue;
      const step = new UpdateStep(shared, variable);
      const value = this.#decayed(trace.read(variable), step);
      next.set(variable, shared.ifDue(variable, this.updateStep(gradient, value, step)));
    }
    if (!useEma) return next;
    for (const variable of this.#trainable ?? []) {
      const step = new UpdateStep(shared, variable);
      const value = next.get(variable) ?? trace.read(variable);
      const average = averageOf(value, step, emaMomentum);
      if (emaOverwriteFrequency !== null) next.set(variable, overwritten(value, average, step, emaOverwriteFrequency));
    }
    return next;
  }

  /** The variables of groups of which all have a gradient. */
  #moveTogether(
    shared: SharedStep,
    gradientOf: ReadonlyMap<Variable, Value | undefined>,
  ): ReadonlyMap<Variable, Value> {
    return new Map(
      this.#flat.flatMap((group) => {
        const [first] = group.members;
        const gradients = group.members.flatMap((variable) => gradientOf.get(variable) ?? []);
        if (first === undefined || gradients.length < group.members.length) return [];
        const step = new UpdateStep(shared, group.key);
        const value = this.#decayed(readFlat(group, shared.trace), step, first);
        return unflattened(group, this.updateStep(flattened(gradients), value, step));
      }),
    );
  }

  #decayed(value: Value, step: UpdateStep, variable: Variable = step.variable): Value {
    const weightDecay = this.weightDecayOf(variable);
    if (weightDecay === null || this.#excluded(variable)) return value;
    return multiply(
      value,
      step.scalar(`decay by ${weightDecay}`, () => subtract(1, multiply(step.learningRate, weightDecay))),
    );
  }

  #checkKnown(variables: readonly Variable[]): void {
    const unknown = variables.find((variable) => this.#trainable?.includes(variable) !== true);
    if (unknown === undefined) return;
    throw new ValueError(
      `[${this.#who}] an optimizer can only move the variables that it was built with. Received: ${unknown.path}. Make a new optimizer for other variables.`,
    );
  }

  #noGradients(variables: readonly Variable[]): ValueError {
    const paths = variables.map((variable) => variable.path).join(', ');
    return new ValueError(
      `[${this.#who}] no gradients provided for any variable. Received: variables ${paths}. The loss must depend on them.`,
    );
  }

  /** With useEma, makes the weights their averages: what training ends with. */
  finalizeVariableValues(): void {
    for (const [variable, average] of this.#slots.get('average') ?? []) {
      if (this.#hasSwapped) average.assign(variable.value);
      else variable.assign(average.value);
    }
    this.#hasSwapped = false;
  }

  /** Whether the weights have the values of their averages now, and the averages those of the weights. */
  get hasSwappedAverages(): boolean {
    return this.#hasSwapped;
  }

  /**
   * With useEma, gives the weights the values of their averages, and the averages those of the weights; done again, it
   * brings both back.
   *
   * @throws ValueError if there are no averages.
   */
  swapAverages(): void {
    const averages = this.#slots.get('average');
    if (averages === undefined) {
      throw new ValueError(
        this.settings.useEma
          ? `[${this.#who}] there are no moving averages of the weights before the first step. Train first.`
          : `[${this.#who}] there are no moving averages of the weights. Received: useEma=false. Make the optimizer with useEma: true.`,
      );
    }
    for (const [variable, average] of averages) {
      const value = variable.value;
      variable.assign(average.value);
      average.assign(value);
    }
    this.#hasSwapped = !this.#hasSwapped;
  }

  /** Keras's JSON: the arguments to make this optimizer again, with the learning rate as it is now. */
  getConfig(): Config {
    const { settings } = this;
    const rate = this.#learningRate;
    return {
      name: this.name,
      learning_rate: rateConfig(rate, this.#who),
      weight_decay: settings.weightDecay,
      clipnorm: settings.clipnorm,
      global_clipnorm: settings.globalClipnorm,
      clipvalue: settings.clipvalue,
      use_ema: settings.useEma,
      ema_momentum: settings.emaMomentum,
      ema_overwrite_frequency: settings.emaOverwriteFrequency,
      loss_scale_factor: settings.lossScaleFactor,
      gradient_accumulation_steps: settings.gradientAccumulationSteps,
    };
  }

  /** Makes an optimizer from what `getConfig` gave. */
  static fromConfig(this: new (options: never) => Optimizer, config: Config): Optimizer {
    return new this(optionsOf(config) as never);
  }
}

function rateConfig(rate: Variable | ScheduledRate | CalledRate, who: string): Json {
  if (rate instanceof ScheduledRate) return { ...serializeSchedule(rate.schedule) };
  return rate instanceof CalledRate ? { ...serializeFunction(rate.fn, who) } : rate.value.item();
}
