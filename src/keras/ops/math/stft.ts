import { checkChoice, checkInteger } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { cut, valueOf } from '../numpy/axes.ts';
import { pad } from '../numpy/joining.ts';
import { type ComplexOperand, inverseRealTransform, pairOf, realTransform } from './fft.ts';

/** Windows of a length that begin at every stride. */
function windowsOf(x: Value, length: number, stride: number): Value {
  const size = x.shape.at(-1) ?? null;
  // While a model is described, the number of samples may be unknown.
  if (size === null) return valueOf([...x.shape.slice(0, -1), null, length], x.dtype);
  const count = size < length ? 0 : Math.floor((size - length) / stride) + 1;
  const places = Int32Array.from({ length: count * length }, (_, i) => Math.floor(i / length) * stride + (i % length));
  const flat = build.gather(x, constant(places), x.rank - 1);
  return build.reshape(flat, [...x.shape.slice(0, -1), count, length]);
}

/**
 * The windows of a length of the sequences along the last axis, which begin at every stride; a rest is left out.
 *
 * Shapes: `[…, n]` → `[…, ⌊(n − length) / stride⌋ + 1, length]`.
 *
 * @throws TypeError if the length or the stride is not an integer ≥ 1.
 * @example
 * await jit((x) => ops.extractSequences(x, 3, 2))([1, 2, 3, 4, 5]);   // [[1, 2, 3], [3, 4, 5]]
 * @see https://keras.io/api/ops/core/#extract_sequences-function
 */
export const extractSequences: Symbolic<(x: Operand, sequenceLength: number, sequenceStride: number) => Value> = op(
  'math.ExtractSequences',
  ['x'],
  { sequenceLength: REQUIRED, sequenceStride: REQUIRED },
  (x: Operand, sequenceLength: number, sequenceStride: number): Value => {
    const who = 'ops.extractSequences';
    const value = toValue(x);
    const length = checkInteger(who, 'sequenceLength', sequenceLength, 1);
    const stride = checkInteger(who, 'sequenceStride', sequenceStride, 1);
    return windowsOf(value, length, stride);
  },
);

/** Options of {@link stft}. */
export interface StftOptions {
  /** The window: its name, its numbers, one for each element of a sequence, or null for none. @default 'hann' */
  window?: 'hann' | 'hamming' | Operand | null;
  /** Whether the sequences are centered at every stride; x is mirrored beyond its ends. @default true */
  center?: boolean;
}

/** A periodic window of cosines, in the middle of `fftLength` numbers, of which the others are 0. */
function windowOf(
  who: string,
  window: NonNullable<StftOptions['window']> | null,
  length: number,
  fftLength: number,
  like: Value,
): Value {
  const before = Math.floor((fftLength - length) / 2);
  if (window === null) return build.broadcastTo(constant(1, like.dtype), [fftLength]);
  if (typeof window === 'string') {
    checkChoice(who, 'window', window, ['hann', 'hamming']);
    const low = window === 'hann' ? 0.5 : 0.54;
    const numbers = Float64Array.from({ length: fftLength }, (_, i) => {
      const place = i - before;
      return place < 0 || place >= length ? 0 : low - (1 - low) * Math.cos((2 * Math.PI * place) / length);
    });
    return castTo(toValue(numbers), like.dtype);
  }
  const given = castTo(toValue(window), like.dtype);
  if (given.rank !== 1 || given.shape[0] !== length) {
    throw new ValueError(`[${who}] window must have the shape [${length}]. Received: ${showShape(given.shape)}.`);
  }
  return createNode('pad', [given], { before: [before], after: [fftLength - length - before], between: [0] })[0];
}

interface Lengths {
  readonly length: number;
  readonly stride: number;
  readonly fftLength: number;
}

function checkLengths(who: string, sequenceLength: number, sequenceStride: number, fftLength: number): Lengths {
  const length = checkInteger(who, 'sequenceLength', sequenceLength, 1);
  if (fftLength < length) {
    throw new ValueError(
      `[${who}] fftLength must be at least sequenceLength. Received: sequenceLength=${length}, fftLength=${fftLength}.`,
    );
  }
  return {
    length,
    stride: checkInteger(who, 'sequenceStride', sequenceStride, 1),
    fftLength: checkInteger(who, 'fftLength', fftLength, 1),
  };
}

/**
 * The short-time Fourier transform: {@link rfft} of overlapping windowed sequences.
 *
 * Shapes: `[…, n]` → real and imaginary parts `[…, sequences, ⌊fftLength / 2⌋ + 1]`.
 *
 * @throws TypeError if a length is not an integer ≥ 1; ValueError if x is not of a floating type, the window
 * does not fit, or `fftLength` is less than `sequenceLength`.
 * @example
 * const f = jit((x) => ops.stft(x, 4, 2, 4, { window: null, center: false })[0]);
 * await f([1, 2, 3, 4, 5, 6]);   // [[10, -2, -2], [18, -2, -2]]
 * @see https://keras.io/api/ops/fft/#stft-function
 */
