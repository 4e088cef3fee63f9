import type { Value } from '../../compiler/ir/value.ts';
import { add, divide, greater, logicalAnd, multiply, sqrt, square, subtract, where, sum } from '../ops/index.ts';
import { type Fields, number } from '../saving/fields.ts';
import { biasCorrection, movingAverage, stepNumber } from './formulas.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Lamb}. */
export interface LambOptions extends OptimizerOptions {
  /** Decay rate of the first moment. @default 0.9 */
  beta1?: number;
  /** Decay rate of the second moment. @default 0.999 */
  beta2?: number;
  /** Small constant for numerical stability. @default 1e-7 */
  epsilon?: number;
}

type Slot = 'momentum' | 'velocity';

/** √Σx² */
const norm = (x: Value): Value => sqrt(sum(square(x)));

/** The options that can be given by position. */
const ORDER = ['learningRate', 'beta1', 'beta2', 'epsilon'] as const;

/**
 * LAMB: Adam with the step of each variable scaled to the norm of the variable, for training with large batches.
 *
 *     m ← m + (1 − β₁)(g − m)
 *     v ← v + (1 − β₂)(g² − v)
 *     u = m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)        at step t
 *     w ← w − η u ‖w‖ / ‖u‖                             the quotient is 1 if a norm is 0
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Lamb({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1904.00962
 */
export class Lamb extends Optimizer<LambOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Lamb';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    beta1: number(0.9),
    beta2: number(0.999),
    epsilon: number(1e-7),
  };

  /** Decay rate of the first moment. */
  declare readonly beta1: number;
  /** Decay rate of the second moment. */
  declare readonly beta2: number;
  /** Small constant for numerical stability. */
  declare readonly epsilon: number;

  override slots(): SlotStarts<Slot> {
    return { momentum: 0, velocity: 0 };
  }

  override step(input: StepInput<Slot>): StepResult<Slot> {
    const { gradient, value, slots, learningRate } = input;
    const t = stepNumber(input);
    const momentum = movingAverage(slots.momentum, gradient, this.beta1);
    const velocity = movingAverage(slots.velocity, square(gradient), this.beta2);
    const root = sqrt(divide(velocity, biasCorrection(this.beta2, t)));
    const update = divide(divide(momentum, biasCorrection(this.beta1, t)), add(root, this.epsilon));
    const [ofWeight, ofUpdate] = [norm(value), norm(update)];
    const areNonzero = logicalAnd(greater(ofWeight, 0), greater(ofUpdate, 0));
    const ratio = where(areNonzero, divide(ofWeight, ofUpdate), 1);
    return {
      value: subtract(value, multiply(multiply(ratio, learningRate), update)),
      slots: { momentum, velocity },
    };
  }
}
