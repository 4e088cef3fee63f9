import { Input, resetNames } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { beforeEach, describe, expect, test } from 'vitest';
import { gradients } from '../../../../../src/compiler/autodiff/index.ts';
import { constant, initialState } from '../../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../../src/compiler/ir/value.ts';
import { Trace } from '../../../../../src/compiler/graph/trace.ts';
import type { Config } from '../../../../../src/core/config.ts';
import { Tensor } from '../../../../../src/core/tensor.ts';
import { transpose } from '../../../../../src/compiler/builder/index.ts';
import { expectClose } from '../../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../../support/golden.ts';
import { evaluateAll } from '../../../../support/gradient-check.ts';
import { lcg } from '../../../../support/lcg.ts';

/** The fields are described in test/golden/make/audio_preprocessing.py. */
interface Case {
  readonly class_name: string;
  readonly config: Config;
  readonly shape: readonly number[];
  readonly seed: number;
  readonly dySeed: number;
  readonly output: GoldenArray;
  readonly gradients: readonly GoldenArray[];
  readonly outputShape: readonly (number | null)[] | null;
  readonly weights?: readonly GoldenArray[];
}

const { cases } = loadGolden<Case>('audio-preprocessing');
const titled = cases.map((each, i) => ({ ...each, title: `${each.class_name}, case ${i}` }));

beforeEach(resetNames);

const made = ({ class_name, config }: Case): layers.Layer => layers.deserialize({ class_name, config });

const float64 = (shape: readonly number[], seed: number): Tensor =>
  new Tensor(Float64Array.from(lcg(shape, seed)), shape, 'float64');

test.each(titled)('$title of Keras, has its output and gradients', (golden) => {
  // Keras computes MelSpectrogram in float32, and the weights of its bands too.
  const isMel = golden.class_name === 'MelSpectrogram';
  // Keras on TensorFlow resizes in float32.
  const rtol = { STFTSpectrogram: 1e-10, Pipeline: 1e-7, MelSpectrogram: 1e-4 }[golden.class_name]!;
  const given = { ...golden, config: isMel ? { ...golden.config, dtype: 'float64' } : golden.config };
  const layer = made(given);
  layer.ensureBuilt(golden.shape);
  for (const [i, weight] of (golden.weights ?? []).entries()) {
    expectClose(layer.weights[i]!.value.data, weight.data, { rtol: 1e-12 });
  }
  if (golden.class_name === 'Pipeline' && layer.weights.length > 0) {
    layer.setWeights(
      layer.weights.map(
        ({ shape }, i) => new Tensor(new Float64Array(shape[0]! * (shape[1] ?? 1)).fill(i === 0 ? 1 : 0), shape),
      ),
    );
  }
  const dy = float64(golden.output.shape, golden.dySeed);
  const [output, ...found] = evaluateAll(
    ([x]) => {
      const trace = new Trace();
      trace.adopt(x!);
      const y = layer.applyIn(trace, x!, false, null) as Value;
      const sources = [x!, ...layer.trainableWeights.map(initialState)];
      return [y, ...gradients(y, sources, constant(dy)).map((each) => each!)];
    },
    [float64(golden.shape, golden.seed)],
  );
  expect(output!.shape).toEqual(golden.output.shape);
  // The phase of a negative number is π or −π, by the sign of an imaginary part that should be 0.
  for (const part of golden.config['mode'] === 'angle' ? [Math.cos, Math.sin] : [(each: number) => each]) {
    const [actual, expected] = [output!.data, golden.output.data].map((data) => Array.from<number>(data).map(part));
    expectClose(actual!, expected!, { rtol });
  }
  expect(found).toHaveLength(golden.gradients.length);
  for (const [i, gradient] of golden.gradients.entries()) {
    expectClose(found[i]!.data, gradient.data, { rtol: 10 * rtol });
  }
});

test.each(titled)('$title of Keras, is written as Keras does', (golden) => {
  const layer = made(golden);
  expect(JSON.stringify(layers.serialize(layer).config)).toBe(JSON.stringify(golden.config));
  const copy = layers.deserialize(JSON.parse(JSON.stringify(layers.serialize(layer))) as never);
  expect(JSON.stringify(layers.serialize(copy).config)).toBe(JSON.stringify(golden.config));
});

