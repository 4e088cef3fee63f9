import type { Layer } from 'evenkeel';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  RMSNormalization,
  UnitNormalization,
} from 'evenkeel/layers';
import { Adam } from 'evenkeel/optimizers';
import { barChart, smallMultiples } from 'evenkeel/plots';
import { batches, digits } from './data.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { accuracy, convolutionalNetwork, train } from './networks.ts';
import { estimate, mean, quantile } from './statistics.ts';

const kinds: Readonly<Record<string, (() => Layer) | null>> = {
  none: null,
  Batch: () => new BatchNormalization({ momentum: 0.9 }),
  renorm: () =>
    new BatchNormalization({
      momentum: 0.9,
      renorm: true,
      renormMomentum: 0.9,
      renormClipping: { rmin: 1 / 3, rmax: 3, dmax: 5 },
    }),
  Layer: () => new LayerNormalization(),
  Group: () => new GroupNormalization({ groups: 4 }),
  Instance: () => new InstanceNormalization(),
  RMS: () => new RMSNormalization(),
  Unit: () => new UnitNormalization(),
};

/** One network with each normalization in turn. */
export const family: Lab = {
  name: 'family',
  title: 'The family of normalization layers',
  claim:
    'Normalization improves what a network learns in a given number of steps, whichever kind is chosen, at a small cost in time per step.',
  setup:
    "The article's network on halved digits (two convolutions with 8 filters), a normalization after each convolution: LayerNormalization, RMSNormalization and UnitNormalization over the channels, GroupNormalization with 4 groups; Adam, batches of 64, 150 steps on 8,000 digits, 1,000 test digits. Time: the median of 40 steps after training.",
  async run({ seeds, quick, progress }) {
    const data = await digits({ ...(quick ? { train: 640, test: 200 } : { train: 8000, test: 1000 }), halved: true });
    const [steps, timed] = quick ? [20, 5] : [150, 40];
    const names = Object.keys(kinds);
    const finals = new Map<string, number[]>(names.map((name) => [name, []]));
    const times = new Map<string, number[]>(names.map((name) => [name, []]));
    let done = 0;
    for (const seed of seeds) {
      for (const name of names) {
        const model = convolutionalNetwork({
          ...{ seed, filters: 8, each: true, normalization: kinds[name]!, optimizer: new Adam() },
        });
        await train(model, data.train, { steps, batchSize: 64, seed });
        finals.get(name)!.push(await accuracy(model, data.test));
        const { x, y } = batches(data.train, 64, seed).next().value;
        const durations: number[] = [];
        for (let i = 0; i < timed; i++) {
          const start = performance.now();
          await model.trainOnBatch(x, y);
          durations.push(performance.now() - start);
        }
        times.get(name)!.push(quantile(durations, 0.5));
        progress(++done / (seeds.length * names.length));
      }
    }
    const others = names.filter((name) => name !== 'none');
    const bars = (values: ReadonlyMap<string, readonly number[]>) => {
      const intervals = names.map((name) => estimate(values.get(name)!));
      return [
        {
          ...{ name: 'mean', values: intervals.map((i) => i.mean) },
          ...{ low: intervals.map((i) => i.low), high: intervals.map((i) => i.high) },
        },
      ];
    };
    const lowest = Math.floor(20 * Math.min(...[...finals.values()].flat())) / 20;
    const frame = { x: { label: 'normalization' }, categories: names, width: 480, height: 240 };
    return {
      checks: [
        ...others.map((name) =>
          check(
            `${name}: the test accuracy is higher than with none.`,
            difference(finals.get(name)!, finals.get('none')!),
            { above: 0, unit: 'points' },
          ),
        ),
        check(
          'BatchNormalization: a step takes less than 1.5 × the time of one without.',
          times.get('Batch')!.map((time, i) => Math.log(time / times.get('none')![i]!)),
          { below: Math.log(1.5), unit: 'factor' },
        ),
      ],
      observations: [],
      numbers: {
        accuracy: Object.fromEntries(names.map((name) => [name, round(finals.get(name)!)])),
        millisecondsPerStep: Object.fromEntries(names.map((name) => [name, round(times.get(name)!)])),
      },
      plots: {
        family: smallMultiples({
          title: 'One network, each normalization in turn',
          subtitle: `mean and 95% interval of ${seeds.length} seeds`,
          plots: [
            barChart({
              title: 'Test accuracy',
              ...frame,
              y: { label: 'test accuracy', format: '.0%', domain: [lowest, 1] },
              series: bars(finals),
            }),
            barChart({ title: 'Time per step', ...frame, y: { label: 'time per step (ms)' }, series: bars(times) }),
          ],
        }),
      },
      sanity: { 'the kinds learn, on average': mean([...finals.values()].flat()) > 0.2 },
    };
  },
};
