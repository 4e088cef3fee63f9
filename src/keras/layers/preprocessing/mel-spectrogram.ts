import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import * as ops from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { numbers } from '../../saving/field-kinds.ts';
import { type Field, type Fields, boolean, choice, field, nullable, number } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { positive } from '../base/option-fields.ts';

/** Options of {@link MelSpectrogram}. */
export interface MelSpectrogramOptions extends LayerOptions {
  /** The length of the Fourier transform. @default 2048 */
  fftLength?: number | undefined;
  /** The number of samples between the beginnings of frames. @default 512 */
  sequenceStride?: number | undefined;
  /** The number of samples of a frame, at most `fftLength`. @default null, fftLength */
  sequenceLength?: number | null | undefined;
  /** The window: its name, its weights, or null for none. @default 'hann' */
  window?: 'hann' | 'hamming' | readonly number[] | null | undefined;
  /** The number of samples per second. @default 16000 */
  samplingRate?: number | undefined;
  /** The number of bands. @default 128 */
  numMelBins?: number | undefined;
  /** The lower edge of the lowest band, in hertz. @default 20 */
  minFreq?: number | undefined;
  /** The upper edge of the highest band, in hertz. @default null, half of samplingRate */
  maxFreq?: number | null | undefined;
  /** Whether the result is in decibels. @default true */
  powerToDb?: boolean | undefined;
  /** The largest difference between the maximum and a result, in decibels. @default 80 */
  topDb?: number | undefined;
  /** The exponent of the magnitude: 1 for magnitudes, 2 for powers. @default 2 */
  magExp?: number | undefined;
  /** The smallest power that is distinguished. @default 1e-10 */
  minPower?: number | undefined;
  /** The power of 0 decibels. @default 1 */
  refPower?: number | undefined;
}

const weights = numbers();
const names = choice(['hann', 'hamming'], 'hann');

const window: Field<'hann' | 'hamming' | readonly number[] | null> = nullable<'hann' | 'hamming' | readonly number[]>(
  field({
    byDefault: 'hann',
    read: (who, option, given) =>
      typeof given === 'string' ? names.read(who, option, given) : weights.read(who, option, given),
  }),
);

/** The mel scale of the Hidden Markov Model Toolkit. */
const melOf = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/** Options of {@link melWeights}. */
interface Bands {
  readonly frequencies: number;
  readonly bands: number;
  readonly samplingRate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The weights of frequencies in bands, `[frequencies, bands]`: triangles between neighboring edges, which are linear in mel and
 * have the height 1. The frequency 0 is in no band.
 */
function melWeights({ frequencies, bands, samplingRate, low, high }: Bands): Tensor {
  const step = (melOf(high) - melOf(low)) / (bands + 1);
  const edge = (i: number): number => melOf(low) + i * step;
  const data = Float64Array.from({ length: frequencies * bands }, (_, at) => {
    const [row, band] = [Math.floor(at / bands), at % bands];
    if (row === 0) return 0;
    const mel = melOf((row * samplingRate) / 2 / (frequencies - 1));
    return Math.max(0, Math.min((mel - edge(band)) / step, (edge(band + 2) - mel) / step));
  });
  return new Tensor(data, [frequencies, bands], 'float64');
}

/**
 * Spectrograms of signals in bands of the mel scale, mel(f) = 1127 ln(1 + f / 700), on which human ears are about linear.
 *
 *     S = Σ |STFT(x)|^magExp · band      decibels = 10 log₁₀(max(S, minPower) / max(|refPower|, minPower)),
 *                                                   at least the maximum of all results − topDb
 *
 * The frames are centered at every stride; the signal is mirrored beyond its ends.
 *
 * Shapes: `[samples]` → `[bands, frames]`, `[batch, samples]` → `[batch, bands, frames]`; frames = 1 + samples / stride.
 * @throws ValueError if `fftLength` is less than `sequenceLength`, or the input is of another rank.
 * @example
 * const layer = new MelSpectrogram({ fftLength: 8, sequenceStride: 4, numMelBins: 2, samplingRate: 100 });
 * (await layer.apply([1, 0, -1, 0, 1, 0, -1, 0])).shape;          // [2, 3]
 * layer.apply(Input({ shape: [80] })).shape;                      // [null, 2, 21]
 * @see https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/mel_spectrogram/
 */
export class MelSpectrogram extends Layer {
  static override readonly className: string = 'MelSpectrogram';
  static override readonly positional = [
    'fftLength',
    'sequenceStride',
    'sequenceLength',
    'window',
    'samplingRate',
    'numMelBins',
    'minFreq',
    'maxFreq',
    'powerToDb',
    'topDb',
    'magExp',
    'minPower',
    'refPower',
  ] as const;
  static override readonly fields: Fields = {
    fftLength: positive(2048),
    sequenceStride: positive(512),
    sequenceLength: nullable(positive()),
    window,
    samplingRate: positive(16000),
    numMelBins: positive(128),
    minFreq: number(20, { min: 0 }),
    maxFreq: nullable(number(undefined, { above: 0 })),
    powerToDb: boolean(true),
    topDb: number(80),
    magExp: number(2),
    minPower: number(1e-10),
    refPower: number(1),
  };

