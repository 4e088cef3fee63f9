import type { Config } from '../../core/config.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/elementwise.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Adagrad}. */
export interface AdagradOptions extends OptimizerOptions {
  /** What the sum of squares starts with. @default 0.1 */
  initialAccumulatorValue?: number;
  /** What keeps the quotient finite; it stands under the root. @default 1e-7 */
  epsilon?: number;
}

/**
 * Gradient descent by gradients divided by the root of the sum of all their squares so far.
 *
 *     s ← s + g²
 *     w ← w − η g / √(s + ε)
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adagrad({ learningRate: 0.1, initialAccumulatorValue: 0 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://jmlr.org/papers/v12/duchi11a.html
 */
export class Adagrad extends Optimizer {
  /** What the sum of squares starts with. */
  readonly initialAccumulatorValue: number;
  /** What keeps the quotient finite; it stands under the root. */
  readonly epsilon: number;

  constructor(options: AdagradOptions = {}) {
    checkOptions('Adagrad', options, [...optimizerOptions, 'initialAccumulatorValue', 'epsilon']);
    super('Adagrad', options, { learningRate: 0.001 });
    const start = options.initialAccumulatorValue ?? 0.1;
    this.initialAccumulatorValue = checkNumber('Adagrad', 'initialAccumulatorValue', start);
    this.epsilon = checkNumber('Adagrad', 'epsilon', options.epsilon ?? 1e-7);
  }

  protected override get movesElements(): boolean {
    return this.constructor === Adagrad;
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['accumulator']];
  }

  protected override slotStart(): number {
    return this.initialAccumulatorValue;
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const sum = step.write('accumulator', add(step.read('accumulator'), square(gradient)));
    return subtract(value, divide(multiply(step.learningRate, gradient), sqrt(add(sum, this.epsilon))));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      initial_accumulator_value: this.initialAccumulatorValue,
      epsilon: this.epsilon,
    };
  }
}