export const stft: Symbolic<
  (
    x: Operand,
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    options?: StftOptions,
  ) => readonly Value[]
> = op(
  'math.STFT',
  ['x'],
  { sequenceLength: REQUIRED, sequenceStride: REQUIRED, fftLength: REQUIRED, window: 'hann', center: true },
  function stft(
    x: Operand,
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    { window = 'hann', center = true }: StftOptions = {},
  ): readonly Value[] {
    const who = 'ops.stft';
    const sizes = checkLengths(who, sequenceLength, sequenceStride, fftLength);
    const value = toValue(x);
    if (!isFloat(value.dtype) || value.rank === 0) {
      throw new ValueError(
        `[${who}] x must be sequences of floats. Received: ${value.dtype}${showShape(value.shape)}.`,
      );
    }
    const reach = Math.floor(sizes.fftLength / 2);
    const around = value.shape.map((_, i): readonly [number, number] =>
      i === value.rank - 1 ? [reach, reach] : [0, 0],
    );
    const wide = center ? pad(value, around, { mode: 'reflect' }) : value;
    const windows = windowsOf(wide, sizes.fftLength, sizes.stride);
    const weights = windowOf(who, window, sizes.length, sizes.fftLength, value);
    return realTransform(who, build.multiply(windows, weights), sizes.fftLength);
  },
);

/** Options of {@link istft}. */
export interface IstftOptions extends StftOptions {
  /** The length of the results. @default null, all that the sequences cover */
  length?: number | null;
}

/**
 * The inverse of {@link stft}: overlapping sequences, windowed once more, are added and divided by the sum of squared windows.
 *
 * Shapes: real and imaginary parts `[…, sequences, fftLength / 2 + 1]` → `[…, n]`.
 *
 * @throws TypeError if x is not a pair, or a length is not an integer ≥ 1; ValueError if the parts do not fit, the window does not,
 * or `fftLength` is less than `sequenceLength`.
 * @example
 * const f = jit((x) => ops.istft(ops.stft(x, 4, 2, 4), 4, 2, 4, { length: 6 }));
 * await f([1, 2, 3, 4, 5, 6]);   // [1, 2, 3, 4, 5, 6]
 * @see https://keras.io/api/ops/fft/#istft-function
 */
export const istft: Symbolic<
  (
    x: ComplexOperand,
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    options?: IstftOptions,
  ) => Value
> = op(
  'math.ISTFT',
  ['x'],
  {
    sequenceLength: REQUIRED,
    sequenceStride: REQUIRED,
    fftLength: REQUIRED,
    length: null,
    window: 'hann',
    center: true,
  },
  function istft(
    x: ComplexOperand,
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    { length = null, window = 'hann', center = true }: IstftOptions = {},
  ): Value {
    const who = 'ops.istft';
    const sizes = checkLengths(who, sequenceLength, sequenceStride, fftLength);
    const pair = pairOf(who, x, 2);
    const last = length === null ? null : checkInteger(who, 'length', length, 0);
    const shape = pair[0].shape;
    const count = shape.at(-2) ?? null;
    // While a model is described, the number of sequences may be unknown.
    if (count === null) return valueOf([...shape.slice(0, -2), last], pair[0].dtype);
    const sequences = inverseRealTransform(who, pair, sizes.fftLength);
    const weights = windowOf(who, window, sizes.length, sizes.fftLength, sequences);
    const total = sizes.fftLength + sizes.stride * Math.max(0, count - 1);
    const places = Int32Array.from(
      { length: count * sizes.fftLength },
      (_, i) => Math.floor(i / sizes.fftLength) * sizes.stride + (i % sizes.fftLength),
    );
    const overlapped = (parts: Value): Value => {
      const flat = build.reshape(parts, [...parts.shape.slice(0, -2), count * sizes.fftLength]);
      const axis = flat.rank - 1;
      return createNode('scatterAdd', [flat, constant(places)], { axis, size: total })[0];
    };
    const sums = overlapped(build.multiply(sequences, weights));
    const squares = overlapped(build.broadcastTo(build.square(weights), [count, sizes.fftLength]));
    const isCovered = build.less(1e-10, squares);
    const found = build.where(isCovered, build.divide(sums, build.where(isCovered, squares, 1)), sums);
    // Without a window Keras does not divide by the number of sequences that overlap.
    const scaled = window === null ? build.multiply(found, sizes.fftLength / sizes.stride) : found;
    const start = center ? Math.floor(sizes.fftLength / 2) : 0;
    const end = length === null ? total - start : Math.min(total, start + length);
    return cut(scaled, scaled.rank - 1, start, Math.max(start, end));
  },
);
