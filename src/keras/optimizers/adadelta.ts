import type { Value } from '../../compiler/ir/value.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/index.ts';
import { type Fields, number } from '../saving/fields.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Adadelta}. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay rate of the mean squares of gradients and of steps. @default 0.95 */
  rho?: number;
  /** Small constant for numerical stability, inside the square roots; it also scales the first step. @default 1e-7 */
  epsilon?: number;
}

type Slot = 'accumulated_grad' | 'accumulated_delta_var';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'rho', 'epsilon'] as const;

/**
 * Adadelta: gradient descent whose steps are scaled by the root mean square of previous steps, so that the learning rate
 * is only an additional factor.
 *
 *     a ← ρ a + (1 − ρ) g²
 *     δ = √(b + ε) / √(a + ε) · g
 *     b ← ρ b + (1 − ρ) δ²
 *     w ← w − η δ
 *
 * η is 0.001 by default; the paper uses 1.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adadelta({ learningRate: 1, rho: 0.75, epsilon: 0.01 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.800993]]
 * @see https://arxiv.org/abs/1212.5701
 */
export class Adadelta extends Optimizer<AdadeltaOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Adadelta';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly fields: Fields = { ...optimizerFields(0.001), rho: number(0.95), epsilon: number(1e-7) };

  /** Decay rate of the mean squares of gradients and of steps. */
  declare readonly rho: number;
  /** Small constant for numerical stability, inside the square roots. */
  declare readonly epsilon: number;

  override slots(): SlotStarts<Slot> {
    return { accumulated_grad: 0, accumulated_delta_var: 0 };
  }

  override step({ gradient, value, slots, learningRate }: StepInput<Slot>): StepResult<Slot> {
    const average = (last: Value, x: Value): Value => add(multiply(last, this.rho), multiply(square(x), 1 - this.rho));
    const root = (x: Value): Value => sqrt(add(x, this.epsilon));
    const squares = average(slots.accumulated_grad, gradient);
    const delta = divide(multiply(root(slots.accumulated_delta_var), gradient), root(squares));
    return {
      value: subtract(value, multiply(learningRate, delta)),
      slots: { accumulated_grad: squares, accumulated_delta_var: average(slots.accumulated_delta_var, delta) },
    };
  }
}
