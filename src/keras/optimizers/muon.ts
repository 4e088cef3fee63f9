import { ValueError, show } from '../../core/errors.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/index.ts';
import { type Field, type Fields, boolean, field, integer, nullable, nullIsDefault, number } from '../saving/fields.ts';
import { biasCorrection, movingAverage, stepNumber } from './formulas.ts';
import { orthogonalized } from './newton-schulz.ts';
import { Optimizer } from './optimizer.ts';
import { type OptimizerOptions, optimizerFields } from './options.ts';
import type { SlotStarts, StepInput, StepResult } from './step.ts';

/** Options of {@link Muon}. */
export interface MuonOptions extends OptimizerOptions {
  /** Weight decay of the matrices that Muon updates; null for none. @default 0.004 */
  weightDecay?: number | null;
  /** Adam's decay rate of the first moment. @default 0.9 */
  adamBeta1?: number;
  /** Adam's decay rate of the second moment. @default 0.999 */
  adamBeta2?: number;
  /** Weight decay of the variables that Adam updates; null for none. @default 0.004 */
  adamWeightDecay?: number | null;
  /** Adam's small constant for numerical stability. @default 1e-7 */
  epsilon?: number;
  /** Regular expressions: Adam updates variables whose path matches one of them. @default none */
  excludeLayers?: readonly string[] | null;
  /** Whether Adam updates variables with "embedding" in their path. @default true */
  excludeEmbeddings?: boolean;
  /** Coefficient a of the Newton–Schulz iteration. @default 3.4445 */
  muonA?: number;
  /** Coefficient b of the Newton–Schulz iteration. @default -4.775 */
  muonB?: number;
  /** Coefficient c of the Newton–Schulz iteration. @default 2.0315 */
  muonC?: number;
  /** Ratio of Adam's learning rate to that of Muon. @default 1 */
  adamLrRatio?: number;
  /** Momentum coefficient of the matrices. @default 0.95 */
  momentum?: number;
  /** Number of Newton–Schulz iterations. @default 5 */
  nsSteps?: number;
  /** Whether to use Nesterov's momentum. @default true */
  nesterov?: boolean;
  /** Root mean square of a step before the learning rate; null for steps that ignore the size of the matrix. @default 0.2 */
  rmsRate?: number | null;
}

type Slot = 'momentum' | 'velocity';

/** The options that can be given by position. */
const ORDER = ['learningRate', 'adamBeta1', 'adamBeta2', 'adamWeightDecay'] as const;

/**
 * Muon: momentum for matrices, with steps made orthogonal. Adam with weight decay updates all other variables: those that
 * are no matrices, embeddings, and those that `excludeLayers` matches, which should include the last layer.
 *
 *     m ← μ m + g;  d = g + μ m             or d = m without Nesterov's momentum
 *     w ← w − η s O(d)                      s = 0.2 √max(rows, columns)
 *
 * O(d) has the singular vectors of d, and singular values near 1: the Newton–Schulz iteration with a quintic polynomial
 * whose coefficients are muonA, muonB and muonC. s is 1 if rmsRate is null. η is 0.001 by default.
 *
 * @throws ValueError if more than one kind of clipping is set, or an entry of excludeLayers is no regular expression.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * const optimizer = new Muon({ learningRate: 0.1, excludeLayers: ['dense'], weightDecay: null, adamWeightDecay: null });
 * model.compile({ optimizer, loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0]]);
 * model.weights[0].value;    // [[0.9]]
 * @see https://keras.io/api/optimizers/muon/
 */
