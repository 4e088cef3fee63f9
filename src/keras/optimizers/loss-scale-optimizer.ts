import type { Json } from '../../core/config.ts';
import { InternalError, ValueError, show } from '../../core/errors.ts';
import { Tensor, tensor } from '../../core/tensor.ts';
import { initialState } from '../../compiler/graph/leaves.ts';
import { type Trace, traceOf } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { castTo } from '../../compiler/builder/operand.ts';
import { add, all, divide, equal, isfinite, logicalAnd, multiply, where } from '../ops/index.ts';
import type { Arguments } from '../saving/arguments.ts';
import { classNameOf } from '../saving/class-name.ts';
import { type Field, type Fields, constant, field, integer, nullable, number, string } from '../saving/fields.ts';
import { checkGradients } from './check-gradients.ts';
import { innerOptimizer } from './inner-optimizer.ts';
import type { LearningRate, LearningRateOption } from './learning-rate.ts';
import { type ApplyOptions, Optimizer, type WeightDecayExclusion } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { ConfigObject } from '../saving/registry.ts';

/** Options of {@link LossScaleOptimizer}. */
export interface LossScaleOptimizerOptions {
  /** The optimizer that updates the weights: an optimizer, its name, or its config. */
  innerOptimizer: Optimizer | string | ConfigObject;
  /** The scale of the loss at the start. @default 32768 */
  initialScale?: number;
  /** Number of steps with finite gradients after which the scale is doubled. @default 2000 */
  dynamicGrowthSteps?: number;
  /** The optimizer's name. @default the class's name in snake_case, made unique */
  name?: string | null;
}

/** The options that can be given by position. */
const ORDER = ['innerOptimizer', 'initialScale', 'dynamicGrowthSteps', 'name'] as const;

/** An option of other optimizers that belongs to the inner optimizer; older files contain it with its default. */
function ofInner(option: string, described: Field): Field {
  return field<unknown>({
    byDefault: described.byDefault,
    read: (who, _option, given) => {
      const value = given ?? null;
      if (value === (described.byDefault ?? null)) return value;
      throw new ValueError(
        `[${who}] ${option} must be set on the inner optimizer. Received: ${option}=${show(given)}. Create it with the option: new LossScaleOptimizer(new SGD({ ${option}: … })).`,
      );
    },
    write: (): Json | undefined => undefined,
  });
}

/** The options of other optimizers, except the name and the learning rate. */
function fieldsOfInner(): Fields {
  const others = Object.entries(optimizerFields(0)).filter(
    ([option]) => option !== 'name' && option !== 'learningRate',
  );
  return Object.fromEntries(others.map(([option, described]) => [option, ofInner(option, described)]));
}

/**
 * Multiplies the loss by a scale, so that small gradients do not underflow in half precision, and divides the gradients
 * by it. Another optimizer updates the weights.
 *
 *     any gradient NaN or infinite:  scale ← scale / 2, and neither the weights nor the inner optimizer change
 *     dynamicGrowthSteps steps with finite gradients in sequence:  scale ← 2 · scale
 *
 * `compile` wraps the optimizer of a model with the policy `mixed_float16`, unless `autoScaleLoss` is false. Sets
 * `lossScaleFactor` of the inner optimizer to null, since the loss would be scaled twice.
 *
 * @throws ValueError if an option that belongs to the inner optimizer is given, such as clipnorm.
 * @example
 * const optimizer = new LossScaleOptimizer(new SGD({ learningRate: 0.5 }), { initialScale: 1024 });
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer, loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);           // the gradient is 2
 * model.weights[0].value;                           // [[0]]
 * await model.trainOnBatch([[Infinity]], [[0]]);    // skipped
 * model.weights[0].value;                           // [[0]]
 * optimizer.dynamicScale.value;                     // 512
 * @see https://arxiv.org/abs/1710.03740
 * @see https://keras.io/api/optimizers/loss_scale_optimizer/
 */
