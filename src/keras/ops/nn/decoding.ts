import { checkChoice, checkInteger } from '../../../core/checks.ts';
import { NotImplementedError, ValueError } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut, iota, knownSizeOf } from '../numpy/axes.ts';

const WHO = 'ops.ctcDecode';

/** Options of {@link ctcDecode}. */
export interface CTCDecodeOptions {
  /** The strategy; beam search is not supported. @default 'greedy' */
  strategy?: 'greedy' | 'beam_search';
  /** The number of beams of a beam search. @default 100 */
  beamWidth?: number;
  /** The number of results of a beam search. @default 1 */
  topPaths?: number;
  /** Whether repeated classes are one label. @default true */
  mergeRepeated?: boolean;
  /** The class of the blank; null for the last one. @default 0 */
  maskIndex?: number | null;
}

/**
 * The labels that a sequence of logits spells: the most probable class of each step, repeated ones merged, and without blanks.
 *
 * Shapes: inputs `[batch, steps, classes]`, lengths `[batch]` → int32 labels `[1, batch, steps]`, filled up with −1, and the
 * negative sums of the maxima `[batch, 1]`.
 *
 * @throws ValueError if the shapes do not fit, or the number of steps is not known; NotImplementedError for a beam search, whose
 * beams are merged and pruned by their elements.
 * @example
 * const f = jit((x, lengths) => ops.ctcDecode(x, lengths)[0]);
 * await f([[[0, 1], [0, 1], [1, 0], [0, 1]]], [4]);   // [[[1, 1, -1, -1]]]
 * @see https://keras.io/api/ops/nn/#ctc_decode-function
 */
export const ctcDecode: Symbolic<
  (inputs: Operand, sequenceLengths: Operand, options?: CTCDecodeOptions) => readonly Value[]
> = op(
  'nn.CTCDecode',
  ['inputs', 'sequenceLengths'],
  { strategy: 'greedy', beamWidth: 100, topPaths: 1, mergeRepeated: true, maskIndex: 0 },
  function ctcDecode(
    inputs: Operand,
    sequenceLengths: Operand,
    { strategy = 'greedy', mergeRepeated = true, maskIndex = 0 }: CTCDecodeOptions = {},
  ): readonly Value[] {
    if (checkChoice(WHO, 'strategy', strategy, ['greedy', 'beam_search']) === 'beam_search') {
      throw new NotImplementedError(
        `[${WHO}] strategy must be "greedy": a beam search merges and prunes beams by their elements. Received: strategy="beam_search".`,
      );
    }
    const [value, lengths] = [toFloat(inputs), castTo(toValue(sequenceLengths), 'int32')];
    if (value.rank !== 3 || !compatible(lengths.shape, [value.shape[0] ?? null])) {
      throw new ValueError(
        `[${WHO}] inputs and sequenceLengths must have the shapes [batch, steps, classes] and [batch]. Received: ${showShape(value.shape)} and ${showShape(lengths.shape)}.`,
      );
    }
    const [steps, classes] = [knownSizeOf(WHO, value, 1), knownSizeOf(WHO, value, 2)];
    const blank = maskIndex === null ? classes - 1 : checkInteger(WHO, 'maskIndex', maskIndex, 0);
    const isOver = build.lessEqual(build.reshape(lengths, [...lengths.shape, 1]), iota(steps));
    const [best] = createNode('argMax', [value], { axis: 2, keepDims: false });
    const scores = build.where(isOver, 0, build.max(value, { axes: [2] }));
    const chosen = build.where(isOver, blank, best);
    const isRepeated = build.equal(
      cut(chosen, 1, Math.min(1, steps), steps),
      cut(chosen, 1, 0, Math.max(0, steps - 1)),
    );
    const merged = mergeRepeated
      ? build.concatenate([cut(chosen, 1, 0, 1), build.where(isRepeated, blank, cut(chosen, 1, 1, steps))], 1)
      : chosen;
    const isBlank = build.equal(merged, blank);
    // Labels in the order of their steps, then the blanks.
    const keys = build.where(isBlank, build.fullLike(merged, steps), iota(steps));
    const [, order] = build.topK(keys, { axis: 1, k: steps, largest: false });
    const labels = build.gatherElements(build.where(isBlank, -1, merged), order, 1);
    const total = build.negative(build.sum(scores, { axes: [1], keepDims: true }));
    return [build.reshape(labels, [1, ...labels.shape]), total];
  },
);
