import { canonicalAxis } from '../../core/axes.ts';
import type { Config } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, log, multiply, negative, power, sigmoid, subtract } from '../ops/elementwise.ts';
import { type Operand, castTo, toValue } from '../ops/operand.ts';
import { mean, softmax, sum } from '../ops/reductions.ts';
import {
  type CrossentropyOptions,
  crossentropyOptions,
  elementwiseCrossentropy,
  normalized,
  readOptions,
  smooth,
  smoothClasses,
} from './crossentropy.ts';
import { Loss, type LossOptions, lossOptions } from './loss.ts';
import { matched } from './targets.ts';

/** Options of {@link binaryFocalCrossentropy}. */
export interface BinaryFocalOptions extends CrossentropyOptions {
  /** Whether class 1 is weighted with alpha, class 0 with 1 − alpha. @default false */
  applyClassBalancing?: boolean;
  /** The weight of class 1, where classes are balanced. @default 0.25 */
  alpha?: number;
  /** How strongly well-predicted samples are discounted. @default 2 */
  gamma?: number;
}

/** Options of {@link categoricalFocalCrossentropy}. */
export interface CategoricalFocalOptions extends CrossentropyOptions {
  /** The weight of every class, or of each. @default 0.25 */
  alpha?: number | readonly number[];
  /** How strongly well-predicted samples are discounted. @default 2 */
  gamma?: number;
}

const binaryOptions: readonly string[] = [...crossentropyOptions, 'applyClassBalancing', 'alpha', 'gamma'];
const categoricalOptions: readonly string[] = [...crossentropyOptions, 'alpha', 'gamma'];

/**
 * Binary cross-entropy times (1 − p)^gamma, p the probability predicted for the right class, averaged over an axis.
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes differ.
 * @example
 * await jit((yTrue, yPred) => binaryFocalCrossentropy(yTrue, yPred, { gamma: 2 }))([[1]], [[0.5]]);   // [0.173287]
 * @see https://arxiv.org/abs/1708.02002
 */
export function binaryFocalCrossentropy(yTrue: Operand, yPred: Operand, options: BinaryFocalOptions = {}): Value {
  const who = 'losses.binaryFocalCrossentropy';
  checkOptions(who, options, binaryOptions);
  const { fromLogits, labelSmoothing, axis } = readOptions(who, options);
  const gamma = checkNumber(who, 'gamma', options.gamma ?? 2);
  const alpha = checkNumber(who, 'alpha', options.alpha ?? 0.25);
  const [given, prediction] = matched(who, yTrue, yPred, 'Compare the targets with the shape of the output.');
  const target = smooth(given, labelSmoothing, 0.5);
  const probability = fromLogits ? sigmoid(prediction) : prediction;
  const loss = elementwiseCrossentropy(target, probability, false);
  const right = mix(target, probability, subtract(1, probability));
  const focal = multiply(power(subtract(1, right), gamma), loss);
  const balanced = (options.applyClassBalancing ?? false) ? multiply(mix(target, alpha, 1 - alpha), focal) : focal;
  return mean(balanced, { axis });
}

/** t · a + (1 − t) · b */
const mix = (t: Value, a: Operand, b: Operand): Value => add(multiply(t, a), multiply(subtract(1, t), b));

/**
 * −Σ alpha · (1 − p)^gamma · yTrue · log p over an axis, p the predictions divided by their sum.
 *
 * Shapes: `[batch, …, classes]` twice → `[batch, …]`.
 * @throws ValueError if the shapes differ.
 * @example
 * await jit((yTrue, yPred) => categoricalFocalCrossentropy(yTrue, yPred, { alpha: [0.1, 0.5] }))([[0, 1]], [[0.5, 0.5]]);   // [0.086643]
 * @see https://arxiv.org/abs/1708.02002
 */
