import type { Config } from '../../core/config.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import {
  add,
  divide,
  greater,
  logicalAnd,
  multiply,
  power,
  sqrt,
  square,
  subtract,
  where,
} from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { sum } from '../ops/reductions.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Lamb}. */
export interface LambOptions extends OptimizerOptions {
  /** How much of the mean of the gradients stays at each step. @default 0.9 */
  beta1?: number;
  /** How much of their mean square stays. @default 0.999 */
  beta2?: number;
  /** What keeps the quotient finite. @default 1e-7 */
  epsilon?: number;
}

/** √Σx² */
const norm = (x: Value): Value => sqrt(sum(square(x)));

/**
 * Adam whose steps are as long, for each weight, as the weight itself, times the learning rate: for large batches.
 *
 *     m ← m + (1 − β₁)(g − m)
 *     v ← v + (1 − β₂)(g² − v)
 *     u = m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)        at step t
 *     w ← w − η u ‖w‖ / ‖u‖                             with 1 for the quotient where a norm is 0
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Lamb({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1904.00962
 */
export class Lamb extends Optimizer {
  /** How much of the mean of the gradients stays at each step. */
  readonly beta1: number;
  /** How much of their mean square stays. */
  readonly beta2: number;
  /** What keeps the quotient finite. */
  readonly epsilon: number;

  constructor(options: LambOptions = {}) {
    checkOptions('Lamb', options, [...optimizerOptions, 'beta1', 'beta2', 'epsilon']);
    super('Lamb', options, { learningRate: 0.001 });
    this.beta1 = checkNumber('Lamb', 'beta1', options.beta1 ?? 0.9);
    this.beta2 = checkNumber('Lamb', 'beta2', options.beta2 ?? 0.999);
    this.epsilon = checkNumber('Lamb', 'epsilon', options.epsilon ?? 1e-7);
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['momentum', 'velocity']];
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const average = (slot: string, x: Value, beta: number): Value => {
      const last = step.read(slot);
      return step.write(slot, add(last, multiply(subtract(x, last), 1 - beta)));
    };
    const momentum = average('momentum', gradient, this.beta1);
    const velocity = average('velocity', square(gradient), this.beta2);
    const root = sqrt(divide(velocity, this.#missing(step, 'missing velocity', this.beta2)));
    const update = divide(
      divide(momentum, this.#missing(step, 'missing momentum', this.beta1)),
      add(root, this.epsilon),
    );
    const [ofWeight, ofUpdate] = [norm(value), norm(update)];
    const ratio = where(logicalAnd(greater(ofWeight, 0), greater(ofUpdate, 0)), divide(ofWeight, ofUpdate), 1);
    return subtract(value, multiply(multiply(ratio, step.learningRate), update));
  }

  /** 1 − βᵗ; Keras rounds β to float32 here. */
  #missing(step: UpdateStep, name: string, beta: number): Value {
    return step.scalar(name, () => {
      const count = castTo(add(step.iterations, 1), step.variable.dtype);
      return subtract(1, power(Math.fround(beta), count));
    });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), beta_1: this.beta1, beta_2: this.beta2, epsilon: this.epsilon };
  }
}
