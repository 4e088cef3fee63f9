import type { Config } from '../../core/config.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/elementwise.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link RMSprop}. */
export interface RMSpropOptions extends OptimizerOptions {
  /** How much of the mean square stays at each step. @default 0.9 */
  rho?: number;
  /** How much of the last step is made again. @default 0 */
  momentum?: number;
  /** What keeps the quotient finite; it stands under the root. @default 1e-7 */
  epsilon?: number;
  /** Whether gradients are divided by their deviation, not by their root mean square. @default false */
  centered?: boolean;
}

/**
 * Gradient descent by gradients divided by the root of their moving mean square.
 *
 *     v ← ρ v + (1 − ρ) g²
 *     w ← w − η g / √(v + ε)
 *
 * Centered: a ← ρ a + (1 − ρ) g, with v − a² in the place of v. With momentum μ: m ← μ m + η g / √…, w ← w − m. η is
 * 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new RMSprop({ learningRate: 0.1, rho: 0.75 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.8]]
 * @see https://keras.io/api/optimizers/rmsprop/
 */
export class RMSprop extends Optimizer {
  /** How much of the mean square stays at each step. */
  readonly rho: number;
  /** How much of the last step is made again. */
  readonly momentum: number;
  /** What keeps the quotient finite; it stands under the root. */
  readonly epsilon: number;
  /** Whether gradients are divided by their deviation, not by their root mean square. */
  readonly centered: boolean;

  constructor(options: RMSpropOptions = {}) {
    checkOptions('RMSprop', options, [...optimizerOptions, 'rho', 'momentum', 'epsilon', 'centered']);
    super('RMSprop', options, { learningRate: 0.001 });
    this.rho = checkNumber('RMSprop', 'rho', options.rho ?? 0.9);
    this.momentum = checkNumber('RMSprop', 'momentum', options.momentum ?? 0);
    this.epsilon = checkNumber('RMSprop', 'epsilon', options.epsilon ?? 1e-7);
    this.centered = checkBoolean('RMSprop', 'centered', options.centered ?? false);
  }

  protected override get movesElements(): boolean {
    return this.constructor === RMSprop;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [
      ['velocity'],
      ...(this.momentum > 0 ? [['momentum']] : []),
      ...(this.centered ? [['average_gradient']] : []),
    ];
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const spread = this.#spread(gradient, step);
    const descent = divide(multiply(gradient, step.learningRate), sqrt(add(spread, this.epsilon)));
    if (this.momentum <= 0) return subtract(value, descent);
    return subtract(value, step.write('momentum', add(multiply(step.read('momentum'), this.momentum), descent)));
  }

  /** The moving mean square of the gradients, or their moving variance. */
  #spread(gradient: Value, step: UpdateStep): Value {
    const average = (slot: string, x: Value): Value =>
      step.write(slot, add(multiply(step.read(slot), this.rho), multiply(x, 1 - this.rho)));
    const velocity = average('velocity', square(gradient));
    return this.centered ? subtract(velocity, square(average('average_gradient', gradient))) : velocity;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      rho: this.rho,
      momentum: this.momentum,
      epsilon: this.epsilon,
      centered: this.centered,
    };
  }
}
