import { type DType, convert } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkChoice } from '../../core/checks.ts';
import { type KnownShape, showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { numbers } from '../saving/field-kinds.ts';
import { type Field, type Fields, boolean, choice, field, nullable } from '../saving/fields.ts';
import { Initializer } from './initializer.ts';
import { type WindowName, windowNames, windowOf } from './windows.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link STFT}. */
export interface STFTOptions {
  /** The part of the complex kernel to return. @default 'real' */
  side?: 'real' | 'imag';
  /** The name of a window, its weights, or null for none. @default 'hann' */
  window?: WindowName | readonly number[] | null;
  /** The divisor of the window: its Euclidean norm ('density'), the sum of its magnitudes, or 1. @default 'density' */
  scaling?: 'density' | 'spectrum' | null;
  /** Whether a named window is one period of a longer one instead of symmetric. @default false */
  periodic?: boolean;
}

const windowWeights = numbers();

/** A window: its name, its weights, or null for none. */
export const window: Field<WindowName | readonly number[] | null> = nullable<WindowName | readonly number[]>(
  field({
    byDefault: 'hann',
    read: (who, option, given) => {
      if (Array.isArray(given)) return windowWeights.read(who, option, given);
      if (typeof given === 'string') return checkChoice(who, option, given, windowNames);
      throw new TypeError(
        `[${who}] ${option} must be a name, a list of numbers or null. Received: ${option}=${show(given)}.`,
      );
    },
  }),
);

/**
 * The kernel of a convolution that computes the real or imaginary part of a short-time Fourier transform.
 *
 *     kernel[t, 0, f] = cos(−2π t f / F) · window[t] / scale       F = 2 (frequencies − 1); sin for the imaginary part
 *
 * The scale is √Σ window² ('density') or Σ |window| ('spectrum').
 *
 * Shapes: `[frame length, 1, frequencies]`.
 * @throws ValueError if the shape differs, or the window has another length than the frame.
 * @example
 * new STFT({ window: null }).call([4, 1, 3]);   // [[[1, 1, 1]], [[1, 0, -1]], [[1, -1, 1]], [[1, 0, -1]]]
 * @see https://keras.io/api/layers/initializers/
 */
export class STFT extends Initializer {
  static override readonly className: string = 'STFT';
  static override readonly positional = ['side', 'window', 'scaling', 'periodic'] as const;
  static override readonly fields: Fields = {
    side: choice(['real', 'imag'], 'real'),
    window,
    periodic: boolean(false),
    scaling: nullable(choice(['density', 'spectrum'], 'density')),
  };

  /** The part of the complex kernel. */
  declare readonly side: 'real' | 'imag';
  /** The name of a window, its weights, or null for none. */
  declare readonly window: WindowName | readonly number[] | null;
  /** The divisor of the window; null for 1. */
  declare readonly scaling: 'density' | 'spectrum' | null;
  /** Whether a named window is one period of a longer one. */
  declare readonly periodic: boolean;

  constructor(...args: Arguments<STFTOptions, typeof STFT.positional>);
  constructor(options?: STFTOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override checkShape(shape: KnownShape): void {
    const [length = 0, channels, frequencies = 0] = shape;
    if (shape.length !== 3 || channels !== 1 || frequencies < 2) {
      throw new ValueError(
        `[STFT] the shape must be [frame length, 1, frequencies], with at least 2 frequencies. Received: shape=${showShape(shape)}.`,
      );
    }
    const { window } = this;
    if (Array.isArray(window) && window.length !== length) {
      throw new ValueError(
        `[STFT] the window must have the length of the frame, ${length}. Received: a window of ${window.length} weights.`,
      );
    }
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    this.checkShape(shape);
    const [length = 0, , frequencies = 0] = shape;
    const window = this.#scaledWindow(length);
    const period = 2 * (frequencies - 1);
    const part = this.side === 'real' ? Math.cos : Math.sin;
    const data = new Float64Array(length * frequencies);
    for (let t = 0; t < length; t++) {
      for (let f = 0; f < frequencies; f++) {
        // Whole periods are subtracted first, so that long frames lose no digits.
        const angle = (-2 * Math.PI * ((t * f) % period)) / period;
        data[t * frequencies + f] = part(angle) * (window?.[t] ?? 1);
      }
    }
    return new Tensor(convert(data, dtype), shape, dtype);
  }

  /** The weights of the window divided by its scale; null for none. */
  #scaledWindow(length: number): Float64Array | null {
    if (this.window === null) return null;
    const weights =
      typeof this.window === 'string'
        ? windowOf(this.window, length, this.periodic)
        : Float64Array.from<number>(this.window);
    const sum = (of: (weight: number) => number): number => weights.reduce((total, weight) => total + of(weight), 0);
    const { scaling } = this;
    const scale = scaling === null ? 1 : scaling === 'density' ? Math.sqrt(sum((w) => w * w)) : sum(Math.abs);
    return weights.map((weight) => weight / scale);
  }
}