test.each(titled.filter(({ outputShape }) => outputShape !== null))(
  '$title of Keras, has its output shape',
  (golden) => {
    const { shape } = golden;
    const given = shape.length === 1 ? shape : [null, ...shape.slice(1)];
    expect(made(golden).computeOutputShape(given)).toEqual(golden.outputShape);
  },
);

test('spectrograms accept signals of unknown length', () => {
  const stft = new layers.STFTSpectrogram({ frameLength: 4 });
  expect(stft.apply(Input({ shape: [null, 2] })).shape).toEqual([null, null, 6]);
  const mel = new layers.MelSpectrogram({ fftLength: 8, numMelBins: 3 });
  expect(mel.apply(Input({ shape: [null] })).shape).toEqual([null, 3, null]);
});

test('STFTSpectrogram computes the same with the channels first', () => {
  const x = float64([2, 12, 3], 4);
  const turned = float64([2, 12, 3], 4);
  for (const expandDims of [false, true]) {
    const options = { frameLength: 4, mode: 'psd', dtype: 'float64', expandDims } as const;
    const [last, first] = (['channels_last', 'channels_first'] as const).map((dataFormat) => {
      const layer = new layers.STFTSpectrogram({ ...options, dataFormat });
      const [y] = evaluateAll(
        ([value]) => {
          const trace = new Trace();
          const given = dataFormat === 'channels_last' ? value! : transpose(value!, [0, 2, 1]);
          trace.adopt(given);
          const result = layer.applyIn(trace, given, false, null) as Value;
          if (dataFormat === 'channels_last') return [result];
          return [transpose(result, expandDims ? [0, 2, 3, 1] : [0, 2, 1])];
        },
        [dataFormat === 'channels_last' ? x : turned],
      );
      return y!;
    });
    expect(first!.shape).toEqual(last!.shape);
    expectClose(first!.data, last!.data, { rtol: 1e-12 });
  }
});

test('Pipeline transforms images and what belongs to them, in training only', async () => {
  const pipeline = new layers.Pipeline([
    new layers.RandomFlip('horizontal', { seed: 3 }),
    new layers.RandomInvert(1, { valueRange: [0, 1], seed: 4 }),
  ]);
  const x = [[[[0.25], [1]]]];
  expect((await pipeline.apply(x, { training: false })).toArray()).toEqual(x);
  const inverted = (await pipeline.apply(x)).toArray() as unknown[];
  expect([inverted].flat(9).sort()).toEqual([0, 0.75]);
});

describe('layers of sounds refuse', () => {
  test.each([
    [
      'a longer step than a frame',
      () => new layers.STFTSpectrogram({ name: 'x', frameLength: 4, frameStep: 5 }),
      '[STFTSpectrogram x] frameStep must be at most frameLength. Received: frameStep=5, frameLength=4.',
    ],
    [
      'a shorter transform than a frame',
      () => new layers.STFTSpectrogram({ name: 'x', frameLength: 8, fftLength: 4 }),
      '[STFTSpectrogram x] fftLength must be at least frameLength. Received: fftLength=4, frameLength=8.',
    ],
    [
      'an unknown mode',
      () => new layers.STFTSpectrogram({ name: 'x', mode: 'power' as never }),
      '[STFTSpectrogram x] mode must be one of "log", "magnitude", "psd", "real", "imag", "angle", "stft". Received: mode="power".',
    ],
    [
      'integers',
      () => new layers.STFTSpectrogram({ name: 'x' }).apply(Input({ shape: [300, 1], dtype: 'int32' })),
      '[STFTSpectrogram x] the signal must be of a floating type. Received: int32.',
    ],
    [
      'a shorter transform than a sequence',
      () => new layers.MelSpectrogram({ name: 'x', fftLength: 8, sequenceLength: 9 }),
      '[MelSpectrogram x] fftLength must be at least sequenceLength. Received: fftLength=8, sequenceLength=9.',
    ],
    [
      'images of sounds',
      () => new layers.MelSpectrogram({ name: 'x' }).apply(Input({ shape: [2048, 2] })),
      '[MelSpectrogram x] expected a signal of shape [samples] or [batch, samples]. Received: input of shape [null, 2048, 2].',
    ],
    [
      'no layers',
      () => new layers.Pipeline([], { name: 'x' }),
      '[Pipeline x] layers must be a list of layers. Received: layers=[].',
    ],
  ] as const)('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
