import type { Config } from '../../core/config.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../core/checks.ts';
import { type KnownShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add, divide, maximum, minimum, multiply, power, sqrt, square, subtract } from '../ops/elementwise.ts';
import { expandDims } from '../ops/movement.ts';
import { castTo } from '../ops/operand.ts';
import { mean } from '../ops/reductions.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Adafactor}. */
export interface AdafactorOptions extends OptimizerOptions {
  /** The power of the number of steps by which the mean square forgets. @default -0.8 */
  beta2Decay?: number;
  /** What is added to squares of gradients. @default 1e-30 */
  epsilon1?: number;
  /** The least size of a weight, by which steps are measured. @default 1e-3 */
  epsilon2?: number;
  /** The greatest root mean square of a step, before it is measured by the weight. @default 1 */
  clipThreshold?: number;
  /**
   * Whether the rate is held below 1/√t. Keras's formula does so in either case, so that this changes nothing; configs
   * have it.
   * @default true
   */
  relativeStep?: boolean;
}

const own = ['beta2Decay', 'epsilon1', 'epsilon2', 'clipThreshold', 'relativeStep'];

/** The root of the mean of the squares. */
const rootMeanSquare = (x: Value): Value => sqrt(mean(square(x)));

/**
 * Descent by gradients divided by the root of their mean square, of which only the means of rows and of columns, the
 * last two axes, decide. Steps are measured by the weights.
 *
 *     ρ = min(η, 1/√t)        β = 1 − tᵈ with d the decay        at step t
 *     r ← β r + (1 − β) mean of (g² + ε₁) over columns;  c ← the same over rows
 *     v ← r c / mean of r                                        of two axes or more; else v ← β v + (1 − β)(g² + ε₁)
 *     u = g / √v
 *     w ← w − ρ max(ε₂, rms(w)) u / max(1, rms(u) / threshold)
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adafactor({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1804.04235
 */
export class Adafactor extends Optimizer {
  /** The power of the number of steps by which the mean square forgets. */
  readonly beta2Decay: number;
  /** What is added to squares of gradients. */
  readonly epsilon1: number;
  /** The least size of a weight, by which steps are measured. */
  readonly epsilon2: number;
  /** The greatest root mean square of a step, before it is measured by the weight. */
  readonly clipThreshold: number;
  /** Whether the rate is held below 1/√t; it is in either case. */
  readonly relativeStep: boolean;

  constructor(options: AdafactorOptions = {}) {
    checkOptions('Adafactor', options, [...optimizerOptions, ...own]);
    super('Adafactor', options, { learningRate: 0.001 });
    this.beta2Decay = checkNumber('Adafactor', 'beta2Decay', options.beta2Decay ?? -0.8);
    this.epsilon1 = checkNumber('Adafactor', 'epsilon1', options.epsilon1 ?? 1e-30);
    this.epsilon2 = checkNumber('Adafactor', 'epsilon2', options.epsilon2 ?? 1e-3);
    this.clipThreshold = checkNumber('Adafactor', 'clipThreshold', options.clipThreshold ?? 1);
    this.relativeStep = checkBoolean('Adafactor', 'relativeStep', options.relativeStep ?? true);
  }

  protected override slotGroups(): readonly (readonly string[])[] {
    return [['r', 'c', 'velocity']];
  }

  protected override slotStart(slot: string, { shape }: Variable): number | Tensor {
    if (slot === 'velocity') return 0;
    // Fewer than two axes have no means; Keras keeps a zero in their place, and files have it.
    if (shape.length < 2) return new Tensor(new Float64Array(1), []);
    const kept: KnownShape = slot === 'r' ? shape.slice(0, -1) : [...shape.slice(0, -2), ...shape.slice(-1)];
    return new Tensor(new Float64Array(kept.reduce((size, length) => size * length, 1)), kept);
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    const { dtype } = step.variable;
    const count = castTo(add(step.iterations, 1), dtype);
    const rate = step.scalar('rate', () => minimum(step.learningRate, divide(1, sqrt(count))));
    const beta = step.scalar('beta', () => subtract(1, power(count, this.beta2Decay)));
    const kept = (slot: string, x: Value): Value =>
      step.write(slot, add(multiply(beta, step.read(slot)), multiply(subtract(1, beta), x)));
    const squares = add(square(gradient), this.epsilon1);
    const update = divide(gradient, sqrt(this.#velocity(squares, kept, step)));
    const clipped = divide(update, maximum(1, divide(rootMeanSquare(update), this.clipThreshold)));
    // Keras rounds ε₂ to float32.
    const size = multiply(maximum(Math.fround(this.epsilon2), rootMeanSquare(value)), rate);
    return subtract(value, multiply(size, clipped));
  }

  #velocity(squares: Value, kept: (slot: string, x: Value) => Value, step: UpdateStep): Value {
    if (squares.rank < 2) return kept('velocity', squares);
    const rows = kept('r', mean(squares, { axis: -1 }));
    const columns = kept('c', mean(squares, { axis: -2 }));
    const share = divide(rows, mean(rows, { axis: -1, keepdims: true }));
    return step.write('velocity', multiply(expandDims(share, -1), expandDims(columns, -2)));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      beta_2_decay: this.beta2Decay,
      epsilon_1: this.epsilon1,
      epsilon_2: this.epsilon2,
      clip_threshold: this.clipThreshold,
      relative_step: this.relativeStep,
    };
  }
}
