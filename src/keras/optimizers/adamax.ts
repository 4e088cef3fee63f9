import type { Config } from '../../core/config.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { abs, add, divide, maximum, multiply, power, subtract } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Adamax}. */
export interface AdamaxOptions extends OptimizerOptions {
  /** How much of the mean of the gradients stays at each step. @default 0.9 */
  beta1?: number;
  /** How much of their greatest magnitude stays. @default 0.999 */
  beta2?: number;
  /** What keeps the quotient finite. @default 1e-7 */
  epsilon?: number;
}

/**
 * Adam with the greatest magnitude of gradients, which fades, in the place of their root mean square.
 *
 *     m ← m + (1 − β₁)(g − m)
 *     u ← max(β₂ u, |g|)
 *     w ← w − η m / ((1 − β₁ᵗ)(u + ε))        at step t
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adamax({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1412.6980
 */
export class Adamax extends Optimizer {
  /** How much of the mean of the gradients stays at each step. */
  readonly beta1: number;
  /** How much of their greatest magnitude stays. */
  readonly beta2: number;
  /** What keeps the quotient finite. */
  readonly epsilon: number;

  constructor(options: AdamaxOptions = {}) {
    checkOptions('Adamax', options, [...optimizerOptions, 'beta1', 'beta2', 'epsilon']);
    super('Adamax', options, { learningRate: 0.001 });
    this.beta1 = checkNumber('Adamax', 'beta1', options.beta1 ?? 0.9);
    this.beta2 = checkNumber('Adamax', 'beta2', options.beta2 ?? 0.999);
    this.epsilon = checkNumber('Adamax', 'epsilon', options.epsilon ?? 1e-7);
  }

  protected override get movesElements(): boolean {
    return this.constructor === Adamax;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['momentum', 'norm']];
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const last = step.read('momentum');
    const momentum = step.write('momentum', add(last, multiply(subtract(gradient, last), 1 - this.beta1)));
    const norm = step.write('norm', maximum(multiply(step.read('norm'), this.beta2), abs(gradient)));
    const size = step.scalar('size', () => this.#size(step));
    return subtract(value, divide(multiply(momentum, size), add(norm, this.epsilon)));
  }

  /** η / (1 − β₁ᵗ); Keras rounds β₁ to float32 here. */
  #size(step: UpdateStep): Value {
    const count = castTo(add(step.iterations, 1), step.variable.dtype);
    return divide(step.learningRate, subtract(1, power(Math.fround(this.beta1), count)));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2, epsilon: this.epsilon };
  }
}
