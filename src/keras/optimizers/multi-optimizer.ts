import { InternalError, ValueError, show } from '../../core/errors.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { add } from '../ops/index.ts';
import type { Arguments } from '../saving/arguments.ts';
import { classNameOf } from '../saving/class-name.ts';
import { type Fields, constant, field, nullable, number, string } from '../saving/fields.ts';
import { defaultContext } from '../saving/read-context.ts';
import {
  type ConfigObject,
  findCustom,
  functionName,
  isIdentifier,
  serializeFunction,
  serializeWith,
} from '../saving/registry.ts';
import { type Vocabulary, fromVocabulary } from '../saving/vocabulary.ts';
import { checkGradients } from './check-gradients.ts';
import { type ApplyOptions, Optimizer } from './optimizer.ts';
import { OptimizerMap, isOptimizer } from './optimizer-map.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';

/** Returns the optimizer of a variable. */
export type OptimizerSelector = (variable: Variable) => Optimizer;

/** Options of {@link MultiOptimizer}. */
export interface MultiOptimizerOptions {
  /** The optimizers by the paths of variables, or a function that returns the optimizer of a variable. */
  optimizerMap: OptimizerMap | OptimizerSelector | ConfigObject;
  /** Factor by which `scaleLoss` multiplies the loss; it replaces those of the optimizers. @default null */
  lossScaleFactor?: number | null;
  /** The optimizer's name. @default the class's name in snake_case, made unique */
  name?: string | null;
}

/** The options that can be given by position. */
const ORDER = ['optimizerMap', 'lossScaleFactor', 'name'] as const;

/** The classes of maps. */
export const mapVocabulary: Vocabulary<OptimizerMap> = {
  module: 'keras.optimizers',
  kind: 'optimizer map',
  base: OptimizerMap,
  rule: 'optimizerMap must be an OptimizerMap, its config object, or a function that returns the optimizer of a variable',
  classes: { OptimizerMap },
};

const optimizerMap = field<OptimizerMap | OptimizerSelector>({
  read: (who, _option, given) =>
    typeof given === 'function'
      ? (given as OptimizerSelector)
      : fromVocabulary(mapVocabulary, given, who, defaultContext),
  write: (map, who) => ({
    ...(map instanceof OptimizerMap ? serializeWith(mapVocabulary, map) : serializeFunction(map, who)),
  }),
  revive: (json, context) => {
    const name = functionName(json);
    if (name === null)
      return isIdentifier(json) ? fromVocabulary(mapVocabulary, json, 'MultiOptimizer', context) : json;
    const custom = findCustom(context.customObjects, name);
    if (custom !== undefined) return custom;
    throw new TypeError(
      `[MultiOptimizer] the function ${JSON.stringify(name)}, which returns the optimizer of a variable, is unknown. Pass it in customObjects: { ${name} }.`,
    );
  },
});

/** The options of other optimizers, which belong to those in the map. */
function fieldsOfOthers(): Fields {
  const others = Object.entries(optimizerFields(0)).filter(([option]) => !isOption(option));
  return Object.fromEntries(others.map(([option, { byDefault }]) => [option, constant(byDefault)]));
}

const isOption = (option: string): boolean => (ORDER as readonly string[]).includes(option);

/**
 * Lets several optimizers update the weights: each variable has one of them, which an {@link OptimizerMap} or a function
 * assigns by its path when the optimizer is built. Each optimizer counts its own steps and has its own learning rate; one
 * without variables makes no steps. The callbacks that set or report learning rates do so for each of them.
 *
 * @throws TypeError if optimizerMap is neither a map nor a function; ValueError, when it is built, if a function returns a
 *   MultiOptimizer, a LossScaleOptimizer or no optimizer.
 * @example
 * const optimizer = new MultiOptimizer(new OptimizerMap(new SGD({ learningRate: 0.25 }), { '.*bias': new SGD({ learningRate: 1 }) }));
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones' })]);
 * model.compile({ optimizer, loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);    // the gradients are 2
 * model.weights[0].value;                    // [[0.5]]
 * model.weights[1].value;                    // [-2]
 * optimizer.optimizers.map((each) => each.learningRate.value.item());    // [1, 0.25]
 * @see https://keras.io/api/optimizers/
 */