  override built = true;
  /** The length of the Fourier transform. */
  declare readonly fftLength: number;
  /** The number of samples between the beginnings of frames. */
  declare readonly sequenceStride: number;
  /** The number of samples of a frame. */
  declare readonly sequenceLength: number;
  /** The window: its name, its weights, or null for none. */
  declare readonly window: 'hann' | 'hamming' | readonly number[] | null;
  /** The number of samples per second. */
  declare readonly samplingRate: number;
  /** The number of bands. */
  declare readonly numMelBins: number;
  /** The lower edge of the lowest band, in hertz. */
  declare readonly minFreq: number;
  /** The upper edge of the highest band, in hertz. */
  declare readonly maxFreq: number;
  /** Whether the result is in decibels. */
  declare readonly powerToDb: boolean;
  /** The largest difference between the maximum and a result, in decibels. */
  declare readonly topDb: number;
  /** The exponent of the magnitude. */
  declare readonly magExp: number;
  /** The smallest power that is distinguished. */
  declare readonly minPower: number;
  /** The power of 0 decibels. */
  declare readonly refPower: number;

  constructor(...args: Arguments<MelSpectrogramOptions, typeof MelSpectrogram.positional>);
  constructor(options?: MelSpectrogramOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { sequenceLength, maxFreq } = this as {
      readonly sequenceLength: number | null;
      readonly maxFreq: number | null;
    };
    Object.assign(this, {
      sequenceLength: sequenceLength ?? this.fftLength,
      maxFreq: maxFreq ?? Math.floor(this.samplingRate / 2),
    });
    if (this.fftLength < this.sequenceLength) {
      throw new ValueError(
        `[${this.who}] fftLength must be at least sequenceLength. Received: fftLength=${this.fftLength}, sequenceLength=${this.sequenceLength}.`,
      );
    }
  }

  override call(inputs: Value): Value {
    if (inputs.rank !== 1 && inputs.rank !== 2) {
      throw new ValueError(
        `[${this.who}] expected a signal of shape [samples] or [batch, samples]. Received: input of shape ${showShape(inputs.shape)}.`,
      );
    }
    const x = castTo(inputs, isFloat(this.dtype) ? this.dtype : 'float32');
    const { fftLength, window } = this;
    const weights = window === null || typeof window === 'string' ? window : constant([...window], x.dtype);
    const [real, imaginary] = ops.stft(x, this.sequenceLength, this.sequenceStride, fftLength, { window: weights }) as [
      Value,
      Value,
    ];
    const power = ops.add(ops.square(real), ops.square(imaginary));
    const bands = melWeights({
      ...{ frequencies: Math.floor(fftLength / 2) + 1, bands: this.numMelBins, samplingRate: this.samplingRate },
      ...{ low: this.minFreq, high: this.maxFreq },
    });
    const spectrum = ops.matmul(this.#magnitude(power), constant(bands, x.dtype));
    return ops.swapaxes(this.powerToDb ? this.#decibels(spectrum) : spectrum, -1, -2);
  }

  /** The power of the magnitude, of its square: without a root where the exponent is 2. */
  #magnitude(square: Value): Value {
    if (this.magExp === 2) return square;
    const magnitude = ops.sqrt(square);
    return this.magExp === 1 ? magnitude : ops.power(magnitude, this.magExp);
  }

  #decibels(spectrum: Value): Value {
    const { minPower, refPower, topDb } = this;
    const decibels = ops.multiply(ops.log10(ops.maximum(spectrum, minPower)), 10);
    const relative = ops.subtract(decibels, 10 * Math.log10(Math.max(Math.abs(refPower), minPower)));
    return ops.maximum(relative, ops.subtract(ops.max(relative), topDb));
  }
}
