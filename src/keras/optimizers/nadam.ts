import type { Value } from '../../compiler/ir/value.ts';
import { castTo } from '../../compiler/builder/operand.ts';
import { add, divide, multiply, power, sqrt, square, subtract } from '../ops/index.ts';
import { type Fields, number } from '../saving/fields.ts';
import { biasCorrection, movingAverage, stepNumber } from './formulas.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Nadam}. */
export interface NadamOptions extends OptimizerOptions {
  /** Decay rate of the first moment, and the limit of the momentum. @default 0.9 */
  beta1?: number;
  /** Decay rate of the second moment. @default 0.999 */
  beta2?: number;
  /** Small constant for numerical stability. @default 1e-7 */
  epsilon?: number;
}

type Slot = 'momentum' | 'velocity' | 'u_product';

/** The momentum at step t is less than β₁ by half of this number to the power of t. */
const DECAY = 0.96;

/** The options that can be given by position. */
const ORDER = ['learningRate', 'beta1', 'beta2', 'epsilon'] as const;

/**
 * Nadam: Adam with Nesterov's momentum, which increases towards β₁ over the steps.
 *
 *     μₜ = β₁ (1 − 0.96ᵗ / 2)                  p = μ₁ μ₂ … μₜ
 *     m ← m + (1 − β₁)(g − m)
 *     v ← v + (1 − β₂)(g² − v)
 *     m̂ = μₜ₊₁ m / (1 − p μₜ₊₁) + (1 − μₜ) g / (1 − p)
 *     w ← w − η m̂ / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Nadam({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.893721]]
 * @see https://keras.io/api/optimizers/nadam/
 */
export class Nadam extends Optimizer<NadamOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Nadam';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    beta1: number(0.9),
    beta2: number(0.999),
    epsilon: number(1e-7),
  };

  /** Decay rate of the first moment, and the limit of the momentum. */
  declare readonly beta1: number;
  /** Decay rate of the second moment. */
  declare readonly beta2: number;
  /** Small constant for numerical stability. */
  declare readonly epsilon: number;

  override slots(): SlotStarts<Slot> {
    return { momentum: 0, velocity: 0 };
  }

  /** The product of all μ so far. */
  override sharedSlots(): Readonly<Record<string, number>> {
    return { u_product: 1 };
  }

  override step(input: StepInput<Slot>): StepResult<Slot> {
    const { gradient, value, slots, learningRate } = input;
    const t = stepNumber(input);
    const next = castTo(add(input.iterations, 2), value.dtype);
    // Keras rounds the constants to float32, except in the product of the momentums.
    const rounded = (count: Value): Value => momentumAt(count, Math.fround(DECAY), Math.fround(this.beta1));
    const product = multiply(slots.u_product, momentumAt(t, DECAY, this.beta1));
    const momentum = movingAverage(slots.momentum, gradient, Math.fround(this.beta1));
    const velocity = movingAverage(slots.velocity, square(gradient), Math.fround(this.beta2));
    const ofMomentum = divide(rounded(next), subtract(1, multiply(product, rounded(next))));
    const ofGradient = divide(subtract(1, rounded(t)), subtract(1, product));
    const mean = add(multiply(momentum, ofMomentum), multiply(gradient, ofGradient));
    const root = add(sqrt(divide(velocity, biasCorrection(this.beta2, t))), this.epsilon);
    return {
      value: subtract(value, divide(multiply(mean, learningRate), root)),
      slots: { momentum, velocity, u_product: product },
    };
  }
}

/** μₜ = β₁ (1 − decayᵗ / 2) */
function momentumAt(t: Value, decay: number, beta1: number): Value {
  return multiply(subtract(1, multiply(power(decay, t), 0.5)), beta1);
}