export class MultiOptimizer extends Optimizer<OptimizerOptions & MultiOptimizerOptions, never, typeof ORDER> {
  static override readonly className: string = 'MultiOptimizer';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    optimizerMap,
    lossScaleFactor: nullable(number()),
    name: nullable(string()),
    ...fieldsOfOthers(),
  };

  /** The optimizers by the paths of variables, or the function that returns the optimizer of a variable. */
  declare readonly optimizerMap: OptimizerMap | OptimizerSelector;
  readonly #optimizers = new Set<Optimizer>();
  #assigned: ReadonlyMap<Variable, Optimizer> = new Map();

  constructor(...args: Arguments<MultiOptimizerOptions, typeof ORDER>);
  constructor(options: MultiOptimizerOptions);
  constructor(...args: readonly unknown[]) {
    super(...(args as never));
    const { optimizerMap: map } = this;
    if (map instanceof OptimizerMap) for (const each of [...map.values(), map.defaultOptimizer]) this.#add(each);
  }

  /** Adds an optimizer, whose own scale of the loss would divide the gradients once more. */
  #add(optimizer: Optimizer): void {
    if (this.#optimizers.has(optimizer)) return;
    optimizer.lossScaleFactor = this.lossScaleFactor;
    this.#optimizers.add(optimizer);
  }

  /**
   * The optimizers that update the weights: those of the keys of the map, then its default; those that a function returns are
   * known after `build`.
   */
  get optimizers(): readonly Optimizer[] {
    return [...this.#optimizers];
  }

  override get delegates(): boolean {
    return true;
  }

  /** The state in the order of Keras's files: its own, then that of each optimizer. */
  override get variables(): readonly Variable[] {
    return [...super.variables, ...this.optimizers.flatMap(({ variables }) => variables)];
  }

  /** The optimizers, which files contain once more by themselves. */
  override get savedChildren(): Readonly<Record<string, readonly Optimizer[]>> {
    return { optimizers: this.optimizers };
  }

  override get revision(): number {
    return this.optimizers.reduce((sum, { revision }) => sum + revision, super.revision);
  }

  /** None: each of the optimizers has a learning rate. @throws TypeError always. */
  override get learningRate(): never {
    throw this.#noLearningRate('read');
  }

  override set learningRate(_value: unknown) {
    throw this.#noLearningRate('set');
  }

  #noLearningRate(verb: string): TypeError {
    return new TypeError(
      `[${classNameOf(this.constructor)}] the learning rate of a MultiOptimizer cannot be ${verb}, since each of its optimizers has one. Use those of optimizer.optimizers.`,
    );
  }

  /** Factor by which `scaleLoss` multiplies the loss, also of each optimizer; null for none. */
  override get lossScaleFactor(): number | null {
    return super.lossScaleFactor;
  }

  override set lossScaleFactor(value: number | null) {
    super.lossScaleFactor = value;
    // The constructor of the base sets it before there are any optimizers.
    if (#optimizers in this) for (const each of this.#optimizers) each.lossScaleFactor = value;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    // The optimizers of all variables are known before any is built.
    const assigned = new Map(variables.map((variable) => [variable, this.#select(variable)]));
    super.build(variables);
    for (const each of assigned.values()) this.#add(each);
    for (const each of this.#optimizers) {
      const own = variables.filter((variable) => assigned.get(variable) === each);
      if (own.length > 0) each.build(own);
    }
    this.#assigned = assigned;
  }

  #select(variable: Variable): Optimizer {
    const { optimizerMap: map } = this;
    const selected: unknown = map instanceof OptimizerMap ? map.call(variable) : map(variable);
    if (isOptimizer(selected) && !selected.delegates) return selected;
    const given = isOptimizer(selected) ? `a ${classNameOf(selected.constructor)}` : show(selected);
    throw new ValueError(
      `[${classNameOf(this.constructor)}] optimizerMap must return an Optimizer that updates the weights itself. Received: ${given} for ${variable.path}.`,
    );
  }

  /** @throws ValueError always: it is the optimizers that apply weight decay. */
  override excludeFromWeightDecay(): never {
    throw new ValueError(
      `[${classNameOf(this.constructor)}] a MultiOptimizer applies no weight decay itself. Call excludeFromWeightDecay of the optimizers in optimizer.optimizers.`,
    );
  }

  override step(): never {
    throw new InternalError('[MultiOptimizer] the optimizers in it make the steps.');
  }

  override applyIn(
    trace: Trace,
    gradients: readonly (Value | null)[],
    variables: readonly Variable[],
    options: ApplyOptions = {},
  ): readonly string[] {
    if (variables.length === 0 && gradients.length === 0) return [];
    const who = classNameOf(this.constructor);
    checkGradients(who, gradients, variables, this.trainable);
    this.build(variables);
    if (variables.length !== this.#assigned.size) {
      throw new ValueError(
        `[${who}] gradients must match the variables that the optimizer was built with one to one. Received: ${variables.length} gradients, where it was built with ${this.#assigned.size} variables.`,
      );
    }
    const warnings = this.optimizers.flatMap((each) => {
      const own = variables.flatMap((variable, i) => (this.#assigned.get(variable) === each ? [i] : []));
      return each.applyIn(
        trace,
        own.map((i) => gradients[i] ?? null),
        own.flatMap((i) => variables[i] ?? []),
        options,
      );
    });
    trace.dependOn(this);
    trace.update(this.iterations, add(trace.read(this.iterations), 1));
    return warnings;
  }

  override checkWithinJit(variables: readonly Variable[]): void {
    const optimizers = this.built ? this.#optimizers : new Set(variables.map((variable) => this.#select(variable)));
    for (const each of optimizers) each.checkWithinJit(variables);
  }

  override beforeStep(): void {
    for (const each of this.#optimizers) each.beforeStep();
  }

  override finalizeVariableValues(): void {
    for (const each of this.#optimizers) each.finalizeVariableValues();
  }

  override get hasSwappedAverages(): boolean {
    return this.optimizers.some((each) => each.hasSwappedAverages);
  }

  /** @throws ValueError if none of the optimizers keeps moving averages of its weights. */
  override checkAverages(): void {
    if (this.optimizers.some(({ useEma }) => useEma)) return;
    throw new ValueError(
      `[${classNameOf(this.constructor)}] there are no moving averages of the weights. Received: useEma=false of all optimizers. Create at least one with useEma: true.`,
    );
  }

  override swapAverages(): void {
    this.checkAverages();
    const averaging = this.optimizers.filter(({ useEma }) => useEma);
    // An optimizer without variables has nothing to swap, and before the first step none has any.
    const built = averaging.filter((each) => each.built);
    for (const each of this.built ? built : averaging) each.swapAverages();
  }
}