export function categoricalFocalCrossentropy(
  yTrue: Operand,
  yPred: Operand,
  options: CategoricalFocalOptions = {},
): Value {
  const who = 'losses.categoricalFocalCrossentropy';
  checkOptions(who, options, categoricalOptions);
  const { fromLogits, labelSmoothing, axis } = readOptions(who, options);
  const gamma = checkNumber(who, 'gamma', options.gamma ?? 2);
  const alpha = checkAlpha(who, options.alpha);
  const hint = 'The targets must be probabilities of classes, one-hot for instance.';
  const [given, prediction] = matched(who, yTrue, yPred, hint);
  const at = canonicalAxis(axis, prediction.rank, who);
  const target = smoothClasses(given, labelSmoothing, who);
  const probability = normalized(fromLogits ? softmax(prediction, at) : prediction, at);
  const weights = typeof alpha === 'number' ? alpha : castTo(toValue(alpha), prediction.dtype);
  const factor = multiply(power(subtract(1, probability), gamma), weights);
  return negative(sum(multiply(factor, multiply(target, log(probability))), { axis: at }));
}

function checkAlpha(who: string, alpha: CategoricalFocalOptions['alpha']): number | readonly number[] {
  const value: unknown = alpha ?? 0.25;
  if (typeof value === 'number') return value;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'number')) return value;
  throw new ValueError(`[${who}] alpha must be a number, or one for each class. Received: alpha=${show(value)}.`);
}

/**
 * Binary cross-entropy that discounts what is predicted well: {@link binaryFocalCrossentropy}.
 * @example
 * const loss = new BinaryFocalCrossentropy({ applyClassBalancing: true });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[1]], [[0.5]]);   // 0.043322
 * @see https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class
 */
export class BinaryFocalCrossentropy extends Loss {
  readonly #options: Required<BinaryFocalOptions>;

  constructor(options: LossOptions & BinaryFocalOptions = {}) {
    const who = 'BinaryFocalCrossentropy';
    checkOptions(who, options, [...lossOptions, ...binaryOptions]);
    super(options, 'binary_focal_crossentropy');
    this.#options = {
      ...readOptions(who, options),
      applyClassBalancing: checkBoolean(who, 'applyClassBalancing', options.applyClassBalancing ?? false),
      alpha: checkNumber(who, 'alpha', options.alpha ?? 0.25),
      gamma: checkNumber(who, 'gamma', options.gamma ?? 2),
    };
  }

  override call(yTrue: Value, yPred: Value): Value {
    return binaryFocalCrossentropy(yTrue, yPred, this.#options);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      from_logits: this.#options.fromLogits,
      label_smoothing: this.#options.labelSmoothing,
      axis: this.#options.axis,
      apply_class_balancing: this.#options.applyClassBalancing,
      alpha: this.#options.alpha,
      gamma: this.#options.gamma,
    };
  }
}

/**
 * Categorical cross-entropy that discounts what is predicted well: {@link categoricalFocalCrossentropy}.
 * @example
 * const loss = new CategoricalFocalCrossentropy({ gamma: 1 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[0, 1]], [[0.5, 0.5]]);   // 0.086643
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class
 */
export class CategoricalFocalCrossentropy extends Loss {
  readonly #options: Required<CategoricalFocalOptions>;

  constructor(options: LossOptions & CategoricalFocalOptions = {}) {
    const who = 'CategoricalFocalCrossentropy';
    checkOptions(who, options, [...lossOptions, ...categoricalOptions]);
    super(options, 'categorical_focal_crossentropy');
    this.#options = {
      ...readOptions(who, options),
      alpha: checkAlpha(who, options.alpha),
      gamma: checkNumber(who, 'gamma', options.gamma ?? 2),
    };
  }

  override call(yTrue: Value, yPred: Value): Value {
    return categoricalFocalCrossentropy(yTrue, yPred, this.#options);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      from_logits: this.#options.fromLogits,
      label_smoothing: this.#options.labelSmoothing,
      axis: this.#options.axis,
      alpha: this.#options.alpha,
      gamma: this.#options.gamma,
    };
  }
}
