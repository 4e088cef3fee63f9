import type { Config } from '../../core/config.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, multiply, power, sqrt, square, subtract } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Nadam}. */
export interface NadamOptions extends OptimizerOptions {
  /** How much of the mean of the gradients stays at each step, in the end. @default 0.9 */
  beta1?: number;
  /** How much of their mean square stays. @default 0.999 */
  beta2?: number;
  /** What keeps the quotient finite. @default 1e-7 */
  epsilon?: number;
}

/** What the momentum at a step is multiplied by lies below β₁ by half of this, to the power of the step. */
const DECAY = 0.96;

/**
 * Adam with Nesterov's momentum, which grows towards β₁ over the steps.
 *
 *     μₜ = β₁ (1 − 0.96ᵗ / 2)                  p = μ₁ μ₂ … μₜ
 *     m ← m + (1 − β₁)(g − m)
 *     v ← v + (1 − β₂)(g² − v)
 *     m̂ = μₜ₊₁ m / (1 − p μₜ₊₁) + (1 − μₜ) g / (1 − p)
 *     w ← w − η m̂ / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Nadam({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.893721]]
 * @see https://keras.io/api/optimizers/nadam/
 */
export class Nadam extends Optimizer {
  /** How much of the mean of the gradients stays at each step, in the end. */
  readonly beta1: number;
  /** How much of their mean square stays. */
  readonly beta2: number;
  /** What keeps the quotient finite. */
  readonly epsilon: number;

  constructor(options: NadamOptions = {}) {
    checkOptions('Nadam', options, [...optimizerOptions, 'beta1', 'beta2', 'epsilon']);
    super('Nadam', options, { learningRate: 0.001 });
    this.beta1 = checkNumber('Nadam', 'beta1', options.beta1 ?? 0.9);
    this.beta2 = checkNumber('Nadam', 'beta2', options.beta2 ?? 0.999);
    this.epsilon = checkNumber('Nadam', 'epsilon', options.epsilon ?? 1e-7);
  }

  protected override get movesElements(): boolean {
    return this.constructor === Nadam;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['momentum', 'velocity']];
  }

  /** The product of all μ so far. */
  protected override commonState(): Readonly<Record<string, number>> {
    return { u_product: 1 };
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const average = (slot: string, x: Value, beta: number): Value => {
      const last = step.read(slot);
      return step.write(slot, add(last, multiply(subtract(x, last), 1 - Math.fround(beta))));
    };
    const momentum = average('momentum', gradient, this.beta1);
    const velocity = average('velocity', square(gradient), this.beta2);
    const ofMomentum = step.scalar('of momentum', () => {
      const next = this.#rounded(step, 2);
      return divide(next, subtract(1, multiply(this.#product(step), next)));
    });
    const ofGradient = step.scalar('of gradient', () =>
      divide(subtract(1, this.#rounded(step, 1)), subtract(1, this.#product(step))),
    );
    const missing = step.scalar('missing', () => subtract(1, power(Math.fround(this.beta2), this.#count(step, 1))));
    const mean = add(multiply(momentum, ofMomentum), multiply(gradient, ofGradient));
    const root = add(sqrt(divide(velocity, missing)), this.epsilon);
    return subtract(value, divide(multiply(mean, step.learningRate), root));
  }

  #count(step: UpdateStep, ahead: number): Value {
    return castTo(add(step.iterations, ahead), step.variable.dtype);
  }

  /** μ, the weight of the momentum, at this step (1) or the next (2). */
  #weight(step: UpdateStep, ahead: number, decay = DECAY, beta1 = this.beta1): Value {
    const decayed = power(decay, this.#count(step, ahead));
    return multiply(subtract(1, multiply(decayed, 0.5)), beta1);
  }

  /** Keras rounds the constants to float32, except where it multiplies the weights. */
  #rounded(step: UpdateStep, ahead: number): Value {
    return this.#weight(step, ahead, Math.fround(DECAY), Math.fround(this.beta1));
  }

  #product(step: UpdateStep): Value {
    return step.advance('u_product', (last) => multiply(last, castTo(this.#weight(step, 1), last.dtype)));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2, epsilon: this.epsilon };
  }
}
