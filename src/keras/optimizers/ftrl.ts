import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, clip, divide, multiply, power, square, subtract } from '../ops/elementwise.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Ftrl}. */
export interface FtrlOptions extends OptimizerOptions {
  /** How the rate falls with the sum of squares: its power, 0 or less. @default -0.5 */
  learningRatePower?: number;
  /** What the sum of squares starts with. @default 0.1 */
  initialAccumulatorValue?: number;
  /** The strength of the penalty on magnitudes, which makes weights zero. @default 0 */
  l1RegularizationStrength?: number;
  /** The strength of the penalty on squares. @default 0 */
  l2RegularizationStrength?: number;
  /** A penalty on squares that counts at the weights as they are, like a term of the loss. @default 0 */
  l2ShrinkageRegularizationStrength?: number;
  /** The β of the paper. @default 0 */
  beta?: number;
}

const NOT_NEGATIVE = [
  'initialAccumulatorValue',
  'l1RegularizationStrength',
  'l2RegularizationStrength',
  'l2ShrinkageRegularizationStrength',
] as const;

/**
 * Follow the regularized leader: weights are what would have been best so far, most of them exactly zero with an L1
 * penalty.
 *
 *     g' = g + 2 λₛ w                           n' = n + g²
 *     z ← z + g' − (n'⁻ᵖ − n⁻ᵖ) / η · w
 *     w ← (clip(z, −λ₁, λ₁) − z) / (n'⁻ᵖ / η + 2 λ₂ + β / η)
 *
 * p is learningRatePower, n the sum of squares; λ₁, λ₂ and λₛ are the three strengths. η is 0.001 by default.
 *
 * @throws ValueError if learningRatePower is above 0, or one of the others below, or several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Ftrl({ learningRate: 0.1, initialAccumulatorValue: 0 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://research.google/pubs/ad-click-prediction-a-view-from-the-trenches/
 */
export class Ftrl extends Optimizer {
  /** How the rate falls with the sum of squares: its power. */
  readonly learningRatePower: number;
  /** What the sum of squares starts with. */
  readonly initialAccumulatorValue: number;
  /** The strength of the penalty on magnitudes. */
  readonly l1RegularizationStrength: number;
  /** The strength of the penalty on squares. */
  readonly l2RegularizationStrength: number;
  /** A penalty on squares that counts at the weights as they are. */
  readonly l2ShrinkageRegularizationStrength: number;
  /** The β of the paper. */
  readonly beta: number;

  constructor(options: FtrlOptions = {}) {
    checkOptions('Ftrl', options, [...optimizerOptions, 'learningRatePower', ...NOT_NEGATIVE, 'beta']);
    super('Ftrl', options, { learningRate: 0.001 });
    const read = (argument: (typeof NOT_NEGATIVE)[number], standard: number): number => {
      const value = checkNumber('Ftrl', argument, options[argument] ?? standard);
      if (value >= 0) return value;
      throw new ValueError(`[Ftrl] ${argument} must not be negative. Received: ${argument}=${value}.`);
    };
    this.learningRatePower = checkNumber('Ftrl', 'learningRatePower', options.learningRatePower ?? -0.5);
    if (this.learningRatePower > 0) {
      throw new ValueError(
        `[Ftrl] learningRatePower must not be above 0. Received: learningRatePower=${this.learningRatePower}.`,
      );
    }
    this.initialAccumulatorValue = read('initialAccumulatorValue', 0.1);
    this.l1RegularizationStrength = read('l1RegularizationStrength', 0);
    this.l2RegularizationStrength = read('l2RegularizationStrength', 0);
    this.l2ShrinkageRegularizationStrength = read('l2ShrinkageRegularizationStrength', 0);
    this.beta = checkNumber('Ftrl', 'beta', options.beta ?? 0);
  }

  protected override get movesElements(): boolean {
    return this.constructor === Ftrl;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['accumulator', 'linear']];
  }

  protected override slotStart(slot: string): number {
    return slot === 'accumulator' ? this.initialAccumulatorValue : 0;
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const rate = step.learningRate;
    const last = step.read('accumulator');
    const sum = step.write('accumulator', add(last, square(gradient)));
    const raised = (x: Value): Value => power(x, -this.learningRatePower);
    const shrunk = add(gradient, multiply(value, 2 * this.l2ShrinkageRegularizationStrength));
    const pull = multiply(divide(subtract(raised(sum), raised(last)), rate), value);
    const linear = step.write('linear', add(step.read('linear'), subtract(shrunk, pull)));
    const penalty = step.scalar('penalty', () => add(divide(this.beta, rate), 2 * this.l2RegularizationStrength));
    const { l1RegularizationStrength: l1 } = this;
    return divide(subtract(clip(linear, -l1, l1), linear), add(divide(raised(sum), rate), penalty));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      learning_rate_power: this.learningRatePower,
      initial_accumulator_value: this.initialAccumulatorValue,
      l1_regularization_strength: this.l1RegularizationStrength,
      l2_regularization_strength: this.l2RegularizationStrength,
      l2_shrinkage_regularization_strength: this.l2ShrinkageRegularizationStrength,
      beta: this.beta,
    };
  }
}
