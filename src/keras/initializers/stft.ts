import type { Config } from '../../core/config.ts';
import { type DType, convert } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkChoice, checkNumber, checkOptions } from '../../core/checks.ts';
import { type KnownShape, showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { Initializer } from './initializer.ts';
import { type WindowName, windowNames, windowOf } from './windows.ts';

/** Options of {@link STFT}. */
export interface STFTOptions {
  /** Which part of the complex numbers the kernel gives. @default 'real' */
  side?: 'real' | 'imag';
  /** The name of a window, its weights, or null for none. @default 'hann' */
  window?: WindowName | readonly number[] | null;
  /** What the window is divided by: its Euclidean norm, the sum of its magnitudes, or nothing. @default 'density' */
  scaling?: 'density' | 'spectrum' | null;
  /** Whether a named window is one period of a longer one, not symmetric. @default false */
  periodic?: boolean;
}

/**
 * The kernel of a convolution that computes a short-time Fourier transform, or its real or imaginary part.
 *
 *     kernel[t, 0, f] = cos(−2π t f / F) · window[t] / scale       F = 2 (frequencies − 1); sin for the imaginary part
 *
 * The scale is √Σ window² ('density') or Σ |window| ('spectrum').
 *
 * Shapes: `[frame length, 1, frequencies]`.
 * @throws ValueError if the shape is another, or the window has another length than the frame.
 * @example
 * new STFT({ window: null }).call([4, 1, 3]);   // [[[1, 1, 1]], [[1, 0, -1]], [[1, -1, 1]], [[1, 0, -1]]]
 * @see https://keras.io/api/layers/initializers/
 */
export class STFT extends Initializer {
  /** Which part of the complex numbers the kernel gives. */
  readonly side: 'real' | 'imag';
  /** The name of a window, its weights, or null for none. */
  readonly window: WindowName | readonly number[] | null;
  /** What the window is divided by. */
  readonly scaling: 'density' | 'spectrum' | null;
  /** Whether a named window is one period of a longer one. */
  readonly periodic: boolean;

  constructor(options: STFTOptions = {}) {
    super();
    checkOptions('STFT', options, ['side', 'window', 'scaling', 'periodic']);
    this.side = checkChoice('STFT', 'side', options.side ?? 'real', ['real', 'imag']);
    this.window = readWindow(options.window);
    const { scaling = 'density' } = options;
    this.scaling = scaling === null ? null : checkChoice('STFT', 'scaling', scaling, ['density', 'spectrum'] as const);
    this.periodic = checkBoolean('STFT', 'periodic', options.periodic ?? false);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const [length = 0, channels, frequencies = 0] = shape;
    if (shape.length !== 3 || channels !== 1 || frequencies < 2) {
      throw new ValueError(
        `[STFT] the shape must be [frame length, 1, frequencies], with 2 frequencies or more. Received: shape=${showShape(shape)}.`,
      );
    }
    const window = this.#scaledWindow(length);
    const period = 2 * (frequencies - 1);
    const part = this.side === 'real' ? Math.cos : Math.sin;
    const data = new Float64Array(length * frequencies);
    for (let t = 0; t < length; t++) {
      for (let f = 0; f < frequencies; f++) {
        // Whole turns are taken out first, so that long frames lose no digits.
        const angle = (-2 * Math.PI * ((t * f) % period)) / period;
        data[t * frequencies + f] = part(angle) * (window?.[t] ?? 1);
      }
    }
    return new Tensor(convert(data, dtype), shape, dtype);
  }

  /** The weights of the window over its scale; null for none. */
  #scaledWindow(length: number): Float64Array | null {
    if (this.window === null) return null;
    const weights =
      typeof this.window === 'string'
        ? windowOf(this.window, length, this.periodic)
        : Float64Array.from<number>(this.window);
    if (weights.length !== length) {
      throw new ValueError(
        `[STFT] the window must have the length of the frame, ${length}. Received: a window of ${weights.length} weights.`,
      );
    }
    const sum = (of: (weight: number) => number): number => weights.reduce((total, weight) => total + of(weight), 0);
    const { scaling } = this;
    const scale = scaling === null ? 1 : scaling === 'density' ? Math.sqrt(sum((w) => w * w)) : sum(Math.abs);
    return weights.map((weight) => weight / scale);
  }

  override getConfig(): Config {
    const { side, window, periodic, scaling } = this;
    return { side, window, periodic, scaling };
  }
}

function readWindow(given: STFTOptions['window']): STFT['window'] {
  const window: unknown = given;
  if (window === undefined) return 'hann';
  if (window === null) return null;
  if (Array.isArray(window)) return window.map((weight) => checkNumber('STFT', 'window', weight));
  if (typeof window === 'string') return checkChoice('STFT', 'window', window, windowNames);
  throw new TypeError(`[STFT] window must be a name, a list of numbers or null. Received: window=${show(window)}.`);
}
