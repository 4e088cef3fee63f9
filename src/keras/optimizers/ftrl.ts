import type { Value } from '../../compiler/ir/value.ts';
import { add, clip, divide, multiply, power, square, subtract } from '../ops/index.ts';
import { type Fields, number, under } from '../saving/fields.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Ftrl}. */
export interface FtrlOptions extends OptimizerOptions {
  /** Exponent of the sum of squares in the effective learning rate, ≤ 0. @default -0.5 */
  learningRatePower?: number;
  /** Initial value of the sums of squares, ≥ 0. @default 0.1 */
  initialAccumulatorValue?: number;
  /** Strength of the penalty on magnitudes, which makes weights zero; ≥ 0. @default 0 */
  l1RegularizationStrength?: number;
  /** Strength of the penalty on squares, ≥ 0. @default 0 */
  l2RegularizationStrength?: number;
  /** Strength of a penalty on the squares of the current weights, like a term of the loss; ≥ 0. @default 0 */
  l2ShrinkageRegularizationStrength?: number;
  /** The β of the paper. @default 0 */
  beta?: number;
}

type Slot = 'accumulator' | 'linear';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'learningRatePower', 'initialAccumulatorValue'] as const;

/**
 * FTRL ("follow the regularized leader"): an optimizer for sparse linear models; with an L1 penalty most weights are
 * exactly zero.
 *
 *     g' = g + 2 λₛ w                           n' = n + g²
 *     z ← z + g' − (n'⁻ᵖ − n⁻ᵖ) / η · w
 *     w ← (clip(z, −λ₁, λ₁) − z) / (n'⁻ᵖ / η + 2 λ₂ + β / η)
 *
 * p is learningRatePower, n the sum of squares; λ₁, λ₂ and λₛ are the three strengths. η is 0.001 by default.
 *
 * @throws ValueError if an option is out of its range, or more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Ftrl({ learningRate: 0.1, initialAccumulatorValue: 0 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://research.google/pubs/ad-click-prediction-a-view-from-the-trenches/
 */
export class Ftrl extends Optimizer<FtrlOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Ftrl';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly elementwise: boolean = true;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    learningRatePower: number(-0.5, { max: 0 }),
    initialAccumulatorValue: number(0.1, { min: 0 }),
    l1RegularizationStrength: under('l1_regularization_strength', number(0, { min: 0 })),
    l2RegularizationStrength: under('l2_regularization_strength', number(0, { min: 0 })),
    l2ShrinkageRegularizationStrength: under('l2_shrinkage_regularization_strength', number(0, { min: 0 })),
    beta: number(0),
  };

  /** Exponent of the sum of squares in the effective learning rate. */
  declare readonly learningRatePower: number;
  /** Initial value of the sums of squares. */
  declare readonly initialAccumulatorValue: number;
  /** Strength of the penalty on magnitudes. */
  declare readonly l1RegularizationStrength: number;
  /** Strength of the penalty on squares. */
  declare readonly l2RegularizationStrength: number;
  /** Strength of a penalty on the squares of the current weights. */
  declare readonly l2ShrinkageRegularizationStrength: number;
  /** The β of the paper. */
  declare readonly beta: number;

  override slots(): SlotStarts<Slot> {
    return { accumulator: this.initialAccumulatorValue, linear: 0 };
  }

  override step({ gradient, value, slots, learningRate }: StepInput<Slot>): StepResult<Slot> {
    const { l1RegularizationStrength: l1, l2RegularizationStrength: l2 } = this;
    const raised = (x: Value): Value => power(x, -this.learningRatePower);
    const accumulator = add(slots.accumulator, square(gradient));
    const shrunk = add(gradient, multiply(value, 2 * this.l2ShrinkageRegularizationStrength));
    const pull = multiply(divide(subtract(raised(accumulator), raised(slots.accumulator)), learningRate), value);
    const linear = add(slots.linear, subtract(shrunk, pull));
    const penalty = add(divide(this.beta, learningRate), 2 * l2);
    const curvature = add(divide(raised(accumulator), learningRate), penalty);
    return {
      value: divide(subtract(clip(linear, -l1, l1), linear), curvature),
      slots: { accumulator, linear },
    };
  }
}
