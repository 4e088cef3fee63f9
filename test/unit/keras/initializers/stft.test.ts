import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import * as initializers from '../../../../src/keras/initializers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface Case {
  readonly kind: 'kernel' | 'config';
  readonly options: initializers.STFTOptions;
  readonly shape: readonly number[];
  readonly output: GoldenArray;
  readonly serialized: string;
}

const { cases } = loadGolden<Case>('stft');
const of = (kind: Case['kind']): readonly Case[] => cases.filter((entry) => entry.kind === kind);

test.each(of('kernel'))('the STFT kernel $shape with $options is that of Keras', ({ options, shape, output }) => {
  const made = new initializers.STFT(options).call(shape, 'float64');
  expect(made.shape).toEqual(output.shape);
  // Keras's angles grow with time and frequency, and their cosines lose a few bits; those of windows are absolute.
  expectClose(made.data, output.data, { rtol: 1e-12, atol: 1e-13 });
});

test.each(of('config'))('the config of STFT with $options is that of Keras', ({ options, serialized }) => {
  const made = new initializers.STFT(options);
  const written = JSON.parse(serialized) as { class_name: string; config: Config };
  expect(JSON.stringify(initializers.serialize(made))).toBe(JSON.stringify(written));
  expect(initializers.get(written).getConfig()).toEqual(made.getConfig());
});

test('STFT is found by its name, in either case', () => {
  for (const name of ['STFT', 'STFTInitializer', 'stft']) {
    expect(initializers.get(name)).toBeInstanceOf(initializers.STFT);
  }
});

test('kernels are float32 by default', () => {
  expect(new initializers.STFT().call([4, 1, 3]).dtype).toBe('float32');
});

test.each([
  [
    () => new initializers.STFT({ side: 'imaginary' as never }),
    new TypeError('[STFT] side must be one of "real", "imag". Received: side="imaginary".'),
  ],
  [
    () => new initializers.STFT({ scaling: 'loud' as never }),
    new TypeError('[STFT] scaling must be one of "density", "spectrum". Received: scaling="loud".'),
  ],
  [
    () => new initializers.STFT({ window: 3 as never }),
    new TypeError('[STFT] window must be a name, a list of numbers or null. Received: window=3.'),
  ],
  [
    () => new initializers.STFT().call([4, 3]),
    new ValueError(
      '[STFT] the shape must be [frame length, 1, frequencies], with at least 2 frequencies. Received: shape=[4, 3].',
    ),
  ],
  [
    () => new initializers.STFT({ window: [1, 2, 3] }).call([4, 1, 3]),
    new ValueError('[STFT] the window must have the length of the frame, 4. Received: a window of 3 weights.'),
  ],
])('mistakes are refused with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});
