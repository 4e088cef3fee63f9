import { Model } from 'evenkeel';
import { RandomNormal } from 'evenkeel/initializers';
import { BatchNormalization } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { lineChart, smallMultiples } from 'evenkeel/plots';
import { digits, rows } from './data.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { accuracy, denseNetwork, train } from './networks.ts';
import { estimates, mean, quantile } from './statistics.ts';

const parts = [0.15, 0.5, 0.85] as const;
const variants = ['with', 'without'] as const;

/** The percentiles of each unit's values in a batch: [unit][part]. */
function percentiles(values: ArrayLike<number>, units: number): number[][] {
  const count = values.length / units;
  return Array.from({ length: units }, (_, unit) => {
    const own = Array.from({ length: count }, (__, i) => values[i * units + unit]!);
    return parts.map((part) => quantile(own, part));
  });
}

/** The mean distance of a unit's median from its last value, in units of half the last spread, averaged over units. */
function driftOf(history: readonly (readonly (readonly number[])[])[]): number {
  const last = history.at(-1)!;
  return mean(
    last.map(([low = 0, median = 0, high = 0], unit) => {
      const distances = history.slice(1).map((units) => Math.abs(units[unit]![1]! - median));
      return mean(distances) / ((high - low) / 2);
    }),
  );
}

/** Figure 1 of Ioffe and Szegedy (2015). */
export const paperFigure1: Lab = {
  name: 'paper-figure-1',
  title: "The paper's network: accuracy, and the distribution of a unit's inputs",
  claim:
    'Batch normalization helps the network train faster and achieve higher accuracy; it makes the distribution of the inputs of a sigmoid more stable (Ioffe and Szegedy 2015, Figure 1).',
  setup:
    "The paper's network: 28×28 → 3 × 100 sigmoid → 10, normal initial weights of standard deviation 0.1, SGD with batches of 60; normalization before the sigmoid, momentum 0.9. 12,000 digits, 2,000 test digits, 3,000 steps instead of 50,000, learning rate 0.1 (the paper names none). Percentiles over 500 test digits in inference.",
  async run({ seeds, quick, progress }) {
    const data = await digits(quick ? { train: 1200, test: 300 } : { train: 12_000, test: 2000 });
    const [steps, every] = quick ? [80, 20] : [3000, 150];
    const probeX = rows(
      data.test,
      Array.from({ length: quick ? 100 : 500 }, (_, i) => i),
    ).x;
    const curves: Record<string, number[][]> = { with: [], without: [] };
    const drifts: Record<string, number[]> = { with: [], without: [] };
    const unitHistory: Record<string, number[][]> = {};
    const stepsSeen = Array.from({ length: steps / every + 1 }, (_, i) => i * every);
    let done = 0;
    for (const seed of seeds) {
      for (const variant of variants) {
        const { model, hidden, input } = denseNetwork({
          ...{ seed, widths: [100, 100, 100], activation: 'sigmoid' },
          normalization: variant === 'with' ? () => new BatchNormalization({ momentum: 0.9 }) : null,
          kernelInitializer: new RandomNormal({ stddev: 0.1, seed }),
          optimizer: new SGD({ learningRate: 0.1 }),
        });
        const probe = new Model({ inputs: input, outputs: hidden.at(-1)! });
        const curve: number[] = [];
        const history: number[][][] = [];
        await train(model, data.train, {
          ...{ steps, batchSize: 60, seed, every },
          watch: async () => {
            curve.push(await accuracy(model, data.test));
            history.push(percentiles((await probe.predict(probeX, { batchSize: 100, verbose: 0 })).data, 100));
            progress(++done / (seeds.length * 2 * stepsSeen.length));
          },
        });
        curves[variant]!.push(curve);
        drifts[variant]!.push(driftOf(history));
        // The unit was chosen before the run: the first one, of the first seed.
        unitHistory[variant] ??= history.map((units) => units[0]!);
      }
    }
    const last = (variant: string): number[] => curves[variant]!.map((curve) => curve.at(-1)!);
    const early = (variant: string): number[] =>
      curves[variant]!.map((curve) => mean(curve.slice(1, 1 + curve.length / 3)));
    const accuracyPlot = lineChart({
      title: '(a) Test accuracy',
      subtitle: `mean and 95% interval of ${seeds.length} seeds`,
      ...{ x: { label: 'training steps' }, y: { label: 'test accuracy', format: '.0%', domain: [0, 1] } },
      ...{ width: 300, height: 220 },
      series: variants.map((variant) => ({
        ...{ name: `${variant} BatchNormalization`, x: stepsSeen },
        ...estimates(curves[variant]!),
      })),
    });
    const inputPlots = variants.toReversed().map((variant, i) =>
      lineChart({
        title: `(${'bc'[i]!}) Inputs of a sigmoid, ${variant}`,
        subtitle: 'median, 15th and 85th percentiles',
        ...{ x: { label: 'training steps' }, y: { label: 'input of the sigmoid' }, width: 300, height: 220 },
        series: variants.map((name) => {
          // Both names, so that the parts have the same colors.
          const units = name === variant ? unitHistory[variant]! : [];
          return {
            ...{ name: `${name} BatchNormalization`, x: stepsSeen.slice(0, units.length) },
            ...{
              y: units.map((unit) => unit[1]!),
              low: units.map((unit) => unit[0]!),
              high: units.map((unit) => unit[2]!),
            },
          };
        }),
      }),
    );
    return {
      checks: [
        check(
          'It trains faster: over the first third of the steps, the mean test accuracy is higher.',
          difference(early('with'), early('without')),
          { above: 0, unit: 'points' },
        ),
        check('It achieves a higher accuracy at the end.', difference(last('with'), last('without')), {
          above: 0,
          unit: 'points',
        }),
        check(
          'The inputs of the last sigmoid are more stable: the mean distance of their medians from the final ones, in units of half the final spread, is smaller (with : without below 1 ×).',
          drifts['with']!.map((value, i) => Math.log(value / drifts['without']![i]!)),
          { below: 0, unit: 'factor' },
        ),
      ],
      observations: [],
      numbers: {
        steps: stepsSeen,
        accuracy: Object.fromEntries(variants.map((v) => [v, curves[v]!.map((curve) => round(curve))])),
        drift: Object.fromEntries(variants.map((v) => [v, round(drifts[v]!)])),
        unit: Object.fromEntries(variants.map((v) => [v, unitHistory[v]!.map((unit) => round(unit))])),
      },
      plots: {
        figure: smallMultiples({
          title: 'Figure 1 of the paper, repeated: with and without BatchNormalization',
          plots: [accuracyPlot, ...inputPlots],
          columns: 3,
        }),
      },
      sanity: { 'accuracies are numbers in [0, 1]': variants.every((v) => last(v).every((a) => a >= 0 && a <= 1)) },
    };
  },
};