export class Muon extends Optimizer<MuonOptions, Slot, typeof ORDER> {
  static override readonly className: string = 'Muon';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    ...optimizerFields(0.001),
    weightDecay: nullable(number(0.004)),
    adamBeta1: number(0.9),
    adamBeta2: number(0.999),
    epsilon: number(1e-7),
    excludeLayers: nullIsDefault(patterns()),
    muonA: number(3.4445),
    muonB: number(-4.775),
    muonC: number(2.0315),
    adamLrRatio: number(1),
    momentum: number(0.95),
    nsSteps: integer(5, 0),
    nesterov: boolean(true),
    excludeEmbeddings: boolean(true),
    adamWeightDecay: nullable(number(0.004)),
    rmsRate: nullable(number(0.2)),
  };

  /** Adam's decay rate of the first moment. */
  declare readonly adamBeta1: number;
  /** Adam's decay rate of the second moment. */
  declare readonly adamBeta2: number;
  /** Weight decay of the variables that Adam updates; null for none. */
  declare readonly adamWeightDecay: number | null;
  /** Adam's small constant for numerical stability. */
  declare readonly epsilon: number;
  /** Regular expressions: Adam updates variables whose path matches one of them. */
  declare readonly excludeLayers: readonly string[];
  /** Whether Adam updates variables with "embedding" in their path. */
  declare readonly excludeEmbeddings: boolean;
  /** Coefficient a of the Newton–Schulz iteration. */
  declare readonly muonA: number;
  /** Coefficient b of the Newton–Schulz iteration. */
  declare readonly muonB: number;
  /** Coefficient c of the Newton–Schulz iteration. */
  declare readonly muonC: number;
  /** Ratio of Adam's learning rate to that of Muon. */
  declare readonly adamLrRatio: number;
  /** Momentum coefficient of the matrices. */
  declare readonly momentum: number;
  /** Number of Newton–Schulz iterations. */
  declare readonly nsSteps: number;
  /** Whether to use Nesterov's momentum. */
  declare readonly nesterov: boolean;
  /** Root mean square of a step before the learning rate; null for steps that ignore the size of the matrix. */
  declare readonly rmsRate: number | null;

  /** Whether Adam updates a variable. */
  #usesAdam({ shape, path }: Variable): boolean {
    if (shape.length !== 2) return true;
    if (this.excludeEmbeddings && path.toLowerCase().includes('embedding')) return true;
    return this.excludeLayers.some((pattern) => new RegExp(pattern).test(path));
  }

  override slots(variable: Variable): SlotStarts<Slot> {
    return { momentum: 0, ...(this.#usesAdam(variable) ? { velocity: 0 } : {}) };
  }

  protected override decayOf(variable: Variable): number | null {
    return this.#usesAdam(variable) ? this.adamWeightDecay : this.weightDecay;
  }

  override step(input: StepInput<Slot>): StepResult<Slot> {
    // Only Adam has a second moment.
    if (Object.hasOwn(input.slots, 'velocity')) return this.#adam(input);
    const { gradient, value, slots, learningRate } = input;
    const { muonA: a, muonB: b, muonC: c } = this;
    const momentum = add(multiply(slots.momentum, this.momentum), gradient);
    const direction = this.nesterov ? add(gradient, multiply(momentum, this.momentum)) : momentum;
    const update = multiply(orthogonalized(direction, this.nsSteps, { a, b, c }), learningRate);
    const scale = this.rmsRate === null ? null : Math.sqrt(Math.max(...value.knownShape)) * this.rmsRate;
    return { value: subtract(value, scale === null ? update : multiply(update, scale)), slots: { momentum } };
  }

  #adam(input: StepInput<Slot>): StepResult<Slot> {
    const { gradient, value, slots, learningRate } = input;
    const t = stepNumber(input);
    const momentum = movingAverage(slots.momentum, gradient, this.adamBeta1);
    const velocity = movingAverage(slots.velocity, square(gradient), this.adamBeta2);
    const alpha = divide(
      multiply(multiply(learningRate, this.adamLrRatio), sqrt(biasCorrection(this.adamBeta2, t))),
      biasCorrection(this.adamBeta1, t),
    );
    const change = divide(multiply(momentum, alpha), add(sqrt(velocity), this.epsilon));
    return { value: subtract(value, change), slots: { momentum, velocity } };
  }
}

/** A list of regular expressions, as strings. */
function patterns(): Field<readonly string[]> {
  return field<readonly string[]>({
    byDefault: [],
    read: (who, option, given) => {
      if (!Array.isArray(given)) {
        throw new TypeError(`[${who}] ${option} must be a list of strings. Received: ${option}=${show(given)}.`);
      }
      return given.map((source: unknown) => checkPattern(who, option, source));
    },
    write: (sources) => [...sources],
  });
}

function checkPattern(who: string, option: string, source: unknown): string {
  try {
    if (typeof source === 'string') {
      new RegExp(source);
      return source;
    }
  } catch {
    // Refused below.
  }
  throw new ValueError(
    `[${who}] ${option} must be regular expressions, as strings. Received: ${show(source)} among them.`,
  );
}
