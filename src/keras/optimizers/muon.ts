import type { Config } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add, divide, multiply, power, sqrt, square, subtract } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { type Quintic, orthogonalized } from './newton-schulz.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerOptions } from './options.ts';
import type { UpdateStep } from './update-step.ts';

/** Options of {@link Muon}. */
export interface MuonOptions extends OptimizerOptions {
  /** How much of each matrix, times the learning rate, goes at each step; null for nothing. @default 0.004 */
  weightDecay?: number | null;
  /** Of Adam: how much of the mean of the gradients stays at each step. @default 0.9 */
  adamBeta1?: number;
  /** Of Adam: how much of their mean square stays. @default 0.999 */
  adamBeta2?: number;
  /** How much of the weights that Adam moves, times the learning rate, goes at each step. @default 0.004 */
  adamWeightDecay?: number | null;
  /** Of Adam: what keeps the quotient finite. @default 1e-7 */
  epsilon?: number;
  /** Regular expressions: Adam moves the weights whose path one of them is found in. @default none */
  excludeLayers?: readonly string[] | null;
  /** Whether Adam moves the weights whose path has "embedding" in it. @default true */
  excludeEmbeddings?: boolean;
  /** The a of the iteration. @default 3.4445 */
  muonA?: number;
  /** The b of the iteration. @default -4.775 */
  muonB?: number;
  /** The c of the iteration. @default 2.0315 */
  muonC?: number;
  /** What Adam's rate is multiplied by. @default 1 */
  adamLrRatio?: number;
  /** How much of the sum of the gradients of matrices stays at each step. @default 0.95 */
  momentum?: number;
  /** How often the iteration is made. @default 5 */
  nsSteps?: number;
  /** Whether the gradient counts as that after the next step. @default true */
  nesterov?: boolean;
  /** The root mean square of a step, before the rate; null for steps that do not know the size of the matrix. @default 0.2 */
  rmsRate?: number | null;
}

const own = [
  ...['adamBeta1', 'adamBeta2', 'adamWeightDecay', 'epsilon', 'excludeLayers', 'excludeEmbeddings', 'muonA', 'muonB'],
  ...['muonC', 'adamLrRatio', 'momentum', 'nsSteps', 'nesterov', 'rmsRate'],
];

/**
 * Momentum for matrices, each step of which is made orthogonal; Adam, with a weight decay, for all other weights: those
 * that are no matrices, embeddings, and what excludeLayers names, which should be the last layer.
 *
 *     m ← μ m + g;  d = g + μ m             or d = m without Nesterov's form
 *     w ← w − η s O(d)                      s = 0.2 √max(rows, columns)
 *
 * O(d) has the singular vectors of d, and singular values near 1: Newton and Schulz's iteration, of a quintic whose
 * coefficients are muonA, muonB and muonC. s is 1 where rmsRate is null. η is 0.001 by default.
 *
 * @throws ValueError if several ways of clipping are set, or one of excludeLayers is no regular expression.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * const optimizer = new Muon({ learningRate: 0.1, excludeLayers: ['dense'], weightDecay: null, adamWeightDecay: null });
 * model.compile({ optimizer, loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://keras.io/api/optimizers/muon/
 */
export class Muon extends Optimizer {
  /** Of Adam: how much of the mean of the gradients stays at each step. */
  readonly adamBeta1: number;
  /** Of Adam: how much of their mean square stays. */
  readonly adamBeta2: number;
  /** How much of the weights that Adam moves, times the learning rate, goes at each step. */
  readonly adamWeightDecay: number | null;
  /** Of Adam: what keeps the quotient finite. */
  readonly epsilon: number;
  /** Regular expressions: Adam moves the weights whose path one of them is found in. */
  readonly excludeLayers: readonly string[];
  /** Whether Adam moves the weights whose path has "embedding" in it. */
  readonly excludeEmbeddings: boolean;
  /** The coefficients of the iteration. */
  readonly quintic: Quintic;
  /** What Adam's rate is multiplied by. */
  readonly adamLrRatio: number;
  /** How much of the sum of the gradients of matrices stays at each step. */
  readonly momentum: number;
  /** How often the iteration is made. */
  readonly nsSteps: number;
  /** Whether the gradient counts as that after the next step. */
  readonly nesterov: boolean;
  /** The root mean square of a step, before the rate, or null. */
  readonly rmsRate: number | null;
  readonly #excluded: readonly RegExp[];

