import type { Config } from '../../core/config.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/elementwise.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Adadelta}. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** How much of the mean squares stays at each step. @default 0.95 */
  rho?: number;
  /** What keeps the quotient finite, and starts the first step; it stands under the roots. @default 1e-7 */
  epsilon?: number;
}

/**
 * Gradient descent whose steps have the root mean square of the steps before: they need no learning rate, which is a
 * mere factor.
 *
 *     a ← ρ a + (1 − ρ) g²
 *     δ = √(b + ε) / √(a + ε) · g
 *     b ← ρ b + (1 − ρ) δ²
 *     w ← w − η δ
 *
 * η is 0.001 by default; that of the paper is 1.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adadelta({ learningRate: 1, rho: 0.75, epsilon: 0.01 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.800993]]
 * @see https://arxiv.org/abs/1212.5701
 */
export class Adadelta extends Optimizer {
  /** How much of the mean squares stays at each step. */
  readonly rho: number;
  /** What keeps the quotient finite, and starts the first step. */
  readonly epsilon: number;

  constructor(options: AdadeltaOptions = {}) {
    checkOptions('Adadelta', options, [...optimizerOptions, 'rho', 'epsilon']);
    super('Adadelta', options, { learningRate: 0.001 });
    this.rho = checkNumber('Adadelta', 'rho', options.rho ?? 0.95);
    this.epsilon = checkNumber('Adadelta', 'epsilon', options.epsilon ?? 1e-7);
  }

  protected override get movesElements(): boolean {
    return this.constructor === Adadelta;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['accumulated_grad', 'accumulated_delta_var']];
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const average = (slot: string, x: Value): Value =>
      step.write(slot, add(multiply(step.read(slot), this.rho), multiply(square(x), 1 - this.rho)));
    const root = (x: Value): Value => sqrt(add(x, this.epsilon));
    const squares = average('accumulated_grad', gradient);
    const delta = divide(multiply(root(step.read('accumulated_delta_var')), gradient), root(squares));
    average('accumulated_delta_var', delta);
    return subtract(value, multiply(step.learningRate, delta));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rho: this.rho, epsilon: this.epsilon };
  }
}
