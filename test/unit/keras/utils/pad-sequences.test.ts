import { utils } from 'evenkeel';
import { expect, test } from 'vitest';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface Case {
  readonly sequences: never;
  readonly options: utils.PadSequencesOptions;
  readonly output: GoldenArray;
}

test.each(loadGolden<Case>('pad-sequences').cases)('pad_sequences of Keras, with $options', (golden) => {
  const { sequences, options, output } = golden;
  const { shape, dtype, data } = utils.padSequences(sequences, options);
  expect([shape, dtype, [...data]]).toEqual([output.shape, output.dtype, [...output.data]]);
});

test.each([
  [
    () => utils.padSequences([[[1, 2]], [[1]]]),
    '[utils.padSequences] all sequences must have entries of shape [2]. Received: shape [1, 1] at 1.',
  ],
  [
    () => utils.padSequences([[1]], { padding: 'both' as never }),
    '[utils.padSequences] padding must be one of "pre", "post". Received: padding="both".',
  ],
  [
    () => utils.padSequences(3 as never),
    '[utils.padSequences] sequences must be a list of arrays. Received: sequences=3.',
  ],
  [
    () => utils.unpackXYSampleWeight([]),
    '[utils.unpackXYSampleWeight] a batch must be x, [x], [x, y] or [x, y, sampleWeight]. Received: [].',
  ],
])('utilities of data refuse what does not fit (%#)', (run, message) => {
  expect(run).toThrow(message);
});

test('pack_x_y_sample_weight and unpack_x_y_sample_weight are inverse', () => {
  expect(utils.packXYSampleWeight('x')).toBe('x');
  expect(utils.packXYSampleWeight([1])).toEqual([[1]]);
  for (const parts of [
    [[1], [2], null],
    [[1], [2], [3]],
    [[1], null, null],
  ]) {
    expect(utils.unpackXYSampleWeight(utils.packXYSampleWeight(...(parts as [unknown, unknown, unknown])))).toEqual(
      parts,
    );
  }
});
