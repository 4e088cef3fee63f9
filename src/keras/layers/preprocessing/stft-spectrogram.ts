import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { isFloat } from '../../../core/dtype.ts';
import { knownSize } from '../../../core/axes.ts';
import { EPSILON } from '../../../core/epsilon.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import { STFT, window } from '../../initializers/stft.ts';
import type { WindowName } from '../../initializers/windows.ts';
import { cut } from '../../ops/numpy/axes.ts';
import * as ops from '../../ops/index.ts';
import type { DataFormat } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, boolean, choice, nullable } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { dataFormat, padding, positive } from '../base/option-fields.ts';

/** The quantity of a spectrogram. */
export type SpectrogramMode = 'log' | 'magnitude' | 'psd' | 'real' | 'imag' | 'angle' | 'stft';

/** Options of {@link STFTSpectrogram}. */
export interface STFTSpectrogramOptions extends LayerOptions {
  /**
   * The quantity: the logarithm of the magnitude, the magnitude, the density of power, the real or the imaginary part, the
   * phase, or both parts in sequence. @default 'log'
   */
  mode?: SpectrogramMode | undefined;
  /** The number of samples of a frame. @default 256 */
  frameLength?: number | undefined;
  /** The number of samples between the beginnings of frames, at most `frameLength`. @default null, half of frameLength */
  frameStep?: number | null | undefined;
  /** The length of the transform, at least `frameLength`. @default null, the next power of two */
  fftLength?: number | null | undefined;
  /** The window of the frames: its name, its weights, or null for none. @default 'hann' */
  window?: WindowName | readonly number[] | null | undefined;
  /** Whether a named window is one period of a longer one instead of symmetric. @default false */
  periodic?: boolean | undefined;
  /** The divisor of the window: its Euclidean norm, the sum of its magnitudes, or 1. @default 'density' */
  scaling?: 'density' | 'spectrum' | null | undefined;
  /** 'same' pads with zeros until every step has a frame. @default 'valid' */
  padding?: 'valid' | 'same' | undefined;
  /** Whether frequencies have an axis of their own, as layers of images require. @default false */
  expandDims?: boolean | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * Spectrograms of signals, by convolutions whose kernels are the parts of a Fourier transform. Training changes the kernels,
 * unless the layer is frozen.
 *
 *     magnitude = √max(real² + imag², ε)      log = ln max(magnitude, ε)      angle = atan2(imag, real)
 *     psd = real² + imag², twice that between the first and the last frequency      ε = 1e-7
 *
 * Shapes: `[batch, samples, channels]` → `[batch, frames, channels · frequencies]`, or with `expandDims`
 * `[batch, frames, frequencies, channels]`; channels first, `[batch, channels, samples]` → `[batch, channels · frequencies,
 * frames]`, or `[batch, channels, frames, frequencies]`. There are fftLength / 2 + 1 frequencies, in the mode `stft` twice as
 * many.
 * @throws ValueError if `frameStep` exceeds `frameLength`, `fftLength` is less than it, or the number of channels is unknown;
 * TypeError for an input of integers.
 * @example
 * const layer = new STFTSpectrogram({ mode: 'magnitude', frameLength: 4, frameStep: 2, window: null, scaling: null });
 * await layer.apply([[[1], [2], [3], [4]]]);    // [[[10, 2.8284, 2]]]
 * @see https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/stft_spectrogram/
 */
export class STFTSpectrogram extends Layer {
  static override readonly className: string = 'STFTSpectrogram';
  static override readonly positional = [
    'mode',
    'frameLength',
    'frameStep',
    'fftLength',
    'window',
    'periodic',
    'scaling',
    'padding',
    'expandDims',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    mode: choice(['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'], 'log'),
    frameLength: positive(256),
    frameStep: nullable(positive()),
    fftLength: nullable(positive()),
    window,
    periodic: boolean(false),
    scaling: nullable(choice(['density', 'spectrum'], 'density')),
    padding,
    dataFormat: dataFormat(),
    expandDims: boolean(false),
  };

  /** The quantity. */
  declare readonly mode: SpectrogramMode;
  /** The number of samples of a frame. */
  declare readonly frameLength: number;
  /** The number of samples between frames; null for half of `frameLength`. */
  declare readonly frameStep: number | null;
  /** The length of the transform; null for the next power of two. */
  declare readonly fftLength: number | null;
  /** The window: its name, its weights, or null for none. */
  declare readonly window: WindowName | readonly number[] | null;
  /** Whether a named window is one period of a longer one. */
  declare readonly periodic: boolean;
  /** The divisor of the window; null for 1. */
  declare readonly scaling: 'density' | 'spectrum' | null;
  /** Whether zeros are added until every step has a frame. */
  declare readonly padding: 'valid' | 'same';
  /** Whether frequencies have an axis of their own. */
  declare readonly expandDims: boolean;
  /** The position of the channels. */
  declare readonly dataFormat: DataFormat;
  #real: Variable | null = null;
  #imaginary: Variable | null = null;

