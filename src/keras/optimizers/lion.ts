import type { Value } from '../../compiler/ir/value.ts';
import { add, multiply, sign, subtract } from '../ops/index.ts';
import { type Fields, number } from '../saving/fields.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Lion}. */
export interface LionOptions extends OptimizerOptions {
  /** Weight of the momentum, against the gradient, in the direction of the step; in (0, 1]. @default 0.9 */
  beta1?: number;
  /** Decay rate of the momentum. @default 0.99 */
  beta2?: number;
}

type Slot = 'momentum';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'beta1', 'beta2'] as const;

/**
 * Lion: descent by signs, so that all elements of a variable change by the same amount.
 *
 *     w ← w − η sign(β₁ m + (1 − β₁) g)
 *     m ← β₂ m + (1 − β₂) g
 *
 * η is 0.001 by default. Steps are larger than Adam's; use a smaller rate and a larger weight decay.
 *
 * @throws ValueError if beta1 is not in (0, 1], or more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Lion({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/2302.06675
 */
export class Lion extends Optimizer<LionOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Lion';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    beta1: number(0.9, { above: 0, max: 1 }),
    beta2: number(0.99),
  };

  /** Weight of the momentum, against the gradient, in the direction of the step. */
  declare readonly beta1: number;
  /** Decay rate of the momentum. */
  declare readonly beta2: number;

  override slots(): SlotStarts<Slot> {
    return { momentum: 0 };
  }

  override step({ gradient, value, slots, learningRate }: StepInput<Slot>): StepResult<Slot> {
    // Keras rounds both betas to float32.
    const mixed = (beta: number): Value =>
      add(multiply(slots.momentum, Math.fround(beta)), multiply(gradient, 1 - Math.fround(beta)));
    return {
      value: subtract(value, multiply(sign(mixed(this.beta1)), learningRate)),
      slots: { momentum: mixed(this.beta2) },
    };
  }
}
