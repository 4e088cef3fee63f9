import { ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import {
  add,
  equal,
  exp,
  greater,
  log,
  logicalAnd,
  logicalNot,
  maximum,
  multiply,
  softplus,
  stopGradient,
  subtract,
  where,
  matmul,
  reshape,
  transpose,
  max,
  sum,
} from '../ops/index.ts';
import { type Fields, boolean, field, number, string } from '../saving/fields.ts';
import { readOptions } from '../saving/function-options.ts';
import { Loss, type LossOptions } from './loss.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of the loss {@link Circle}. */
export interface CircleOptions {
  /** The scale of the differences between distances. @default 80 */
  gamma?: number;
  /** The margin between pairs of equal labels and pairs of different labels. @default 0.4 */
  margin?: number;
  /** Whether pairs of a sample with itself are excluded. @default true */
  removeDiagonal?: boolean;
}

/** Options of {@link circle}. */
export interface CircleFunctionOptions extends CircleOptions {
  /** The labels of the reference embeddings. @default null, yTrue */
  refLabels?: Operand | null;
  /** The embeddings to compare with. @default null, yPred */
  refEmbeddings?: Operand | null;
}

const circleFields = { gamma: number(80), margin: number(0.4), removeDiagonal: boolean(true) };

const operand = field<Operand | null>({
  byDefault: null,
  read: (_who, _option, given) => given as Operand | null,
});

const functionFields = { ...circleFields, refLabels: operand, refEmbeddings: operand };

/** Stands for −∞ where there is no pair: its exponential is 0, and no difference of two is NaN. */
const NO_PAIR = -1e30;

/** Labels as a column. */
function column(who: string, labels: Operand, embeddings: Value): Value {
  const given = castTo(toValue(labels), 'int32');
  const rows = embeddings.shape[0] ?? null;
  if (!compatible(given.shape, [rows]) && !compatible(given.shape, [rows, 1])) {
    throw new ValueError(
      `[${who}] there must be one label for each embedding. Received: labels of shape ${showShape(given.shape)}, embeddings of shape ${showShape(embeddings.shape)}.`,
    );
  }
  return reshape(given, [rows, 1]);
}

/** True on the diagonal of a table of rows and columns. */
function diagonal(who: string, table: Value): Value {
  const [rows, columns] = [table.shape[0] ?? null, table.shape[1] ?? null];
  if (rows === null || columns === null) {
    throw new ValueError(
      `[${who}] the number of samples must be known if removeDiagonal is true. Received: a table of shape ${showShape(table.shape)}.`,
    );
  }
  const numbers = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);
  return equal(reshape(numbers(rows), [rows, 1]), reshape(numbers(columns), [1, columns]));
}

/** log Σ exp x over axis 1. */
function logSumExp(x: Value): Value {
  const maxima = stopGradient(max(x, { axis: 1, keepdims: true }));
  return add(log(sum(exp(subtract(x, maxima)), { axis: 1 })), reshape(maxima, [x.shape[0] ?? null]));
}

/**
 * The circle loss of embeddings. With the distances d = max(1 − yPred · refEmbeddingsᵀ, 0), P the pairs of equal labels
 * and N the pairs of different labels,
 *
 *     log(1 + Σ_P e^(−gamma · max(margin + d, 0) · (margin − d)) · Σ_N e^(gamma · max(1 + margin − d, 0) · (1 − margin − d)))
 *
 * and 0 for a sample without pairs of either kind. The embeddings should have length 1.
 *
 * Shapes: labels `[batch]` or `[batch, 1]`, embeddings `[batch, size]` → `[batch]`.
 * @throws ValueError if the embeddings are not matrices of one width, or the number of labels differs.
 * @example
 * const f = jit((yTrue, yPred) => circle(yTrue, yPred, { gamma: 1 }));
 * await f([0, 0, 1], [[1, 0], [0.6, 0.8], [0, 1]]);   // ≈ [1.163151, 1.31541, 0]
 * @see https://arxiv.org/abs/2002.10857
 */
export function circle(yTrue: Operand, yPred: Operand, options: CircleFunctionOptions = {}): Value {
  const who = 'losses.circle';
  const { gamma, margin, removeDiagonal, refLabels, refEmbeddings } = readOptions(who, functionFields, options);
  const embeddings = toFloat(yPred);
  const others = castTo(toValue(refEmbeddings ?? embeddings), embeddings.dtype);
  if (embeddings.rank !== 2 || others.rank !== 2) {
    throw new ValueError(
      `[${who}] embeddings must have the shape [batch, size]. Received: shapes ${showShape(embeddings.shape)} and ${showShape(others.shape)}.`,
    );
  }
  const rows = column(who, yTrue, embeddings);
  const columns = column(who, refLabels ?? yTrue, others);
  const distance = maximum(subtract(1, matmul(embeddings, transpose(others))), 0);
  const same = equal(rows, transpose(columns));
  const positive = removeDiagonal ? logicalAnd(same, logicalNot(diagonal(who, same))) : same;
  const pull = multiply(maximum(add(margin, distance), 0), subtract(distance, margin));
  const push = multiply(maximum(subtract(1 + margin, distance), 0), subtract(1 - margin, distance));
  const near = logSumExp(where(positive, multiply(pull, gamma), NO_PAIR));
  const far = logSumExp(where(same, NO_PAIR, multiply(push, gamma)));
  return softplus(add(near, far));
}

/**
 * Moves embeddings of equal labels together and embeddings of different labels apart: {@link circle}. Samples without
 * loss, such as those without pairs, do not count in the mean.
 *
 * @throws TypeError if an option has another type.
 * @example
 * const loss = new Circle({ gamma: 1 });
 * await jit((yTrue, yPred) => loss.apply(yTrue, yPred))([0, 0, 1], [[1, 0], [0.6, 0.8], [0, 1]]);   // ≈ 1.239281
 * @see https://arxiv.org/abs/2002.10857
 */
export class Circle extends Loss {
  static override readonly className: string = 'Circle';
  static override readonly positional = ['gamma', 'margin', 'removeDiagonal', 'reduction'] as const;
  static override readonly fields: Fields = { ...Loss.fields, name: string('circle'), ...circleFields };

  /** The scale of the differences between distances. */
  declare readonly gamma: number;
  /** The margin between pairs of equal labels and pairs of different labels. */
  declare readonly margin: number;
  /** Whether pairs of a sample with itself are excluded. */
  declare readonly removeDiagonal: boolean;

  constructor(...args: Arguments<LossOptions & CircleOptions, typeof Circle.positional>);
  constructor(options?: LossOptions & CircleOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(yTrue: Value, yPred: Value): Value {
    const { gamma, margin, removeDiagonal } = this;
    return circle(yTrue, yPred, { gamma, margin, removeDiagonal });
  }

  override outputMask(yTrue: Value, yPred: Value): Value {
    return greater(this.call(yTrue, yPred), 0);
  }
}
