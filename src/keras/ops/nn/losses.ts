import { checkInteger } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, compatible, showShape } from '../../../core/shape.ts';
import {
  add,
  concatenate,
  equal,
  exp,
  fullLike,
  greater,
  log,
  logicalAnd,
  logicalOr,
  matmul,
  max,
  multiply,
  negative,
  notEqual,
  reshape,
  slice,
  stopGradient,
  subtract,
  sum,
  transpose,
  where,
} from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { stack } from '../numpy/joining.ts';
import { expandDims } from '../numpy/manipulation.ts';
import { oneHot } from './encoding.ts';
import { logSoftmax } from './softmax.ts';

const WHO = 'ops.ctcLoss';

/** A substitute for ln 0: its exponential is 0, and no difference of two is NaN. */
const LOG_ZERO = -1e30;

/** ln Σ exp x over an axis, which is removed. */
function logSumExp(x: Value, axis: number): Value {
  const maximum = stopGradient(max(x, { axes: [axis], keepDims: true }));
  const total = log(sum(exp(subtract(x, maximum)), { axes: [axis] }));
  return add(total, reshape(maximum, total.shape));
}

/** Each row shifted to the right, with a filling at the start. */
function shifted(x: Value, places: number, filling: number): Value {
  const size = x.shape[1] ?? 0;
  const front = fullLike(slice(x, [0, 0], [Infinity, Math.min(places, size)]), filling);
  return size <= places ? front : concatenate([front, slice(x, [0, 0], [Infinity, size - places])], 1);
}

interface Sizes {
  readonly batch: number | null;
  readonly labels: number;
  readonly steps: number;
  readonly classes: number;
}

function sizesOf(target: Value, output: Value, targetLength: Value, outputLength: Value): Sizes {
  const [batch = null, labels = null] = target.shape;
  const [, steps = null, classes = null] = output.shape;
  const rows = (value: Value): boolean => compatible(value.shape, [batch]);
  const fits = target.rank === 2 && output.rank === 3 && compatible(output.shape, [batch, steps, classes]);
  if (!fits || !rows(targetLength) || !rows(outputLength)) {
    const shapes: readonly Shape[] = [target.shape, output.shape, targetLength.shape, outputLength.shape];
    throw new ValueError(
      `[${WHO}] target, output and their lengths must have the shapes [batch, labels], [batch, steps, classes], [batch] and [batch]. Received: ${shapes.map(showShape).join(', ')}.`,
    );
  }
  if (labels === null || steps === null || classes === null || steps === 0) {
    throw new ValueError(
      `[${WHO}] the numbers of labels, steps and classes must be known, and there must be a step. Received: ${showShape(target.shape)} and ${showShape(output.shape)}.`,
    );
  }
  return { batch, labels, steps, classes };
}

/** Options of {@link ctcLoss}. */
export interface CTCLossOptions {
  /** The class of the blank. @default 0 */
  maskIndex?: number;
}

/**
 * The loss of connectionist temporal classification: −ln of the probability that a sequence of logits spells a sequence of
 * labels. The probability is the sum over all ways to stretch the labels over the steps, each repeated, with blanks
 * (`maskIndex`) between them.
 *
 * The forward recursion runs over logarithms, step by step, along blank, l₁, blank, l₂, …, blank:
 *
 *     αₜ(s) = ln p(t, s) + ln(e^αₜ₋₁(s) + e^αₜ₋₁(s−1) + e^αₜ₋₁(s−2))
 *
 * where the last term is present only for a label that differs from the label before it.
 *
 * Shapes: target `[batch, labels]`, output (logits) `[batch, steps, classes]`, both lengths `[batch]` → `[batch]`. A target
 * that does not fit into the steps has probability 0 and loss ∞.
 * @throws ValueError if the shapes do not fit, or a size other than that of the batch is not known.
 * @example
 * const f = jit((target, output) => ops.ctcLoss(target, output, [1], [2]));
 * await f([[1]], [[[0, 0], [0, 0]]]);    // ≈ [0.287682]
 * @see https://www.cs.toronto.edu/~graves/icml_2006.pdf
 */
export const ctcLoss: Symbolic<
  (target: Operand, output: Operand, targetLength: Operand, outputLength: Operand, options?: CTCLossOptions) => Value
> = op(
  'nn.CTCLoss',
  ['target', 'output', 'targetLength', 'outputLength'],
  { maskIndex: 0 },
  function ctcLoss(
    target: Operand,
    output: Operand,
    targetLength: Operand,
    outputLength: Operand,
    { maskIndex = 0 }: CTCLossOptions = {},
  ): Value {
    const labels = castTo(toValue(target), 'int32');
    const logits = toFloat(output);
    const lengths = [castTo(toValue(targetLength), 'int32'), castTo(toValue(outputLength), 'int32')] as const;
    const sizes = sizesOf(labels, logits, ...lengths);
    const blank = checkInteger(WHO, 'maskIndex', maskIndex, 0);
    const states = 2 * sizes.labels + 1;
    const path = withBlanks(labels, blank, sizes);
    // By place, since a label may be the blank: labels are at the odd places.
    const isLabel = Int32Array.from({ length: states }, (_, i) => i % 2);
    const skips = logicalAnd(isLabel, notEqual(path, shifted(path, 2, blank)));
    const spelled = transpose(oneHot(path, sizes.classes, { dtype: logits.dtype }), [0, 2, 1]);
    const scores = matmul(logSoftmax(logits), spelled);
    const at = (step: number): Value =>
      reshape(slice(scores, [0, step, 0], [Infinity, step + 1, Infinity]), [sizes.batch, states]);
    const places = Int32Array.from({ length: states }, (_, i) => i);
    const [spelledLength, ends] = lengths.map((length) => expandDims(length, 1)) as [Value, Value];
    let alpha = where(
      places.map((place) => Number(place < 2)),
      at(0),
      LOG_ZERO,
    );
    for (let step = 1; step < sizes.steps; step++) {
      const ways = [alpha, shifted(alpha, 1, LOG_ZERO), where(skips, shifted(alpha, 2, LOG_ZERO), LOG_ZERO)];
      alpha = where(greater(ends, step), add(at(step), logSumExp(stack(ways), 0)), alpha);
    }
    const last = multiply(spelledLength, 2);
    const isEnd = logicalOr(equal(places, last), equal(places, subtract(last, 1)));
    const loss = negative(logSumExp(where(isEnd, alpha, LOG_ZERO), 1));
    return where(greater(loss, -LOG_ZERO / 10), Infinity, loss);
  },
);

/** The labels with blanks before, between and after them. */
function withBlanks(labels: Value, blank: number, sizes: Sizes): Value {
  const pairs = reshape(stack([fullLike(labels, blank), labels], { axis: 2 }), [sizes.batch, 2 * sizes.labels]);
  const one = fullLike(sizes.labels === 0 ? labels : slice(labels, [0, 0], [Infinity, 1]), blank);
  return concatenate([pairs, one], 1);
}
