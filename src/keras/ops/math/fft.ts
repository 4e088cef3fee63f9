import { checkInteger } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { sameShape, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut, knownSizeOf } from '../numpy/axes.ts';
import { type Pair, padLast, transform } from './fourier.ts';

/** Complex numbers: their real and their imaginary parts, floats of one shape. */
export type ComplexOperand = readonly [real: Operand, imaginary: Operand];

export function pairOf(who: string, x: ComplexOperand, rank: number): Pair {
  const given: unknown = x;
  if (!Array.isArray(given) || given.length !== 2) {
    throw new TypeError(`[${who}] x must be a pair [real, imaginary]. Received: x=${show(x)}.`);
  }
  const [real, imaginary] = unifyTwo(x[0], x[1]);
  if (!isFloat(real.dtype) || !sameShape(real.shape, imaginary.shape) || real.rank < rank) {
    throw new ValueError(
      `[${who}] the real and the imaginary part must be floats of one shape, with at least ${rank} axes. Received: ${real.dtype}${showShape(toValue(x[0]).shape)} and ${imaginary.dtype}${showShape(toValue(x[1]).shape)}.`,
    );
  }
  return [real, imaginary];
}

const swap = (x: Value): Value => {
  const order = x.shape.map((_, i) => i);
  return build.transpose(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
};

const both = ([real, imaginary]: Pair, f: (x: Value) => Value): Pair => [f(real), f(imaginary)];

function overLast(who: string, x: Pair, sign: 1 | -1): Pair {
  return transform(x, knownSizeOf(who, x[0], x[0].rank - 1), sign);
}

function overTwo(who: string, x: Pair, sign: 1 | -1): Pair {
  const rows = overLast(who, x, sign);
  return both(overLast(who, both(rows, swap), sign), swap);
}

type TransformOp = Symbolic<(x: ComplexOperand) => readonly Value[]>;

/**
 * The discrete Fourier transform over the last axis, Σⱼ xⱼ e^(−2πi jk/n).
 *
 * Shapes: the real and the imaginary parts, as those of x.
 *
 * @throws TypeError if x is not a pair; ValueError if its parts are not floats of one shape, or a size is not known.
 * @example
 * await jit((x) => ops.fft([x, ops.zerosLike(x)])[0])([1, 2, 3, 4]);   // [10, -2, -2, -2]
 * @see https://keras.io/api/ops/fft/#fft-function
 */
export const fft: TransformOp = op('math.FFT', ['x'], function fft(x: ComplexOperand): readonly Value[] {
  return overLast('ops.fft', pairOf('ops.fft', x, 1), -1);
});

/**
 * The discrete Fourier transform over the last two axes.
 *
 * Shapes: the real and the imaginary parts, as those of x.
 *
 * @throws TypeError if x is not a pair; ValueError if its parts are not floats of one shape, or a size is not known.
 * @example
 * await jit((x) => ops.fft2([x, ops.zerosLike(x)])[0])([[1, 2], [3, 4]]);   // [[10, -2], [-4, 0]]
 * @see https://keras.io/api/ops/fft/#fft2-function
 */
export const fft2: TransformOp = op('math.FFT2', ['x'], function fft2(x: ComplexOperand): readonly Value[] {
  return overTwo('ops.fft2', pairOf('ops.fft2', x, 2), -1);
});

/**
 * The inverse of {@link fft2}.
 *
 * Shapes: the real and the imaginary parts, as those of x.
 *
 * @throws TypeError if x is not a pair; ValueError if its parts are not floats of one shape, or a size is not known.
 * @example
 * await jit((x) => ops.ifft2([x, ops.zerosLike(x)])[0])([[10, -2], [-4, 0]]);   // [[1, 2], [3, 4]]
 * @see https://keras.io/api/ops/fft/#ifft2-function
 */
export const ifft2: TransformOp = op('math.IFFT2', ['x'], function ifft2(x: ComplexOperand): readonly Value[] {
  const parts = overTwo('ops.ifft2', pairOf('ops.ifft2', x, 2), 1);
  const [rows = 1, columns = 1] = parts[0].knownShape.slice(-2);
  return both(parts, (part) => build.multiply(part, 1 / (rows * columns)));
});

/** Options of {@link rfft} and {@link irfft}. */
export interface RfftOptions {
  /** The length of the real sequences, which are cut or filled up with zeros. @default null, from the size of the last axis */
  fftLength?: number | null;
}

/** The last axis cut, or filled up with zeros, to a size. */
function resized(who: string, x: Value, size: number): Value {
  const found = knownSizeOf(who, x, x.rank - 1);
  return found >= size ? cut(x, x.rank - 1, 0, size) : padLast(x, size - found);
}

/** The first n / 2 + 1 frequencies of real sequences of length n. */
export function realTransform(who: string, x: Value, length: number): Pair {
  const real = resized(who, x, length);
  const whole = transform([real, build.fullLike(real, 0)], length, -1);
  return both(whole, (part) => cut(part, part.rank - 1, 0, Math.floor(length / 2) + 1));
}

/** The real sequences of a length with the given first frequencies. */
export function inverseRealTransform(who: string, x: Pair, length: number): Value {
  const half = Math.floor(length / 2) + 1;
  const [real, imaginary] = both(x, (part) => resized(who, part, half));
  // The frequency n − k is the conjugate of the frequency k.
  const mirror = Int32Array.from({ length: length - half }, (_, i) => length - half - i);
  const mirrored = (part: Value): Value => build.gather(part, constant(mirror), part.rank - 1);
  const last = real.rank - 1;
  // The imaginary parts of the frequencies that are their own mirror images do not count.
  const own = Float32Array.from({ length: half }, (_, k) => Number(k !== 0 && 2 * k !== length));
  const inner = build.multiply(imaginary, build.castTo(build.toValue(own), real.dtype));
  const whole: Pair = [
    build.concatenate([real, mirrored(real)], last),
    build.concatenate([inner, build.negative(mirrored(inner))], last),
  ];
  return build.multiply(transform(whole, length, 1)[0], 1 / length);
}

/**
 * The first n / 2 + 1 frequencies of real sequences of length n; the others are their conjugates.
 *
 * Shapes: `[…, n]` → real and imaginary parts `[…, ⌊n / 2⌋ + 1]`.
 *
 * @throws ValueError if x is a scalar, or the size is not known; TypeError if the length is not an integer ≥ 1.
 * @example
 * await jit((x) => ops.rfft(x)[0])([1, 2, 3, 4]);   // [10, -2, -2]
 * @see https://keras.io/api/ops/fft/#rfft-function
 */
export const rfft: Symbolic<(x: Operand, options?: RfftOptions) => readonly Value[]> = op(
  'math.RFFT',
  ['x'],
  { fftLength: null },
  function rfft(x: Operand, { fftLength = null }: RfftOptions = {}): readonly Value[] {
    const value = toFloat(x);
    const length = fftLength ?? knownSizeOf('ops.rfft', value, value.rank - 1);
    return realTransform('ops.rfft', value, checkInteger('ops.rfft', 'fftLength', length, 1));
  },
);

/**
 * The inverse of {@link rfft}: real sequences from their first frequencies.
 *
 * Shapes: real and imaginary parts `[…, n / 2 + 1]` → `[…, n]`, where n is even unless it is given.
 *
 * @throws TypeError if x is not a pair, or the length is not an integer ≥ 1; ValueError if the parts are not floats of one shape.
 * @example
 * await jit((x) => ops.irfft([x, ops.zerosLike(x)]))([10, -2, -2]);   // [1, 3, 3, 3]
 * @see https://keras.io/api/ops/fft/#irfft-function
 */
export const irfft: Symbolic<(x: ComplexOperand, options?: RfftOptions) => Value> = op(
  'math.IRFFT',
  ['x'],
  { fftLength: null },
  function irfft(x: ComplexOperand, { fftLength = null }: RfftOptions = {}): Value {
    const pair = pairOf('ops.irfft', x, 1);
    const length = fftLength ?? 2 * (knownSizeOf('ops.irfft', pair[0], pair[0].rank - 1) - 1);
    return inverseRealTransform('ops.irfft', pair, checkInteger('ops.irfft', 'fftLength', length, 1));
  },
);
