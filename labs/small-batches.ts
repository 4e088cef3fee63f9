import type { Layer } from 'evenkeel';
import { BatchNormalization, GroupNormalization, LayerNormalization } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { lineChart } from 'evenkeel/plots';
import { digits } from './data.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { accuracy, denseNetwork, train } from './networks.ts';
import { estimates } from './statistics.ts';

const sizes = [1, 2, 4, 8, 32, 128] as const;

/** The largest group of samples that is normalized separately. */
const ghost = 4;

const variants: readonly { readonly name: string; readonly make: ((batchSize: number) => Layer) | null }[] = [
  { name: 'none', make: null },
  { name: 'BatchNormalization', make: () => new BatchNormalization({ momentum: 0.95 }) },
  {
    name: 'renorm',
    make: () =>
      new BatchNormalization({
        ...{ momentum: 0.95, renorm: true, renormMomentum: 0.95 },
        renormClipping: { rmin: 1 / 3, rmax: 3, dmax: 5 },
      }),
  },
  {
    name: 'virtual batches of 4',
    make: (batchSize) => new BatchNormalization({ momentum: 0.95, virtualBatchSize: Math.min(ghost, batchSize) }),
  },
  { name: 'GroupNormalization', make: () => new GroupNormalization({ groups: 10 }) },
  { name: 'LayerNormalization', make: () => new LayerNormalization() },
];

/** Normalizations by batch size. */
export const smallBatches: Lab = {
  name: 'small-batches',
  title: 'Small batches',
  claim:
    'Batch normalization depends on the batch size and fails at small ones; batch renormalization (Ioffe 2017) helps, and Group- and LayerNormalization do not depend on it (Wu and He 2018).',
  setup:
    'A Dense network 28×28 → 2 × 100 ReLU → 10, normalization before the ReLU (momentum 0.95; renorm with rmax 3, rmin 1/3, dmax 5; 10 groups), SGD with learning rate 0.02, 200 steps at each batch size, so that small batches see fewer digits: compare within a batch size. 1,000 test digits. Virtual batches have 4 samples, or as many as the batch has.',
  async run({ seeds, quick, progress }) {
    const data = await digits(quick ? { train: 640, test: 200 } : { train: 10_000, test: 1000 });
    const steps = quick ? 20 : 200;
    const finals = new Map<string, number[][]>(variants.map(({ name }) => [name, []]));
    let done = 0;
    for (const seed of seeds) {
      for (const { name, make } of variants) {
        const row: number[] = [];
        for (const batchSize of sizes) {
          const { model } = denseNetwork({
            ...{ seed, widths: [100, 100], activation: 'relu', optimizer: new SGD({ learningRate: 0.02 }) },
            normalization: make === null ? null : () => make(batchSize),
          });
          await train(model, data.train, { steps, batchSize, seed });
          row.push(await accuracy(model, data.test));
          progress(++done / (seeds.length * variants.length * sizes.length));
        }
        finals.get(name)!.push(row);
      }
    }
    const at = (name: string, size: (typeof sizes)[number]): number[] =>
      finals.get(name)!.map((row) => row[sizes.indexOf(size)]!);
    return {
      checks: [
        check(
          'At batch 1, BatchNormalization is less accurate than LayerNormalization by more than 20 points.',
          difference(at('BatchNormalization', 1), at('LayerNormalization', 1)),
          { below: -0.2, unit: 'points' },
        ),
        check(
          'At batch 2, BatchNormalization is less accurate than GroupNormalization.',
          difference(at('BatchNormalization', 2), at('GroupNormalization', 2)),
          { below: 0, unit: 'points' },
        ),
        check(
          'At batch 4, renorm is more accurate than BatchNormalization.',
          difference(at('renorm', 4), at('BatchNormalization', 4)),
          { above: 0, unit: 'points' },
        ),
        check(
          'At batch 128, BatchNormalization is at least as accurate as GroupNormalization, within 1 point.',
          difference(at('BatchNormalization', 128), at('GroupNormalization', 128)),
          { above: -0.01, unit: 'points' },
        ),
      ],
      observations: [
        'In a Dense layer, the only sample of a batch of 1 is its own mean: BatchNormalization then returns beta, whatever the input is.',
        `Virtual batches of ${ghost} are BatchNormalization at batch sizes up to ${ghost}, so the two lines are one there.`,
      ],
      numbers: {
        batchSizes: sizes,
        accuracy: Object.fromEntries([...finals].map(([name, table]) => [name, table.map((row) => round(row))])),
      },
      plots: {
        accuracy: lineChart({
          title: 'Test accuracy after 200 steps, by batch size',
          subtitle: `mean and 95% interval of ${seeds.length} seeds`,
          x: { label: 'batch size', scale: 'log', ticks: sizes },
          ...{ y: { label: 'test accuracy', format: '.0%', domain: [0, 1] }, points: true, height: 320 },
          series: variants.map(({ name }) => ({ name, x: sizes, ...estimates(finals.get(name)!) })),
        }),
      },
      sanity: { 'no accuracy is undefined': [...finals.values()].flat(2).every(Number.isFinite) },
    };
  },
};
