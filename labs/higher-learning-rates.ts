import { BatchNormalization } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { lineChart } from 'evenkeel/plots';
import { digits } from './data.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { accuracy, denseNetwork, train } from './networks.ts';
import { estimates } from './statistics.ts';

const variants = ['with', 'without'] as const;

/** Final accuracy over a grid of learning rates. */
export const higherLearningRates: Lab = {
  name: 'higher-learning-rates',
  title: 'The range of learning rates',
  claim:
    'Batch normalization allows much higher learning rates without the risk of divergence (Ioffe and Szegedy 2015).',
  setup:
    'A Dense network 28×28 → 2 × 100 ReLU → 10, normalization before the ReLU, momentum 0.9; SGD with batches of 60, 6,000 digits, 200 steps, 1,000 test digits; learning rates from 0.01 to 100. A learning rate is stable if the final accuracy is at most 5 points below the best of the same network and seed.',
  async run({ seeds, quick, progress }) {
    const data = await digits(quick ? { train: 1200, test: 200 } : { train: 6000, test: 1000 });
    const steps = quick ? 30 : 200;
    const rates = quick ? [0.1, 1, 10] : [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
    const finals: Record<string, number[][]> = { with: [], without: [] };
    let done = 0;
    for (const seed of seeds) {
      for (const variant of variants) {
        const row: number[] = [];
        for (const learningRate of rates) {
          const { model } = denseNetwork({
            ...{ seed, widths: [100, 100], activation: 'relu', optimizer: new SGD({ learningRate }) },
            normalization: variant === 'with' ? () => new BatchNormalization({ momentum: 0.9 }) : null,
          });
          await train(model, data.train, { steps, batchSize: 60, seed });
          row.push(await accuracy(model, data.test));
          progress(++done / (seeds.length * variants.length * rates.length));
        }
        finals[variant]!.push(row);
      }
    }
    const stable = (row: readonly number[]): number[] => rates.filter((_, i) => row[i]! >= Math.max(...row) - 0.05);
    const highest = (variant: string): number[] => finals[variant]!.map((row) => Math.log10(Math.max(...stable(row))));
    const width = (variant: string): number[] =>
      finals[variant]!.map((row) => Math.log10(Math.max(...stable(row)) / Math.min(...stable(row))));
    const best = (variant: string): number[] => finals[variant]!.map((row) => Math.max(...row));
    return {
      checks: [
        check(
          'The highest stable learning rate is higher by at least half a decade (a factor of 3).',
          difference(highest('with'), highest('without')),
          { above: 0.45, unit: 'decades' },
        ),
        check(
          'The range of stable learning rates is wider by at least half a decade.',
          difference(width('with'), width('without')),
          { above: 0.45, unit: 'decades' },
        ),
        check(
          'The best accuracy over all learning rates is not lower by more than 0.5 points.',
          difference(best('with'), best('without')),
          { above: -0.005, unit: 'points' },
        ),
      ],
      observations: [],
      numbers: {
        learningRates: rates,
        accuracy: Object.fromEntries(variants.map((v) => [v, finals[v]!.map((row) => round(row))])),
        stableDecades: Object.fromEntries(variants.map((v) => [v, round(width(v))])),
      },
      plots: {
        accuracy: lineChart({
          title: 'Final accuracy by learning rate',
          subtitle: `mean and 95% interval of ${seeds.length} seeds`,
          x: { label: 'learning rate', scale: 'log' },
          y: { label: 'test accuracy', format: '.0%', domain: [0, 1] },
          points: true,
          series: variants.map((variant) => ({
            ...{ name: `${variant} BatchNormalization`, x: rates },
            ...estimates(finals[variant]!),
          })),
        }),
      },
      sanity: { 'both learn at some learning rate': variants.every((v) => best(v).every((value) => value > 0.3)) },
    };
  },
};
