import type { Variable } from '../../compiler/ir/variable.ts';
import { add, multiply, subtract } from '../ops/index.ts';
import { type Fields, boolean, number } from '../saving/fields.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link SGD}. */
export interface SGDOptions extends OptimizerOptions {
  /** Momentum coefficient, in [0, 1]. @default 0 */
  momentum?: number;
  /** Whether to use Nesterov's momentum. @default false */
  nesterov?: boolean;
}

type Slot = 'momentum';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'momentum', 'nesterov'] as const;

/**
 * Stochastic gradient descent, optionally with momentum μ.
 *
 *     w ← w − η g
 *     m ← μ m − η g;  w ← w + m               with momentum
 *     m ← μ m − η g;  w ← w + μ m − η g       with Nesterov's momentum
 *
 * η is 0.01 by default.
 *
 * @throws ValueError if momentum is not in [0, 1], or more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);    // the gradient is 2
 * model.weights[0].value;                    // [[0.8]]
 * @see https://keras.io/api/optimizers/sgd/
 */
export class SGD extends Optimizer<SGDOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'SGD';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...optimizerFields(0.01),
    momentum: number(0, { min: 0, max: 1 }),
    nesterov: boolean(false),
  };

  static override readonly elementwise: boolean = true;

  /** Momentum coefficient. */
  declare readonly momentum: number;
  /** Whether to use Nesterov's momentum. */
  declare readonly nesterov: boolean;

  override slots(): SlotStarts<Slot> {
    return this.momentum === 0 ? {} : { momentum: 0 };
  }

  /** The step of a kernel is a part of the product that is its gradient, which joined variables would write first. */
  protected override movesWithOthers(variable: Variable): boolean {
    return variable.rank === 1;
  }

  override step({ gradient, value, slots, learningRate }: StepInput<Slot>): StepResult<Slot> {
    const descent = multiply(gradient, learningRate);
    if (this.momentum === 0) return { value: subtract(value, descent) };
    const momentum = subtract(multiply(slots.momentum, this.momentum), descent);
    const change = this.nesterov ? subtract(multiply(momentum, this.momentum), descent) : momentum;
    return { value: add(value, change), slots: { momentum } };
  }
}
