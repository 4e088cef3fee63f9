import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { add, divide, minimum, multiply, power, sqrt, square, subtract } from '../ops/index.ts';
import { type Fields, integer, number } from '../saving/fields.ts';
import { movingAverage, stepNumber } from './formulas.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link ScheduleFreeAdamW}. */
export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** Position of the model's weights between the fast weights, 0, and their mean, 1; in (0, 1]. @default 0.9 */
  beta1?: number;
  /** Decay rate of the second moment. @default 0.999 */
  beta2?: number;
  /** Small constant for numerical stability. @default 1e-8 */
  epsilon?: number;
  /** Number of steps over which the learning rate increases linearly to its value. @default 0 */
  warmupSteps?: number;
}

type Slot = 'momentum' | 'velocity';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'beta1', 'beta2', 'epsilon', 'warmupSteps'] as const;

/**
 * Schedule-free AdamW: fast weights z descend, x is the mean of all of them so far, and the weights of the model are
 * between the two. It needs no learning-rate schedule.
 *
 *     v ← v + (1 − β₂)(g² − v)
 *     z ← z − η g / (√(v / (1 − β₂ᵗ)) + ε)        at step t; η increases linearly over the warm-up
 *     x ← (1 − 1/t) x + z / t
 *     w ← (1 − β₁) z + β₁ x
 *
 * x is not stored: it follows from w and z. η is 0.0025 by default.
 *
 * @throws ValueError if beta1 is not in (0, 1], or more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new ScheduleFreeAdamW({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/2405.15682
 */
export class ScheduleFreeAdamW extends Optimizer<ScheduleFreeAdamWOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'ScheduleFreeAdamW';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...optimizerFields(0.0025),
    beta1: number(0.9, { above: 0, max: 1 }),
    beta2: number(0.999),
    epsilon: number(1e-8),
    warmupSteps: integer(0, 0),
  };

  /** Position of the model's weights between the fast weights, 0, and their mean, 1. */
  declare readonly beta1: number;
  /** Decay rate of the second moment. */
  declare readonly beta2: number;
  /** Small constant for numerical stability. */
  declare readonly epsilon: number;
  /** Number of steps over which the learning rate increases linearly to its value. */
  declare readonly warmupSteps: number;

  /** Keras names the slot of the fast weights momentum; they start as the weights. */
  override slots(variable: Variable): SlotStarts<Slot> {
    return { momentum: variable.value, velocity: 0 };
  }

  override step(input: StepInput<Slot>): StepResult<Slot> {
    const { gradient, value, slots, learningRate } = input;
    const { beta1, beta2 } = this;
    const t = stepNumber(input);
    const velocity = movingAverage(slots.velocity, square(gradient), beta2);
    const root = add(sqrt(divide(velocity, subtract(1, power(beta2, t)))), this.epsilon);
    const before = slots.momentum;
    const after = subtract(before, divide(multiply(this.#warmedUp(learningRate, t), gradient), root));
    const meanBefore = divide(subtract(value, multiply(before, 1 - beta1)), beta1);
    const share = divide(1, t);
    const mean = add(multiply(subtract(1, share), meanBefore), multiply(share, after));
    return {
      value: add(multiply(after, 1 - beta1), multiply(mean, beta1)),
      slots: { momentum: after, velocity },
    };
  }

  #warmedUp(learningRate: Value, t: Value): Value {
    return this.warmupSteps === 0 ? learningRate : multiply(learningRate, minimum(divide(t, this.warmupSteps), 1));
  }
}
