import * as wavefile from 'wavefile';
import { ValueError } from '../../core/errors.ts';
import { resampleSound } from './resample.ts';

/** Decoded sound: frames of numbers in [−1, 1], one for each channel. */
export interface Sound {
  readonly frames: number;
  readonly channels: number;
  readonly samplingRate: number;
  readonly data: Float32Array;
}

interface Exports {
  readonly WaveFile: typeof wavefile.WaveFile;
  readonly default?: Exports;
}

const exported: Exports = wavefile;
/** Node finds the class in the default export, and bundlers, which take the package's modules, beside it. */
const { WaveFile } = exported.default ?? exported;

/** The divisor of the integers of each type, and the zero that is subtracted from them before. */
const SCALES: Readonly<Record<string, readonly [divisor: number, zero: number]>> = {
  '8': [128, 128],
  '16': [2 ** 15, 0],
  '24': [2 ** 23, 0],
  '32': [2 ** 31, 0],
  '32f': [1, 0],
  '64': [1, 0],
};

/**
 * Decodes a WAV file: PCM of 8 to 32 bits, floating-point numbers, A-law, μ-law and IMA ADPCM. Integers are divided by the
 * largest, as in TensorFlow: 16 bits by 32,768.
 *
 * @param samplingRate - the rate to resample to; null for that of the file
 * @throws ValueError if the file is of another format, or damaged
 */
export function decodeWav(bytes: Uint8Array, who: string, samplingRate: number | null): Sound {
  try {
    const wav = new WaveFile(bytes);
    const { numChannels: channels, sampleRate } = wav.fmt as { numChannels: number; sampleRate: number };
    if (wav.bitDepth === '8a') wav.fromALaw();
    if (wav.bitDepth === '8m') wav.fromMuLaw();
    if (wav.bitDepth === '4') wav.fromIMAADPCM();
    const scale = SCALES[wav.bitDepth];
    if (scale === undefined) throw new Error(`${wav.bitDepth} bits`);
    const [divisor, zero] = scale;
    // Interleaved: the channels of a frame follow each other.
    const samples = wav.getSamples(true, Float64Array);
    const own = Float32Array.from(samples, (sample) => (sample - zero) / divisor);
    const resamples = samplingRate !== null && samplingRate !== sampleRate;
    const data = resamples ? resampleSound(own, channels, sampleRate, samplingRate) : own;
    return { frames: data.length / channels, channels, samplingRate: samplingRate ?? sampleRate, data };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ValueError(`[${who}] a sound must be a complete and well-formed WAV file. Received: ${reason}.`, {
      cause,
    });
  }
}
