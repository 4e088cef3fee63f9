import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add, divide, minimum, multiply, power, sqrt, square, subtract } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link ScheduleFreeAdamW}. */
export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** Where between the fast weights, 0, and their mean, 1, the weights of the model lie. @default 0.9 */
  beta1?: number;
  /** How much of the mean square of the gradients stays at each step. @default 0.999 */
  beta2?: number;
  /** What keeps the quotient finite. @default 1e-8 */
  epsilon?: number;
  /** Over how many steps the rate grows to what it is. @default 0 */
  warmupSteps?: number;
}

/**
 * Adam that needs no schedule: fast weights z descend, x is the mean of all of them so far, and the weights of the
 * model lie between the two.
 *
 *     v ← v + (1 − β₂)(g² − v)
 *     z ← z − η g / (√(v / (1 − β₂ᵗ)) + ε)        at step t; η grows evenly over the steps of warming up
 *     x ← (1 − 1/t) x + z / t
 *     w ← (1 − β₁) z + β₁ x
 *
 * x is not kept, since w and z tell it. η is 0.0025 by default.
 *
 * @throws ValueError if beta1 lies outside (0, 1], or several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new ScheduleFreeAdamW({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/2405.15682
 */
export class ScheduleFreeAdamW extends Optimizer {
  /** Where between the fast weights, 0, and their mean, 1, the weights of the model lie. */
  readonly beta1: number;
  /** How much of the mean square of the gradients stays at each step. */
  readonly beta2: number;
  /** What keeps the quotient finite. */
  readonly epsilon: number;
  /** Over how many steps the rate grows to what it is. */
  readonly warmupSteps: number;

  constructor(options: ScheduleFreeAdamWOptions = {}) {
    const who = 'ScheduleFreeAdamW';
    checkOptions(who, options, [...optimizerOptions, 'beta1', 'beta2', 'epsilon', 'warmupSteps']);
    super(who, options, { learningRate: 0.0025 });
    this.beta1 = checkNumber(who, 'beta1', options.beta1 ?? 0.9);
    if (this.beta1 <= 0 || this.beta1 > 1) {
      throw new ValueError(`[${who}] beta1 must lie in (0, 1]. Received: beta1=${this.beta1}.`);
    }
    this.beta2 = checkNumber(who, 'beta2', options.beta2 ?? 0.999);
    this.epsilon = checkNumber(who, 'epsilon', options.epsilon ?? 1e-8);
    this.warmupSteps = checkInteger(who, 'warmupSteps', options.warmupSteps ?? 0, 0);
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['momentum', 'velocity']];
  }

  /** The fast weights, which Keras calls the momentum, start where the weights are. */
  protected override slotStart(slot: string, variable: Variable): number | Tensor {
    return slot === 'momentum' ? variable.value : 0;
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const { beta1, beta2 } = this;
    const count = castTo(add(step.iterations, 1), step.variable.dtype);
    const missing = step.scalar('missing', () => subtract(1, power(beta2, count)));
    const last = step.read('velocity');
    const velocity = step.write('velocity', add(last, multiply(subtract(square(gradient), last), 1 - beta2)));
    const root = add(sqrt(divide(velocity, missing)), this.epsilon);
    const rate = step.scalar('rate', () => this.#rate(step, count));
    const before = step.read('momentum');
    const after = step.write('momentum', subtract(before, divide(multiply(rate, gradient), root)));
    const meanBefore = divide(subtract(value, multiply(before, 1 - beta1)), beta1);
    const share = step.scalar('share', () => divide(1, count));
    const mean = add(multiply(subtract(1, share), meanBefore), multiply(share, after));
    return add(multiply(after, 1 - beta1), multiply(mean, beta1));
  }

  #rate(step: UpdateStep, count: Value): Value {
    if (this.warmupSteps === 0) return step.learningRate;
    return multiply(step.learningRate, minimum(divide(count, this.warmupSteps), 1));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      beta_1: this.beta1,
      beta_2: this.beta2,
      epsilon: this.epsilon,
      warmup_steps: this.warmupSteps,
    };
  }
}
