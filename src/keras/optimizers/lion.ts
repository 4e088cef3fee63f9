import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, multiply, sign, subtract } from '../ops/elementwise.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Lion}. */
export interface LionOptions extends OptimizerOptions {
  /** How much the gradients so far count for the step, against the last; in (0, 1]. @default 0.9 */
  beta1?: number;
  /** How much of the mean of the gradients stays at each step. @default 0.99 */
  beta2?: number;
}

/**
 * Descent by signs alone: all elements of a weight move equally far.
 *
 *     w ← w − η sign(β₁ m + (1 − β₁) g)
 *     m ← β₂ m + (1 − β₂) g
 *
 * η is 0.001 by default: steps are larger than Adam's, and the rate should be smaller, the weight decay larger.
 *
 * @throws ValueError if beta1 lies outside (0, 1], or several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Lion({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/2302.06675
 */
export class Lion extends Optimizer {
  /** How much the gradients so far count for the step, against the last. */
  readonly beta1: number;
  /** How much of the mean of the gradients stays at each step. */
  readonly beta2: number;

  constructor(options: LionOptions = {}) {
    checkOptions('Lion', options, [...optimizerOptions, 'beta1', 'beta2']);
    super('Lion', options, { learningRate: 0.001 });
    this.beta1 = checkNumber('Lion', 'beta1', options.beta1 ?? 0.9);
    this.beta2 = checkNumber('Lion', 'beta2', options.beta2 ?? 0.99);
    if (this.beta1 <= 0 || this.beta1 > 1) {
      throw new ValueError(`[Lion] beta1 must lie in (0, 1]. Received: beta1=${this.beta1}.`);
    }
  }

  protected override get movesElements(): boolean {
    return this.constructor === Lion;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['momentum']];
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const momentum = step.read('momentum');
    const mixed = (beta: number): Value => add(multiply(momentum, beta), multiply(gradient, 1 - beta));
    // Keras rounds both betas to float32.
    step.write('momentum', mixed(Math.fround(this.beta2)));
    return subtract(value, multiply(sign(mixed(Math.fround(this.beta1))), step.learningRate));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2 };
  }
}
