import { BatchNormalization, Dropout } from 'evenkeel/layers';
import { Adam } from 'evenkeel/optimizers';
import { barChart } from 'evenkeel/plots';
import { digits } from './data.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { accuracy, denseNetwork, train } from './networks.ts';
import { estimate } from './statistics.ts';

const variants = [
  { name: 'none', normalized: false, dropped: false },
  { name: 'Dropout', normalized: false, dropped: true },
  { name: 'BatchNormalization', normalized: true, dropped: false },
  { name: 'both', normalized: true, dropped: true },
] as const;

/** The gap between training and test accuracy on a small training set. */
export const regularizes: Lab = {
  name: 'regularizes',
  title: 'Regularization on a small training set',
  claim: 'Batch normalization regularizes, in some cases so well that Dropout is not needed (Ioffe and Szegedy 2015).',
  setup:
    'A Dense network 28×28 → 2 × 128 ReLU → 10 on 1,000 digits, Adam, batches of 50, 400 steps (20 epochs); 4,000 test digits. Dropout 0.5 after each ReLU; normalization before it, momentum 0.9. The gap is the accuracy on the training digits minus that on the test digits, both in inference.',
  async run({ seeds, quick, progress }) {
    const data = await digits(quick ? { train: 300, test: 300 } : { train: 1000, test: 4000 });
    const steps = quick ? 30 : 400;
    const gaps = new Map<string, number[]>();
    const tests = new Map<string, number[]>();
    let done = 0;
    for (const seed of seeds) {
      for (const { name, normalized, dropped } of variants) {
        const { model } = denseNetwork({
          ...{ seed, widths: [128, 128], activation: 'relu', optimizer: new Adam() },
          normalization: normalized ? () => new BatchNormalization({ momentum: 0.9 }) : null,
          ...(dropped ? { dropout: () => new Dropout(0.5, { seed }) } : {}),
        });
        await train(model, data.train, { steps, batchSize: 50, seed });
        const test = await accuracy(model, data.test);
        tests.set(name, [...(tests.get(name) ?? []), test]);
        gaps.set(name, [...(gaps.get(name) ?? []), (await accuracy(model, data.train)) - test]);
        progress(++done / (seeds.length * variants.length));
      }
    }
    const names = variants.map(({ name }) => name);
    const gap = (name: string): number[] => gaps.get(name)!;
    const test = (name: string): number[] => tests.get(name)!;
    const interval = (values: (name: string) => readonly number[]) => names.map((name) => estimate(values(name)));
    return {
      checks: [
        check(
          'The gap is smaller with BatchNormalization than with none.',
          difference(gap('BatchNormalization'), gap('none')),
          { below: 0, unit: 'points' },
        ),
        check(
          'The test accuracy is higher with BatchNormalization than with none.',
          difference(test('BatchNormalization'), test('none')),
          { above: 0, unit: 'points' },
        ),
        check(
          'Dropout is not needed: adding it to BatchNormalization does not raise the test accuracy by more than 0.2 points.',
          difference(test('both'), test('BatchNormalization')),
          { below: 0.002, unit: 'points' },
        ),
      ],
      observations: [
        `For comparison, Dropout alone changes the test accuracy by ${(100 * estimate(difference(test('Dropout'), test('none'))).mean).toFixed(2)} points.`,
      ],
      numbers: {
        gap: Object.fromEntries(names.map((name) => [name, round(gap(name))])),
        testAccuracy: Object.fromEntries(names.map((name) => [name, round(test(name))])),
      },
      plots: {
        gap: barChart({
          title: 'Training accuracy minus test accuracy',
          subtitle: `1,000 training digits; mean and 95% interval of ${seeds.length} seeds`,
          ...{ x: { label: 'regularization' }, y: { label: 'gap', format: '.1%' }, categories: names },
          series: [
            {
              name: 'gap',
              values: interval(gap).map((i) => i.mean),
              low: interval(gap).map((i) => i.low),
              high: interval(gap).map((i) => i.high),
            },
          ],
        }),
      },
      sanity: { 'every variant learns': names.every((name) => test(name).every((value) => value > 0.3)) },
    };
  },
};
