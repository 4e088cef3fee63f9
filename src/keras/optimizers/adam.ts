import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, maximum, multiply, power, sqrt, square, subtract } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Adam} and {@link AdamW}. */
export interface AdamOptions extends OptimizerOptions {
  /** How much of the mean of the gradients stays at each step. @default 0.9 */
  beta1?: number;
  /** How much of their mean square stays. @default 0.999 */
  beta2?: number;
  /** What keeps the quotient finite: the ε̂ of the paper, added to the root. @default 1e-7 */
  epsilon?: number;
  /** Whether the greatest mean square so far counts, not the last. @default false */
  amsgrad?: boolean;
}

const adamOptions: readonly string[] = [...optimizerOptions, 'beta1', 'beta2', 'epsilon', 'amsgrad'];

/**
 * Adam: descent by the moving mean of gradients, divided by the root of their moving mean square.
 *
 *     m ← m + (1 − β₁)(g − m)
 *     v ← v + (1 − β₂)(g² − v)
 *     w ← w − α m / (√v + ε)          α = η √(1 − β₂ᵗ) / (1 − β₁ᵗ) at step t
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adam({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1412.6980
 */
export class Adam extends Optimizer {
  /** How much of the mean of the gradients stays at each step. */
  readonly beta1: number;
  /** How much of their mean square stays. */
  readonly beta2: number;
  /** What keeps the quotient finite: the ε̂ of the paper, added to the root. */
  readonly epsilon: number;
  /** Whether the greatest mean square so far counts, not the last. */
  readonly amsgrad: boolean;

  constructor(options: AdamOptions = {}, who = 'Adam') {
    checkOptions(who, options, adamOptions);
    super(who, options, { learningRate: 0.001 });
    this.beta1 = checkNumber(who, 'beta1', options.beta1 ?? 0.9);
    this.beta2 = checkNumber(who, 'beta2', options.beta2 ?? 0.999);
    this.epsilon = checkNumber(who, 'epsilon', options.epsilon ?? 1e-7);
    this.amsgrad = checkBoolean(who, 'amsgrad', options.amsgrad ?? false);
  }

  protected override get movesElements(): boolean {
    return this.constructor === Adam || this.constructor === AdamW;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['momentum', 'velocity'], ...(this.amsgrad ? [['velocity_hat']] : [])];
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const average = (slot: string, x: Value, beta: number): Value => {
      const last = step.read(slot);
      return step.write(slot, add(last, multiply(subtract(x, last), 1 - beta)));
    };
    const momentum = average('momentum', gradient, this.beta1);
    const velocity = average('velocity', square(gradient), this.beta2);
    const greatest = this.amsgrad ? step.write('velocity_hat', maximum(step.read('velocity_hat'), velocity)) : velocity;
    const size = step.scalar('size', () => this.#size(step));
    return subtract(value, divide(multiply(momentum, size), add(sqrt(greatest), this.epsilon)));
  }

  /** η √(1 − β₂ᵗ) / (1 − β₁ᵗ) */
  #size(step: UpdateStep): Value {
    const count = castTo(add(step.iterations, 1), step.variable.dtype);
    // Keras turns beta into a tensor before it raises it, which rounds it to float32 even where the rest is float64.
    const missing = (beta: number): Value => subtract(1, power(Math.fround(beta), count));
    return divide(multiply(step.learningRate, sqrt(missing(this.beta2))), missing(this.beta1));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      beta_1: this.beta1,
      beta_2: this.beta2,
      epsilon: this.epsilon,
      amsgrad: this.amsgrad,
    };
  }
}

/**
 * Adam with a weight decay of its own, 0.004 by default: w ← w (1 − η · weightDecay) before each step.
 *
 * @throws ValueError if weightDecay is null, or several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new AdamW({ learningRate: 0.1, weightDecay: 0.5 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.85]]
 * @see https://arxiv.org/abs/1711.05101
 */
export class AdamW extends Adam {
  constructor(options: AdamOptions = {}) {
    checkOptions('AdamW', options, adamOptions);
    if (options.weightDecay === null) {
      throw new ValueError('[AdamW] weightDecay must be a number. Received: weightDecay=null. Use Adam for none.');
    }
    super({ ...options, weightDecay: options.weightDecay ?? 0.004 }, 'AdamW');
  }
}
