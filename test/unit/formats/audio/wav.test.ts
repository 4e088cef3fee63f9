import wavefile from 'wavefile';
import { expect, test } from 'vitest';
import { decodeWav } from '../../../../src/formats/audio/wav.ts';
import { expectClose } from '../../../support/close.ts';

const { WaveFile } = wavefile;

function wav(bitDepth: string, samples: ArrayLike<number>, { channels = 1, rate = 8000 } = {}): Uint8Array {
  const made = new WaveFile();
  made.fromScratch(channels, rate, bitDepth, samples);
  return made.toBuffer();
}

test.each([
  ['8', [0, 128, 192], [-1, 0, 0.5]],
  ['16', [-32768, 0, 16384], [-1, 0, 0.5]],
  ['24', [-8388608, 0, 4194304], [-1, 0, 0.5]],
  ['32', [-2147483648, 0, 1073741824], [-1, 0, 0.5]],
  ['32f', [-1, 0.25, 0.5], [-1, 0.25, 0.5]],
  ['64', [-1, 0.25, 0.5], [-1, 0.25, 0.5]],
])('samples of %s bits are numbers in [−1, 1]', (bitDepth, samples, expected) => {
  const { frames, channels, samplingRate, data } = decodeWav(wav(bitDepth, samples), 'sound', null);
  expect({ frames, channels, samplingRate, data: [...data] }).toEqual({
    frames: 3,
    channels: 1,
    samplingRate: 8000,
    data: expected,
  });
});

test('the channels of a frame follow each other', () => {
  const stereo = wav('16', [16384, -16384, 8192, -8192], { channels: 2 });
  const { frames, channels, data } = decodeWav(stereo, 'sound', null);
  expect({ frames, channels, data: [...data] }).toEqual({ frames: 2, channels: 2, data: [0.5, -0.5, 0.25, -0.25] });
});

test('A-law and μ-law are expanded', () => {
  for (const law of ['toALaw', 'toMuLaw'] as const) {
    const made = new WaveFile();
    made.fromScratch(1, 8000, '16', [0, 16000, -16000, 8000]);
    made[law]();
    expectClose(decodeWav(made.toBuffer(), 'sound', null).data, [0, 16000 / 32768, -16000 / 32768, 8000 / 32768], {
      rtol: 0.03,
    });
  }
});

test.each([
  [8000, 16000],
  [16000, 11025],
  [44100, 8000],
])('a tone resampled from %i to %i Hz keeps its frequency, phase and loudness, in each channel', (from, to) => {
  const tone = (rate: number): Float64Array =>
    Float64Array.from(
      { length: rate / 5 },
      (_, i) => (i % 2 === 0 ? 0.5 : -0.25) * Math.sin((2 * Math.PI * 200 * (i >> 1)) / rate),
    );
  const { frames, samplingRate, data } = decodeWav(wav('32f', tone(from), { channels: 2, rate: from }), 'sound', to);
  expect({ frames, samplingRate }).toEqual({ frames: Math.ceil(to / 10), samplingRate: to });
  // The beginning and the end have neighbors at one side alone; the window ripples by less than a thousandth.
  const inner = [Math.ceil(to / 80) * 2, Math.floor(to / 10 - to / 80) * 2] as const;
  expectClose(data.subarray(...inner), tone(to).subarray(...inner), { rtol: 1e-3 });
});

test('a tone above half of the new rate is removed', () => {
  const tone = Float64Array.from({ length: 1600 }, (_, i) => Math.sin((2 * Math.PI * 6000 * i) / 16000));
  const { data } = decodeWav(wav('32f', tone, { rate: 16000 }), 'sound', 8000);
  expect(Math.max(...data.subarray(100, 700))).toBeLessThan(1e-3);
});

test('a file of another format, or one that is cut off, is refused', () => {
  expect(() => decodeWav(Uint8Array.of(1, 2, 3), 'sound', null)).toThrow(
    '[sound] a sound must be a complete and well-formed WAV file. Received: Not a supported format..',
  );
  expect(() => decodeWav(wav('16', [1, 2, 3]).subarray(0, 20), 'sound', null)).toThrow('[sound] a sound must be');
});