  constructor(...args: Arguments<STFTSpectrogramOptions, typeof STFTSpectrogram.positional>);
  constructor(options?: STFTSpectrogramOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { who, frameLength, frameStep, fftLength } = this;
    if (frameStep !== null && frameStep > frameLength) {
      throw new ValueError(
        `[${who}] frameStep must be at most frameLength. Received: frameStep=${frameStep}, frameLength=${frameLength}.`,
      );
    }
    if (fftLength !== null && fftLength < frameLength) {
      throw new ValueError(
        `[${who}] fftLength must be at least frameLength. Received: fftLength=${fftLength}, frameLength=${frameLength}.`,
      );
    }
    this.inputSpec = { ndim: 3 };
  }

  /** The kernel of the real part; null before the layer is built, and in the mode `imag`. */
  get realKernel(): Variable | null {
    return this.#real;
  }

  /** The kernel of the imaginary part; null before the layer is built, and in the mode `real`. */
  get imagKernel(): Variable | null {
    return this.#imaginary;
  }

  override build(): void {
    const { mode, frameLength, fftLength, window, scaling, periodic } = this;
    const length = fftLength ?? 2 ** Math.ceil(Math.log2(frameLength));
    const shape = [frameLength, 1, Math.floor(length / 2) + 1];
    const kernel = (side: 'real' | 'imag'): Variable =>
      this.addWeight({
        name: `${side}_kernel`,
        shape,
        initializer: new STFT({ side, window, scaling, periodic }),
      });
    if (mode !== 'imag') this.#real = kernel('real');
    if (mode !== 'real') this.#imaginary = kernel('imag');
  }

  get #isLast(): boolean {
    return this.dataFormat === 'channels_last';
  }

  override call(inputs: Value, context: CallContext): Value {
    if (!isFloat(inputs.dtype)) {
      throw new TypeError(`[${this.who}] the signal must be of a floating type. Received: ${inputs.dtype}.`);
    }
    const [real, imaginary] = [this.#real, this.#imaginary].map((kernel) =>
      kernel === null ? null : ops.cast(context.read(kernel), inputs.dtype),
    );
    const axis = this.#isLast ? 2 : 1;
    const channels = knownSize(inputs.shape, axis, this.who);
    const spectra = Array.from({ length: channels }, (_, i) =>
      this.#spectrum(cut(inputs, axis, i, i + 1), real ?? null, imaginary ?? null),
    );
    if (!this.expandDims) return ops.concatenate(spectra, { axis });
    const [each] = spectra;
    if (this.#isLast || each === undefined) return ops.stack(spectra, { axis: -1 });
    return ops.stack(
      spectra.map((spectrum) => ops.transpose(spectrum, { axes: [0, 2, 1] })),
      { axis: 1 },
    );
  }

  /** The quantity of one channel, with the frequencies on the axis of the channels. */
  #spectrum(signal: Value, realKernel: Value | null, imaginaryKernel: Value | null): Value {
    const { mode, frameStep, frameLength, padding, dataFormat } = this;
    const strides = frameStep ?? Math.floor(frameLength / 2);
    const convolve = (kernel: Value): Value => ops.conv(signal, kernel, { strides, padding, dataFormat });
    const real = realKernel === null ? null : convolve(realKernel);
    const imaginary = imaginaryKernel === null ? null : convolve(imaginaryKernel);
    if (real === null || imaginary === null) return (real ?? imaginary) as Value;
    const axis = this.#isLast ? 2 : 1;
    if (mode === 'angle') return ops.arctan2(imaginary, real);
    if (mode === 'stft') return ops.concatenate([real, imaginary], { axis });
    const power = ops.add(ops.square(real), ops.square(imaginary));
    if (mode === 'psd') {
      const between = cut(power, axis, 1, knownSize(power.shape, axis, this.who) - 1);
      const around = power.shape.map((_, i): [number, number] => (i === axis ? [1, 1] : [0, 0]));
      return ops.add(power, ops.pad(between, around));
    }
    const magnitude = ops.sqrt(ops.maximum(power, EPSILON));
    return mode === 'magnitude' ? magnitude : ops.log(ops.maximum(magnitude, EPSILON));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return super.computeOutputShape(this.checkedShape(inputShape));
  }
}
