import { type KnownShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  power,
  sqrt,
  square,
  subtract,
  expandDims,
  mean,
} from '../ops/index.ts';
import { type Fields, boolean, number } from '../saving/fields.ts';
import { stepNumber } from './formulas.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Adafactor}. */
export interface AdafactorOptions extends OptimizerOptions {
  /** Exponent of the decay of the second moment, a power of the step number. @default -0.8 */
  beta2Decay?: number;
  /** Small constant added to the squares of gradients. @default 1e-30 */
  epsilon1?: number;
  /** Lower bound of the root mean square of a variable, by which its steps are scaled. @default 1e-3 */
  epsilon2?: number;
  /** Maximum root mean square of a step before it is scaled by that of the variable. @default 1 */
  clipThreshold?: number;
  /**
   * Whether the learning rate is at most 1/√t. Keras's formula applies that bound in either case, so the option has no
   * effect; it is part of the config.
   * @default true
   */
  relativeStep?: boolean;
}

type Slot = 'r' | 'c' | 'velocity';

/** √mean(x²) */
const rootMeanSquare = (x: Value): Value => sqrt(mean(square(x)));

/** The options that can be given by position. */
const ORDER = ['learningRate', 'beta2Decay', 'epsilon1', 'epsilon2'] as const;

/**
 * Adafactor: gradients divided by the square root of their second moment, of which only the means over rows and columns,
 * the last two axes, are stored. Steps are scaled by the root mean square of the variable.
 *
 *     ρ = min(η, 1/√t)        β = 1 − tᵈ with d the decay        at step t
 *     r ← β r + (1 − β) mean of (g² + ε₁) over columns;  c ← the same over rows
 *     v ← r c / mean of r                                        with fewer than two axes v ← β v + (1 − β)(g² + ε₁)
 *     u = g / √v
 *     w ← w − ρ max(ε₂, rms(w)) u / max(1, rms(u) / threshold)
 *
 * η is 0.001 by default.
 *
 * @throws ValueError if more than one kind of clipping is set.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: new Adafactor({ learningRate: 0.1 }), loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://arxiv.org/abs/1804.04235
 */
export class Adafactor extends Optimizer<AdafactorOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Adafactor';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    beta2Decay: number(-0.8),
    epsilon1: number(1e-30),
    epsilon2: number(1e-3),
    clipThreshold: number(1),
    relativeStep: boolean(true),
  };

  /** Exponent of the decay of the second moment, a power of the step number. */
  declare readonly beta2Decay: number;
  /** Small constant added to the squares of gradients. */
  declare readonly epsilon1: number;
  /** Lower bound of the root mean square of a variable. */
  declare readonly epsilon2: number;
  /** Maximum root mean square of a step before it is scaled by that of the variable. */
  declare readonly clipThreshold: number;
  /** Whether the learning rate is at most 1/√t; it is in either case. */
  declare readonly relativeStep: boolean;

  override slots({ shape }: Variable): SlotStarts<Slot> {
    const isMatrix = shape.length >= 2;
    // With fewer than two axes Keras keeps a scalar in place of each mean, which is part of its files.
    const zeros = (kept: KnownShape): Tensor =>
      isMatrix
        ? new Tensor(new Float64Array(kept.reduce((size, length) => size * length, 1)), kept)
        : new Tensor(new Float64Array(1), []);
    return { r: zeros(shape.slice(0, -1)), c: zeros([...shape.slice(0, -2), ...shape.slice(-1)]), velocity: 0 };
  }

  override step(input: StepInput<Slot>): StepResult<Slot> {
    const { gradient, value, learningRate } = input;
    const t = stepNumber(input);
    const rate = minimum(learningRate, divide(1, sqrt(t)));
    const slots = this.#secondMoment(input, subtract(1, power(t, this.beta2Decay)));
    const update = divide(gradient, sqrt(slots.velocity));
    const clipped = divide(update, maximum(1, divide(rootMeanSquare(update), this.clipThreshold)));
    // Keras rounds ε₂ to float32.
    const scale = multiply(maximum(Math.fround(this.epsilon2), rootMeanSquare(value)), rate);
    return { value: subtract(value, multiply(scale, clipped)), slots };
  }

  #secondMoment({ gradient, slots }: StepInput<Slot>, beta: Value): { velocity: Value; r?: Value; c?: Value } {
    const average = (last: Value, x: Value): Value => add(multiply(beta, last), multiply(subtract(1, beta), x));
    const squares = add(square(gradient), this.epsilon1);
    if (squares.rank < 2) return { velocity: average(slots.velocity, squares) };
    const r = average(slots.r, mean(squares, { axis: -1 }));
    const c = average(slots.c, mean(squares, { axis: -2 }));
    const share = divide(r, mean(r, { axis: -1, keepdims: true }));
    return { r, c, velocity: multiply(expandDims(share, -1), expandDims(c, -2)) };
  }
}
