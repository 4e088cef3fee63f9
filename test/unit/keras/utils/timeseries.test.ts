import { utils } from 'evenkeel';
import { expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { camelCase } from '../../../../src/keras/saving/fields.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface Case {
  readonly data: GoldenArray;
  readonly targets: GoldenArray | null;
  readonly length: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly items: readonly (readonly GoldenArray[])[];
}

const { cases } = loadGolden<Case>('timeseries');

test.each(cases)('timeseries_dataset_from_array of Keras, of $length steps with $options', (golden) => {
  const options = Object.fromEntries(Object.entries(golden.options).map(([key, value]) => [camelCase(key), value]));
  const [data, targets] = [golden.data, golden.targets].map((each) =>
    each === null ? null : tensor(each.data, each.shape),
  );
  const dataset = utils.timeseriesDatasetFromArray(data!, targets!, golden.length, options);
  for (let pass = 0; pass < 2; pass++) {
    const found = [...dataset].map((item) => item.map(({ shape, data: numbers }) => [shape, [...numbers]]));
    expect(found).toEqual(golden.items.map((item) => item.map(({ shape, data: numbers }) => [shape, [...numbers]])));
  }
});

test('timeseriesDatasetFromArray shuffles each pass anew, with targets', () => {
  const series = Array.from({ length: 40 }, (_, i) => i);
  const dataset = utils.timeseriesDatasetFromArray(series, series, 2, { batchSize: 39, shuffle: true, seed: 1 });
  const [first, second] = [0, 1].map(() => [...dataset][0]!);
  expect(first![0].toArray()).not.toEqual(second![0].toArray());
  for (const [x, y] of [first!, second!]) {
    const begins = (x.toArray() as unknown as number[][]).map(([begin]) => begin);
    expect(begins).toEqual(y!.toArray());
    expect([...begins].sort((a, b) => a! - b!)).toEqual(series.slice(0, 39));
  }
});

test.each([
  [
    () => utils.timeseriesDatasetFromArray([1, 2, 3], null, 4),
    '[utils.timeseriesDatasetFromArray] a sequence of 4 steps must fit. Received: 3 steps, and targets of shape null.',
  ],
  [
    () => utils.timeseriesDatasetFromArray([1, 2, 3, 4], [1, 2], 1, { startIndex: 2 }),
    '[utils.timeseriesDatasetFromArray] targets must have an entry for each first step, up to 3. Received: shape [2].',
  ],
  [
    () => utils.timeseriesDatasetFromArray([1, 2, 3], null, 2, { samplingRate: 3 }),
    '[utils.timeseriesDatasetFromArray] samplingRate must be less than the number of steps, 3. Received: samplingRate=3.',
  ],
])('timeseriesDatasetFromArray refuses what does not fit (%#)', (run, message) => {
  expect(run).toThrow(message);
});

test('sequences are a dataset, which knows its length and can be transformed', async () => {
  const dataset = utils.timeseriesDatasetFromArray([1, 2, 3, 4, 5], null, 2, { batchSize: 3 });
  expect(dataset.cardinality()).toBe(2);
  expect(dataset.batchSize).toBe(3);
  const sums = dataset.unbatch().map(([x]) => [...x.data].reduce((a, b) => a + b, 0));
  expect(await sums.toArray()).toEqual([3, 5, 7, 9]);
  expect(await dataset.toArray()).toEqual([...dataset]);
});
