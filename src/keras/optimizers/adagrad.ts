import { add, divide, multiply, sqrt, square, subtract } from '../ops/index.ts';
import { type Fields, number } from '../saving/fields.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Adagrad}. */
export interface AdagradOptions extends OptimizerOptions {
  /** Initial value of the sums of squares. @default 0.1 */
  initialAccumulatorValue?: number;
  /** Small constant for numerical stability, inside the square root. @default 1e-7 */
  epsilon?: number;
}

type Slot = 'accumulator';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'initialAccumulatorValue', 'epsilon'] as const;

/**
 * Adagrad: gradient descent with gradients divided by the square root of the sum of their squares so far.
 *
 *     s ← s + g²
 *     w ← w − η g / √(s + ε)
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adagrad({ learningRate: 0.1, initialAccumulatorValue: 0 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://jmlr.org/papers/v12/duchi11a.html
 */
export class Adagrad extends Optimizer<AdagradOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Adagrad';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    initialAccumulatorValue: number(0.1),
    epsilon: number(1e-7),
  };

  /** Initial value of the sums of squares. */
  declare readonly initialAccumulatorValue: number;
  /** Small constant for numerical stability, inside the square root. */
  declare readonly epsilon: number;

  override slots(): SlotStarts<Slot> {
    return { accumulator: this.initialAccumulatorValue };
  }

  override step({ gradient, value, slots, learningRate }: StepInput<Slot>): StepResult<Slot> {
    const accumulator = add(slots.accumulator, square(gradient));
    const change = divide(multiply(learningRate, gradient), sqrt(add(accumulator, this.epsilon)));
    return { value: subtract(value, change), slots: { accumulator } };
  }
}