  constructor(options: MuonOptions = {}) {
    checkOptions('Muon', options, [...optimizerOptions, ...own]);
    const { weightDecay = 0.004, adamWeightDecay = 0.004, rmsRate = 0.2 } = options;
    const number = (argument: string, value: number): number => checkNumber('Muon', argument, value);
    super('Muon', { ...options, weightDecay }, { learningRate: 0.001 });
    this.adamBeta1 = number('adamBeta1', options.adamBeta1 ?? 0.9);
    this.adamBeta2 = number('adamBeta2', options.adamBeta2 ?? 0.999);
    this.adamWeightDecay = adamWeightDecay === null ? null : number('adamWeightDecay', adamWeightDecay);
    this.epsilon = number('epsilon', options.epsilon ?? 1e-7);
    this.excludeLayers = readList(options.excludeLayers ?? []);
    this.excludeEmbeddings = checkBoolean('Muon', 'excludeEmbeddings', options.excludeEmbeddings ?? true);
    this.quintic = {
      a: number('muonA', options.muonA ?? 3.4445),
      b: number('muonB', options.muonB ?? -4.775),
      c: number('muonC', options.muonC ?? 2.0315),
    };
    this.adamLrRatio = number('adamLrRatio', options.adamLrRatio ?? 1);
    this.momentum = number('momentum', options.momentum ?? 0.95);
    this.nsSteps = checkInteger('Muon', 'nsSteps', options.nsSteps ?? 5, 0);
    this.nesterov = checkBoolean('Muon', 'nesterov', options.nesterov ?? true);
    this.rmsRate = rmsRate === null ? null : number('rmsRate', rmsRate);
    this.#excluded = this.excludeLayers.map(readPattern);
  }

  /** Whether Adam moves a variable. */
  #isAdams({ shape, path }: Variable): boolean {
    if (shape.length !== 2) return true;
    if (this.excludeEmbeddings && path.toLowerCase().includes('embedding')) return true;
    return this.#excluded.some((pattern) => pattern.test(path));
  }

  protected override slotGroups(variable: Variable): readonly (readonly string[])[] {
    return [this.#isAdams(variable) ? ['momentum', 'velocity'] : ['momentum']];
  }

  protected override weightDecayOf(variable: Variable): number | null {
    return this.#isAdams(variable) ? this.adamWeightDecay : this.settings.weightDecay;
  }

  protected override updateStep(gradient: Value, value: Value, step: UpdateStep): Value {
    if (this.#isAdams(step.variable)) return this.#adam(gradient, value, step);
    const momentum = step.write('momentum', add(multiply(step.read('momentum'), this.momentum), gradient));
    const direction = this.nesterov ? add(gradient, multiply(momentum, this.momentum)) : momentum;
    const update = multiply(orthogonalized(direction, this.nsSteps, this.quintic), step.learningRate);
    if (this.rmsRate === null) return subtract(value, update);
    return subtract(value, multiply(update, Math.sqrt(Math.max(...step.variable.shape)) * this.rmsRate));
  }

  #adam(gradient: Value, value: Value, step: UpdateStep): Value {
    const average = (slot: string, x: Value, beta: number): Value => {
      const last = step.read(slot);
      return step.write(slot, add(last, multiply(subtract(x, last), 1 - beta)));
    };
    const momentum = average('momentum', gradient, this.adamBeta1);
    const velocity = average('velocity', square(gradient), this.adamBeta2);
    const size = step.scalar('size', () => this.#size(step));
    return subtract(value, divide(multiply(momentum, size), add(sqrt(velocity), this.epsilon)));
  }

  /** η √(1 − β₂ᵗ) / (1 − β₁ᵗ), of Adam's rate; Keras rounds the betas to float32 here. */
  #size(step: UpdateStep): Value {
    const count = castTo(add(step.iterations, 1), step.variable.dtype);
    const missing = (beta: number): Value => subtract(1, power(Math.fround(beta), count));
    const rate = multiply(step.learningRate, this.adamLrRatio);
    return divide(multiply(rate, sqrt(missing(this.adamBeta2))), missing(this.adamBeta1));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      adam_beta_1: this.adamBeta1,
      adam_beta_2: this.adamBeta2,
      epsilon: this.epsilon,
      exclude_layers: [...this.excludeLayers],
      muon_a: this.quintic.a,
      muon_b: this.quintic.b,
      muon_c: this.quintic.c,
      adam_lr_ratio: this.adamLrRatio,
      momentum: this.momentum,
      ns_steps: this.nsSteps,
      nesterov: this.nesterov,
      exclude_embeddings: this.excludeEmbeddings,
      adam_weight_decay: this.adamWeightDecay,
      rms_rate: this.rmsRate,
    };
  }
}

function readList(list: unknown): readonly string[] {
  if (Array.isArray(list)) return [...(list as readonly string[])];
  throw new TypeError(`[Muon] excludeLayers must be a list of strings. Received: excludeLayers=${show(list)}.`);
}

function readPattern(source: unknown): RegExp {
  try {
    if (typeof source === 'string') return new RegExp(source);
  } catch {
    // Refused below.
  }
  throw new ValueError(
    `[Muon] excludeLayers must be regular expressions, as strings. Received: ${show(source)} among them.`,
  );
}
