import { abs, add, divide, maximum, multiply, subtract } from '../ops/index.ts';
import { type Fields, number } from '../saving/fields.ts';
import { biasCorrection, movingAverage, stepNumber } from './formulas.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Adamax}. */
export interface AdamaxOptions extends OptimizerOptions {
  /** Decay rate of the first moment. @default 0.9 */
  beta1?: number;
  /** Decay rate of the infinity norm. @default 0.999 */
  beta2?: number;
  /** Small constant for numerical stability. @default 1e-7 */
  epsilon?: number;
}

type Slot = 'momentum' | 'norm';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'beta1', 'beta2', 'epsilon'] as const;

/**
 * Adamax: Adam with an exponentially weighted infinity norm of the gradients in place of their second moment.
 *
 *     m ← m + (1 − β₁)(g − m)
 *     u ← max(β₂ u, |g|)
 *     w ← w − η m / ((1 − β₁ᵗ)(u + ε))        at step t
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adamax({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1412.6980
 */
export class Adamax extends Optimizer<AdamaxOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Adamax';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    beta1: number(0.9),
    beta2: number(0.999),
    epsilon: number(1e-7),
  };

  /** Decay rate of the first moment. */
  declare readonly beta1: number;
  /** Decay rate of the infinity norm. */
  declare readonly beta2: number;
  /** Small constant for numerical stability. */
  declare readonly epsilon: number;

  override slots(): SlotStarts<Slot> {
    return { momentum: 0, norm: 0 };
  }

  override step(input: StepInput<Slot>): StepResult<Slot> {
    const { gradient, value, slots, learningRate } = input;
    const momentum = movingAverage(slots.momentum, gradient, this.beta1);
    const norm = maximum(multiply(slots.norm, this.beta2), abs(gradient));
    const rate = divide(learningRate, biasCorrection(this.beta1, stepNumber(input)));
    const change = divide(multiply(momentum, rate), add(norm, this.epsilon));
    return { value: subtract(value, change), slots: { momentum, norm } };
  }
}
