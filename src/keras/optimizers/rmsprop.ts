import type { Value } from '../../compiler/ir/value.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/index.ts';
import { type Fields, boolean, number } from '../saving/fields.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link RMSprop}. */
export interface RMSpropOptions extends OptimizerOptions {
  /** Decay rate of the mean square. @default 0.9 */
  rho?: number;
  /** Momentum coefficient. @default 0 */
  momentum?: number;
  /** Small constant for numerical stability, inside the square root. @default 1e-7 */
  epsilon?: number;
  /** Whether to divide gradients by their standard deviation instead of their root mean square. @default false */
  centered?: boolean;
}

type Slot = 'velocity' | 'momentum' | 'average_gradient';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'rho', 'momentum', 'epsilon', 'centered'] as const;

/**
 * RMSprop: gradient descent with gradients divided by their root mean square, a moving average.
 *
 *     v ← ρ v + (1 − ρ) g²
 *     w ← w − η g / √(v + ε)
 *
 * Centered: a ← ρ a + (1 − ρ) g, and v − a² in place of v. With momentum μ: m ← μ m + η g / √…, w ← w − m. η is 0.001 by
 * default.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new RMSprop({ learningRate: 0.1, rho: 0.75 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.8]]
 * @see https://keras.io/api/optimizers/rmsprop/
 */
export class RMSprop extends Optimizer<RMSpropOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'RMSprop';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly slotOrder: readonly (readonly string[])[] = [
    ['velocity'],
    ['momentum'],
    ['average_gradient'],
  ];
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    rho: number(0.9),
    momentum: number(0),
    epsilon: number(1e-7),
    centered: boolean(false),
  };

  /** Decay rate of the mean square. */
  declare readonly rho: number;
  /** Momentum coefficient. */
  declare readonly momentum: number;
  /** Small constant for numerical stability, inside the square root. */
  declare readonly epsilon: number;
  /** Whether to divide gradients by their standard deviation instead of their root mean square. */
  declare readonly centered: boolean;

  override slots(): SlotStarts<Slot> {
    return {
      velocity: 0,
      ...(this.momentum > 0 ? { momentum: 0 } : {}),
      ...(this.centered ? { average_gradient: 0 } : {}),
    };
  }

  override step({ gradient, value, slots, learningRate }: StepInput<Slot>): StepResult<Slot> {
    const average = (last: Value, x: Value): Value => add(multiply(last, this.rho), multiply(x, 1 - this.rho));
    const velocity = average(slots.velocity, square(gradient));
    const mean = this.centered ? { average_gradient: average(slots.average_gradient, gradient) } : {};
    const { average_gradient: center } = mean;
    const variance = center === undefined ? velocity : subtract(velocity, square(center));
    const descent = divide(multiply(gradient, learningRate), sqrt(add(variance, this.epsilon)));
    if (this.momentum <= 0) return { value: subtract(value, descent), slots: { velocity, ...mean } };
    const momentum = add(multiply(slots.momentum, this.momentum), descent);
    return { value: subtract(value, momentum), slots: { velocity, momentum, ...mean } };
  }
}
