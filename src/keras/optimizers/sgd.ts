import type { Config } from '../../core/config.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, multiply, subtract } from '../ops/elementwise.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, checkFraction, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link SGD}. */
export interface SGDOptions extends OptimizerOptions {
  /** How much of the last step is made again. @default 0 */
  momentum?: number;
  /** Whether the gradient counts as that after the next step. @default false */
  nesterov?: boolean;
}

/**
 * Gradient descent, with momentum where asked.
 *
 *     w ← w − η g
 *     m ← μ m − η g;  w ← w + m               with momentum μ
 *     m ← μ m − η g;  w ← w + μ m − η g       with Nesterov's
 *
 * η is 0.01 by default.
 *
 * @throws ValueError if momentum lies outside [0, 1], or several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);    // the gradient is 2
 * model.weights[0].value;                    // [[0.8]]
 * @see https://keras.io/api/optimizers/sgd/
 */
export class SGD extends Optimizer {
  /** How much of the last step is made again. */
  readonly momentum: number;
  /** Whether the gradient counts as that after the next step. */
  readonly nesterov: boolean;

  constructor(options: SGDOptions = {}) {
    checkOptions('SGD', options, [...optimizerOptions, 'momentum', 'nesterov']);
    super('SGD', options, { learningRate: 0.01 });
    this.momentum = checkFraction('SGD', 'momentum', options.momentum ?? 0);
    this.nesterov = checkBoolean('SGD', 'nesterov', options.nesterov ?? false);
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return this.momentum === 0 ? [] : [['momentum']];
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const descent = multiply(gradient, step.learningRate);
    if (this.momentum === 0) return subtract(value, descent);
    const momentum = step.write('momentum', subtract(multiply(step.read('momentum'), this.momentum), descent));
    if (!this.nesterov) return add(value, momentum);
    return add(value, subtract(multiply(momentum, this.momentum), descent));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), momentum: this.momentum, nesterov: this.nesterov };
  }
}
