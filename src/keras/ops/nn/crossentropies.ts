import { canonicalAxis } from '../../../core/axes.ts';
import { EPSILON } from '../../../core/epsilon.ts';
import { ValueError } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { logSigmoid } from './activations.ts';
import { oneHot } from './encoding.ts';
import { logSoftmax } from './softmax.ts';

/** Options of {@link binaryCrossentropy}. */
export interface BinaryCrossentropyOptions {
  /** Whether the outputs are logits, not probabilities. @default false */
  fromLogits?: boolean;
}

/** Options of {@link categoricalCrossentropy} and {@link sparseCategoricalCrossentropy}. */
export interface CategoricalCrossentropyOptions extends BinaryCrossentropyOptions {
  /** The axis of the classes. @default -1 */
  axis?: number;
}

type CategoricalOp = Symbolic<(target: Operand, output: Operand, options?: CategoricalCrossentropyOptions) => Value>;

const { add, log, multiply, negative, subtract, sum } = build;

/** Probabilities in [ε, 1 − ε], whose logarithms are finite. */
function clampTo(probabilities: Value): Value {
  return build.minimum(build.maximum(probabilities, EPSILON), 1 - EPSILON);
}

function checkShapes(who: string, target: Value, output: Value, hasClasses: boolean): void {
  if (compatible(target.shape, output.shape) && (!hasClasses || output.rank > 0)) return;
  throw new ValueError(
    `[${who}] target and output must have one shape${hasClasses ? ' with at least one axis' : ''}. Received: shapes ${showShape(target.shape)} and ${showShape(output.shape)}.`,
  );
}

/**
 * The cross-entropy of binary targets, element by element: −t ln p − (1 − t) ln(1 − p).
 * @throws ValueError if the shapes differ.
 * @example
 * await jit((t, p) => ops.binaryCrossentropy(t, p))([1, 0], [0.8, 0.4]);   // ≈ [0.223144, 0.510826]
 * @see https://keras.io/api/ops/nn/#binary_crossentropy-function
 */
export const binaryCrossentropy: Symbolic<
  (target: Operand, output: Operand, options?: BinaryCrossentropyOptions) => Value
> = op(
  'nn.BinaryCrossentropy',
  ['target', 'output'],
  { fromLogits: false },
  (target: Operand, output: Operand, { fromLogits = false }: BinaryCrossentropyOptions = {}): Value => {
    const value = toFloat(output);
    const goal = castTo(toValue(target), value.dtype);
    checkShapes('ops.binaryCrossentropy', goal, value, false);
    const probability = fromLogits ? value : clampTo(value);
    const yes = fromLogits ? logSigmoid(value) : log(probability);
    const no = fromLogits ? logSigmoid(negative(value)) : log(subtract(1, probability));
    return negative(add(multiply(goal, yes), multiply(subtract(1, goal), no)));
  },
);

/** The logarithms of the probabilities of the classes. */
function logProbabilities(output: Value, axis: number, fromLogits: boolean): Value {
  if (fromLogits) return logSoftmax(output, { axis });
  return log(clampTo(build.divide(output, sum(output, { axes: [axis], keepDims: true }))));
}

/**
 * The cross-entropy of targets that are probabilities of classes: −Σ t ln p over the axis of the classes.
 * @throws ValueError if the shapes differ, or the axis is out of range.
 * @example
 * await jit((t, p) => ops.categoricalCrossentropy(t, p))([[1, 0]], [[0.8, 0.2]]);   // ≈ [0.223144]
 * @see https://keras.io/api/ops/nn/#categorical_crossentropy-function
 */
export const categoricalCrossentropy: CategoricalOp = op(
  'nn.CategoricalCrossentropy',
  ['target', 'output'],
  { fromLogits: false, axis: -1 },
  (target: Operand, output: Operand, { fromLogits = false, axis = -1 }: CategoricalCrossentropyOptions = {}): Value => {
    const who = 'ops.categoricalCrossentropy';
    const value = toFloat(output);
    const goal = castTo(toValue(target), value.dtype);
    checkShapes(who, goal, value, true);
    const at = canonicalAxis(axis, value.rank, who);
    return negative(sum(multiply(goal, logProbabilities(value, at, fromLogits)), { axes: [at] }));
  },
);

/**
 * The cross-entropy of targets that are labels: −ln p of the label's class.
 *
 * Shapes: target `[…]` or `[…, 1]`, output `[…, classes]` → `[…]`.
 *
 * @throws ValueError if the shapes do not fit, or the axis is out of range.
 * @example
 * await jit((t, p) => ops.sparseCategoricalCrossentropy(t, p))([0], [[0.8, 0.2]]);   // ≈ [0.223144]
 * @see https://keras.io/api/ops/nn/#sparse_categorical_crossentropy-function
 */
export const sparseCategoricalCrossentropy: CategoricalOp = op(
  'nn.SparseCategoricalCrossentropy',
  ['target', 'output'],
  { fromLogits: false, axis: -1 },
  (target: Operand, output: Operand, { fromLogits = false, axis = -1 }: CategoricalCrossentropyOptions = {}): Value => {
    const who = 'ops.sparseCategoricalCrossentropy';
    const value = toFloat(output);
    const given = castTo(toValue(target), 'int32');
    const hasColumn = given.rank === value.rank && given.shape.at(-1) === 1;
    const labels = hasColumn ? build.reshape(given, given.shape.slice(0, -1)) : given;
    if (value.rank === 0 || !compatible(labels.shape, value.shape.slice(0, -1))) {
      throw new ValueError(
        `[${who}] target and output must have one shape but for the last axis. Received: shapes ${showShape(given.shape)} and ${showShape(value.shape)}.`,
      );
    }
    const at = canonicalAxis(axis, value.rank, who);
    const classes = value.shape[at] ?? null;
    if (classes === null) return build.reshape(sum(value, { axes: [at] }), labels.shape);
    const goal = oneHot(labels, classes, { axis: at, dtype: value.dtype });
    return negative(sum(multiply(goal, logProbabilities(value, at, fromLogits)), { axes: [at] }));
  },
);