export class LossScaleOptimizer extends Optimizer<OptimizerOptions & LossScaleOptimizerOptions, never, typeof ORDER> {
  static override readonly className: string = 'LossScaleOptimizer';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    name: nullable(string()),
    innerOptimizer,
    initialScale: number(2 ** 15),
    dynamicGrowthSteps: integer(2000, 1),
    learningRate: constant(0),
    ...fieldsOfInner(),
  };

  /** The optimizer that updates the weights. */
  declare readonly innerOptimizer: Optimizer;
  /** The scale of the loss at the start. */
  declare readonly initialScale: number;
  /** Number of steps with finite gradients after which the scale is doubled. */
  declare readonly dynamicGrowthSteps: number;
  /** The current scale of the loss: float32. */
  readonly dynamicScale: Variable;
  /** Number of steps with finite gradients since the scale changed: int32. */
  readonly stepCounter: Variable;

  constructor(...args: Arguments<LossScaleOptimizerOptions, typeof ORDER>);
  constructor(options: LossScaleOptimizerOptions);
  constructor(...args: readonly unknown[]) {
    super(...(args as never));
    this.stepCounter = this.addVariable('step_counter', new Tensor(new Int32Array(1), []));
    this.dynamicScale = this.addVariable('dynamic_scale', tensor(this.initialScale));
    this.innerOptimizer.lossScaleFactor = null;
  }

  /** The state in the order of Keras's files: its own, then that of the inner optimizer. */
  override get variables(): readonly Variable[] {
    // Keras adds the scale and the counter when the optimizer is built.
    const own = super.variables.filter(
      (variable) => this.built || (variable !== this.stepCounter && variable !== this.dynamicScale),
    );
    return [...own, ...this.innerOptimizer.variables];
  }

  override get delegates(): boolean {
    return true;
  }

  /** The inner optimizer, which files contain once more by itself. */
  override get savedChildren(): Readonly<Record<string, Optimizer>> {
    return { innerOptimizer: this.innerOptimizer };
  }

  /** The number of steps of the inner optimizer. */
  override get iterations(): Variable {
    return this.innerOptimizer.iterations;
  }

  override get revision(): number {
    return this.innerOptimizer.revision;
  }

  /** The learning rate of the inner optimizer. */
  override get learningRate(): LearningRate {
    return this.innerOptimizer.learningRate;
  }

  override set learningRate(value: LearningRateOption | LearningRate) {
    this.innerOptimizer.learningRate = value;
  }

  override build(variables: readonly Variable[]): void {
    super.build(variables);
    this.innerOptimizer.build(variables);
  }

  override excludeFromWeightDecay(excluded: WeightDecayExclusion): void {
    this.innerOptimizer.excludeFromWeightDecay(excluded);
  }

  /** The loss to differentiate: multiplied by the current scale. */
  override scaleLoss(loss: Value): Value {
    const scale = traceOf([loss])?.read(this.dynamicScale) ?? initialState(this.dynamicScale);
    return multiply(loss, castTo(scale, loss.dtype));
  }

  override step(): never {
    throw new InternalError('[LossScaleOptimizer] the inner optimizer makes the steps.');
  }

  override applyIn(
    trace: Trace,
    gradients: readonly (Value | null)[],
    variables: readonly Variable[],
    options: ApplyOptions = {},
  ): readonly string[] {
    if (variables.length === 0 && gradients.length === 0) return [];
    checkGradients(classNameOf(this.constructor), gradients, variables, this.trainable);
    this.build(variables);
    const given = gradients.filter((gradient) => gradient !== null);
    const isFinite = given.map((gradient) => all(isfinite(gradient))).reduce((a, b) => logicalAnd(a, b));
    const scale = trace.read(this.dynamicScale);
    const unscaled = gradients.map((gradient) =>
      gradient === null ? null : divide(gradient, castTo(scale, gradient.dtype)),
    );
    const before = new Map(
      [...variables, ...this.innerOptimizer.variables].map((variable) => [variable, trace.read(variable)] as const),
    );
    const warnings = this.innerOptimizer.applyIn(trace, unscaled, variables, options);
    for (const [variable, old] of before) {
      const next = trace.read(variable);
      if (next !== old) trace.update(variable, where(isFinite, next, old));
    }
    this.#updateScale(trace, isFinite);
    return warnings;
  }

  #updateScale(trace: Trace, isFinite: Value): void {
    const [count, scale] = [trace.read(this.stepCounter), trace.read(this.dynamicScale)];
    const isDue = equal(count, this.dynamicGrowthSteps - 1);
    const grown = where(isDue, multiply(scale, 2), scale);
    trace.update(this.dynamicScale, where(isFinite, grown, multiply(scale, 0.5)));
    const counted = castTo(where(isDue, 0, add(count, 1)), 'int32');
    trace.update(this.stepCounter, castTo(where(isFinite, counted, 0), 'int32'));
  }

  override checkWithinJit(variables: readonly Variable[]): void {
    this.innerOptimizer.checkWithinJit(variables);
  }

  override beforeStep(): void {
    this.innerOptimizer.beforeStep();
  }

  override finalizeVariableValues(): void {
    this.innerOptimizer.finalizeVariableValues();
  }

  override get hasSwappedAverages(): boolean {
    return this.innerOptimizer.hasSwappedAverages;
  }

  override checkAverages(): void {
    this.innerOptimizer.checkAverages();
  }

  override swapAverages(): void {
    this.innerOptimizer.swapAverages();
  }
}
