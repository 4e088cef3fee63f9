import { canonicalAxis } from '../../core/axes.ts';
import { ValueError, show } from '../../core/errors.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, castTo, toValue } from '../../compiler/builder/operand.ts';
import { add, log, multiply, negative, power, sigmoid, subtract, mean, softmax, sum } from '../ops/index.ts';
import {
  type CrossentropyOptions,
  crossentropyFields,
  elementwiseCrossentropy,
  normalized,
  smooth,
  smoothClasses,
} from './crossentropy.ts';
import { type Fields, boolean, field, number, string } from '../saving/fields.ts';
import { readOptions } from '../saving/function-options.ts';
import { Loss, type LossOptions } from './loss.ts';
import { matched } from './alignment.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link binaryFocalCrossentropy}. */
export interface BinaryFocalOptions extends CrossentropyOptions {
  /** Whether class 1 is weighted with alpha, and class 0 with 1 − alpha. @default false */
  applyClassBalancing?: boolean;
  /** The weight of class 1, if classes are balanced. @default 0.25 */
  alpha?: number;
  /** The exponent that reduces the weight of well-predicted samples. @default 2 */
  gamma?: number;
}

/** Options of {@link categoricalFocalCrossentropy}. */
export interface CategoricalFocalOptions extends CrossentropyOptions {
  /** The weight of all classes, or of each. @default 0.25 */
  alpha?: number | readonly number[];
  /** The exponent that reduces the weight of well-predicted samples. @default 2 */
  gamma?: number;
}

const binaryFields = {
  ...crossentropyFields,
  applyClassBalancing: boolean(false),
  alpha: number(0.25),
  gamma: number(2),
};

const alphas = field<number | readonly number[]>({
  byDefault: 0.25,
  read: (who, option, given) => {
    if (isNumber(given)) return given;
    if (Array.isArray(given) && given.every(isNumber)) return [...given];
    throw new ValueError(
      `[${who}] ${option} must be a number, or a list with one for each class. Received: ${option}=${show(given)}.`,
    );
  },
});

const isNumber = (value: unknown): value is number => typeof value === 'number';

const categoricalFields = { ...crossentropyFields, alpha: alphas, gamma: number(2) };

/**
 * Binary cross-entropy times (1 − p)^gamma, p the probability predicted for the true class, averaged over an axis.
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes differ.
 * @example
 * await jit((yTrue, yPred) => binaryFocalCrossentropy(yTrue, yPred, { gamma: 2 }))([[1]], [[0.5]]);   // [0.173287]
 * @see https://arxiv.org/abs/1708.02002
 */
export function binaryFocalCrossentropy(yTrue: Operand, yPred: Operand, options: BinaryFocalOptions = {}): Value {
  const who = 'losses.binaryFocalCrossentropy';
  const { fromLogits, labelSmoothing, axis, applyClassBalancing, alpha, gamma } = readOptions(
    who,
    binaryFields,
    options,
  );
  const [given, prediction] = matched(who, yTrue, yPred, 'Compare the targets with the shape of the output.');
  const target = smooth(given, labelSmoothing, 0.5);
  const probability = fromLogits ? sigmoid(prediction) : prediction;
  const loss = elementwiseCrossentropy(target, probability, false);
  const right = mix(target, probability, subtract(1, probability));
  const focal = multiply(power(subtract(1, right), gamma), loss);
  const balanced = applyClassBalancing ? multiply(mix(target, alpha, 1 - alpha), focal) : focal;
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
  const { fromLogits, labelSmoothing, axis, alpha, gamma } = readOptions(who, categoricalFields, options);
  const hint = 'The targets must be probabilities of classes, one-hot for instance.';
  const [given, prediction] = matched(who, yTrue, yPred, hint);
  const at = canonicalAxis(axis, prediction.rank, who);
  const target = smoothClasses(given, labelSmoothing, who);
  const probability = normalized(fromLogits ? softmax(prediction, { axis: at }) : prediction, at);
  const weights = typeof alpha === 'number' ? alpha : castTo(toValue(alpha), prediction.dtype);
  const factor = multiply(power(subtract(1, probability), gamma), weights);
  return negative(sum(multiply(factor, multiply(target, log(probability))), { axis: at }));
}

/**
 * The binary cross-entropy with less weight on well-predicted samples: {@link binaryFocalCrossentropy}.
 * @example
 * const loss = new BinaryFocalCrossentropy({ applyClassBalancing: true });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[1]], [[0.5]]);   // 0.043322
 * @see https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class
 */
export class BinaryFocalCrossentropy extends Loss {
  static override readonly className: string = 'BinaryFocalCrossentropy';
  static override readonly positional = ['applyClassBalancing', 'alpha', 'gamma'] as const;
  static override readonly fields: Fields = {
    ...Loss.fields,
    name: string('binary_focal_crossentropy'),
    ...binaryFields,
  };

  /** Whether predictions are logits instead of probabilities. */
  declare readonly fromLogits: boolean;
  /** The fraction of each target that is distributed evenly over the classes. */
  declare readonly labelSmoothing: number;
  /** The axis of the mean. */
  declare readonly axis: number;
  /** Whether class 1 is weighted with alpha, and class 0 with 1 − alpha. */
  declare readonly applyClassBalancing: boolean;
  /** The weight of class 1, if classes are balanced. */
  declare readonly alpha: number;
  /** The exponent that reduces the weight of well-predicted samples. */
  declare readonly gamma: number;

  constructor(...args: Arguments<LossOptions & BinaryFocalOptions, typeof BinaryFocalCrossentropy.positional>);
  constructor(options?: LossOptions & BinaryFocalOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { fromLogits, labelSmoothing, axis, applyClassBalancing, alpha, gamma } = this;
    const options = { fromLogits, labelSmoothing, axis, applyClassBalancing, alpha, gamma };
    return binaryFocalCrossentropy(yTrue, yPred, options);
  }
}

/**
 * The categorical cross-entropy with less weight on well-predicted samples: {@link categoricalFocalCrossentropy}.
 * @example
 * const loss = new CategoricalFocalCrossentropy({ gamma: 1 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([[0, 1]], [[0.5, 0.5]]);   // 0.086643
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class
 */
export class CategoricalFocalCrossentropy extends Loss {
  static override readonly className: string = 'CategoricalFocalCrossentropy';
  static override readonly positional = ['alpha', 'gamma'] as const;
  static override readonly fields: Fields = {
    ...Loss.fields,
    name: string('categorical_focal_crossentropy'),
    ...categoricalFields,
  };

  /** Whether predictions are logits instead of probabilities. */
  declare readonly fromLogits: boolean;
  /** The fraction of each target that is distributed evenly over the classes. */
  declare readonly labelSmoothing: number;
  /** The axis of the classes. */
  declare readonly axis: number;
  /** The weight of all classes, or of each. */
  declare readonly alpha: number | readonly number[];
  /** The exponent that reduces the weight of well-predicted samples. */
  declare readonly gamma: number;

  constructor(
    ...args: Arguments<LossOptions & CategoricalFocalOptions, typeof CategoricalFocalCrossentropy.positional>
  );
  constructor(options?: LossOptions & CategoricalFocalOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { fromLogits, labelSmoothing, axis, alpha, gamma } = this;
    return categoricalFocalCrossentropy(yTrue, yPred, { fromLogits, labelSmoothing, axis, alpha, gamma });
  }
}
