import { BatchNormalization } from 'evenkeel/layers';
import { Adam } from 'evenkeel/optimizers';
import { lineChart } from 'evenkeel/plots';
import { digits } from './data.ts';
import { type Lab, check, round } from './lab.ts';
import { accuracy, convolutionalNetwork, train } from './networks.ts';
import { estimates, quantile } from './statistics.ts';

const variants = [
  { name: 'without', momentum: null },
  { name: 'BatchNormalization, momentum 0.99', momentum: 0.99 },
  { name: 'BatchNormalization, momentum 0.9', momentum: 0.9 },
] as const;
const targets = [0.8, 0.9, 0.95] as const;

/** Steps to reach given accuracies, as Figure 3 of the paper counts them. */
export const convergesFaster: Lab = {
  name: 'converges-faster',
  title: 'Steps to reach an accuracy',
  claim: "Batch normalization speeds up training: the article's network reaches a given accuracy in fewer steps.",
  setup:
    "The article's network (two convolutions with ReLU, BatchNormalization, max pooling, a Dense layer), with 8 filters instead of 32 and on digits halved to 14×14; Adam with its default learning rate 0.001, batches of 64, 8,000 digits, 300 steps, accuracy on 1,000 test digits every 10 steps. A run that does not reach an accuracy counts as all its steps.",
  async run({ seeds, quick, progress }) {
    const data = await digits({ ...(quick ? { train: 1280, test: 200 } : { train: 8000, test: 1000 }), halved: true });
    const [steps, every] = quick ? [40, 10] : [300, 10];
    const seen = Array.from({ length: steps / every + 1 }, (_, i) => i * every);
    const curves = new Map<string, number[][]>(variants.map(({ name }) => [name, []]));
    let done = 0;
    for (const seed of seeds) {
      for (const { name, momentum } of variants) {
        const model = convolutionalNetwork({
          ...{ seed, filters: 8, optimizer: new Adam() },
          normalization: momentum === null ? null : () => new BatchNormalization({ momentum }),
        });
        const curve: number[] = [];
        await train(model, data.train, {
          ...{ steps, batchSize: 64, seed, every },
          watch: async () => {
            curve.push(await accuracy(model, data.test));
            progress(++done / (seeds.length * variants.length * seen.length));
          },
        });
        curves.get(name)!.push(curve);
      }
    }
    const stepsTo = (name: string, target: number): number[] =>
      curves.get(name)!.map((curve) => seen[curve.findIndex((value) => value >= target)] ?? steps);
    /** Steps to the best accuracy of the network without normalization, seed by seed: the paper's count. */
    const stepsToMatch = (name: string): number[] =>
      curves.get(name)!.map((curve, i) => {
        const best = Math.max(...curves.get(variants[0].name)![i]!);
        return seen[curve.findIndex((value) => value >= best)] ?? steps;
      });
    const [none, usual, fast] = variants.map(({ name }) => name) as [string, string, string];
    const ratio = (name: string, target: number): number[] =>
      stepsTo(name, target).map((count, i) => Math.log(count / stepsTo(none, target)[i]!));
    return {
      checks: [usual, fast].flatMap((name) =>
        targets.map((target) =>
          check(
            `${name}: the steps to ${100 * target}% accuracy, as a multiple of those without, are below 1 ×.`,
            ratio(name, target),
            { below: 0, unit: 'factor' },
          ),
        ),
      ),
      observations: [
        'With momentum 0.99, the moving statistics of the first hundred steps are still close to their initial values, so the accuracy in inference lags behind what the weights have learned.',
        `Steps to match the best accuracy of the network without, as Figure 3 of the paper counts them, medians over seeds: ${variants
          .map(({ name }) => `${name} ${quantile(stepsToMatch(name), 0.5)}`)
          .join('; ')}.`,
      ],
      numbers: {
        steps: seen,
        accuracy: Object.fromEntries([...curves].map(([name, list]) => [name, list.map((curve) => round(curve))])),
        stepsToMatch: Object.fromEntries(variants.map(({ name }) => [name, stepsToMatch(name)])),
        stepsTo: Object.fromEntries(
          variants.map(({ name }) => [name, Object.fromEntries(targets.map((t) => [String(t), stepsTo(name, t)]))]),
        ),
      },
      plots: {
        accuracy: lineChart({
          title: "Test accuracy of the article's network",
          subtitle: `mean and 95% interval of ${seeds.length} seeds`,
          ...{ x: { label: 'training steps' }, y: { label: 'test accuracy', format: '.0%', domain: [0, 1] } },
          series: variants.map(({ name }) => ({ name, x: seen, ...estimates(curves.get(name)!) })),
          references: [{ y: 0.9, label: '90%' }],
        }),
      },
      sanity: { 'the network without normalization learns': curves.get(none)!.every((curve) => curve.at(-1)! > 0.25) },
    };
  },
};
