import { ValueError, show } from '../../core/errors.ts';
import { checkNumber } from '../../core/checks.ts';
import { add, divide, maximum, multiply, sqrt, square, subtract } from '../ops/index.ts';
import { type Fields, boolean, field, number } from '../saving/fields.ts';
import { biasCorrection, movingAverage, stepNumber } from './formulas.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Adam} and {@link AdamW}. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay rate of the first moment. @default 0.9 */
  beta1?: number;
  /** Decay rate of the second moment. @default 0.999 */
  beta2?: number;
  /** Small constant for numerical stability: the ε̂ of the paper, added to the square root. @default 1e-7 */
  epsilon?: number;
  /** Whether to divide by the maximum of all second moments so far. @default false */
  amsgrad?: boolean;
}

type Slot = 'momentum' | 'velocity' | 'velocity_hat';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'beta1', 'beta2', 'epsilon', 'amsgrad'] as const;

/**
 * Adam: gradient descent with moving averages of the gradient and of its square, the first and the second moment.
 *
 *     m ← m + (1 − β₁)(g − m)
 *     v ← v + (1 − β₂)(g² − v)
 *     w ← w − α m / (√v + ε)          α = η √(1 − β₂ᵗ) / (1 − β₁ᵗ) at step t
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adam({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1412.6980
 */
export class Adam extends Optimizer<AdamOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Adam';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly slotOrder: readonly (readonly string[])[] = [['momentum', 'velocity'], ['velocity_hat']];
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    beta1: number(0.9),
    beta2: number(0.999),
    epsilon: number(1e-7),
    amsgrad: boolean(false),
  };

  /** Decay rate of the first moment. */
  declare readonly beta1: number;
  /** Decay rate of the second moment. */
  declare readonly beta2: number;
  /** Small constant for numerical stability: the ε̂ of the paper, added to the square root. */
  declare readonly epsilon: number;
  /** Whether to divide by the maximum of all second moments so far. */
  declare readonly amsgrad: boolean;

  override slots(): SlotStarts<Slot> {
    return { momentum: 0, velocity: 0, ...(this.amsgrad ? { velocity_hat: 0 } : {}) };
  }

  override step(input: StepInput<Slot>): StepResult<Slot> {
    const { gradient, value, slots, learningRate } = input;
    const t = stepNumber(input);
    const momentum = movingAverage(slots.momentum, gradient, this.beta1);
    const velocity = movingAverage(slots.velocity, square(gradient), this.beta2);
    const maxima = this.amsgrad ? { velocity_hat: maximum(slots.velocity_hat, velocity) } : {};
    const alpha = divide(multiply(learningRate, sqrt(biasCorrection(this.beta2, t))), biasCorrection(this.beta1, t));
    const root = add(sqrt(maxima.velocity_hat ?? velocity), this.epsilon);
    return {
      value: subtract(value, divide(multiply(momentum, alpha), root)),
      slots: { momentum, velocity, ...maxima },
    };
  }
}

/**
 * Adam with decoupled weight decay: w ← w (1 − η · weightDecay) before each step. The weight decay is 0.004 by default.
 *
 * @throws ValueError if weightDecay is null, or more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new AdamW({ learningRate: 0.1, weightDecay: 0.5 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.85]]
 * @see https://arxiv.org/abs/1711.05101
 */
export class AdamW extends Adam {
  static override readonly className: string = 'AdamW';
  static override readonly positional = ['learningRate', 'weightDecay', 'beta1', 'beta2'] as const;
  static override readonly elementwise: boolean = true;
  static override readonly fields: Fields = { ...Adam.fields, weightDecay: requiredDecay(0.004) };

  /** Weight decay. */
  declare readonly weightDecay: number;

  constructor(...args: Arguments<AdamOptions, typeof AdamW.positional>);
  constructor(options?: AdamOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super({ ...options, ...positional });
  }
}

/** A weight decay that cannot be null, as in Keras. */
function requiredDecay(byDefault: number): Fields[string] {
  return field({
    byDefault,
    read: (who, option, given) => {
      if (given !== null) return checkNumber(who, option, given);
      throw new ValueError(
        `[${who}] ${option} must be a number. Received: ${option}=${show(given)}. Use Adam for none.`,
      );
    },
  });
}
