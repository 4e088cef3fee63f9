import { type Tensor, setRandomSeed } from 'evenkeel';
import { BatchNormalization, Dense, Flatten } from 'evenkeel/layers';
import { lineChart } from 'evenkeel/plots';
import { batches, digits } from './data.ts';
import { type Lab, check, round } from './lab.ts';
import { estimates, mean } from './statistics.ts';

const momenta = [0.0, 0.9, 0.99] as const;

/** The mean and the standard deviation of each column. */
function columns(values: ArrayLike<number>, count: number): { means: number[]; deviations: number[] } {
  const all = Array.from(values);
  const means = Array.from({ length: count }, (_, c) => mean(all.filter((__, i) => i % count === c)));
  const deviations = means.map((center, c) =>
    Math.sqrt(mean(all.filter((_, i) => i % count === c).map((value) => (value - center) ** 2))),
  );
  return { means, deviations };
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/** The transformation itself, in training and in inference. */
export const standardizes: Lab = {
  name: 'standardizes',
  title: 'Mean 0 and standard deviation 1',
  claim:
    'Batch normalization applies a transformation that keeps the mean of the output close to 0 and its standard deviation close to 1; with momentum 0.0, one batch sets the moving statistics.',
  setup:
    'A Dense layer of 32 units with random weights on batches of 128 digits, followed by BatchNormalization, without training of weights: training mode updates the moving statistics, inference uses them. Momentum 0.0, 0.9, and 0.99 (the default), 500 batches.',
  async run({ seeds, quick, progress }) {
    const units = 32;
    const data = await digits(quick ? { train: 640, test: 128 } : { train: 10_000, test: 1000 });
    const checkpoints = quick ? [1, 3, 10] : [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500];
    const training: Record<'means' | 'deviations', number[]> = { means: [], deviations: [] };
    const batchAgainstMoving: number[] = [];
    const curves = new Map<number, number[][]>(momenta.map((momentum) => [momentum, []]));
    let done = 0;
    for (const seed of seeds) {
      setRandomSeed(seed);
      const [flatten, dense] = [new Flatten(), new Dense(units)];
      const features = async (x: Tensor): Promise<Tensor> => dense.apply(await flatten.apply(x));
      const testFeatures = await features(data.test.x);
      for (const momentum of momenta) {
        const bn = new BatchNormalization({ momentum });
        const source = batches(data.train, 128, seed);
        const curve: number[] = [];
        for (let step = 1; step <= checkpoints.at(-1)!; step++) {
          const given = await features(source.next().value.x);
          const normalized = await bn.apply(given, { training: true });
          if (step === 1 && momentum === 0) {
            const { means, deviations } = columns(normalized.data, units);
            training.means.push(largest(means));
            training.deviations.push(largest(deviations.map((d) => d - 1)));
            const inference = await bn.apply(given);
            batchAgainstMoving.push(
              largest(Array.from(inference.data, (value, i) => value - (normalized.data[i] as number))),
            );
          }
          if (!checkpoints.includes(step)) continue;
          const inference = await bn.apply(testFeatures);
          curve.push(mean(columns(inference.data, units).deviations));
        }
        curves.get(momentum)!.push(curve);
        progress(++done / (seeds.length * momenta.length));
      }
    }
    const away = (momentum: number, index: number): number[] =>
      curves.get(momentum)!.map((curve) => Math.abs(curve.at(index)! - 1));
    const tenth = checkpoints.indexOf(10);
    return {
      checks: [
        check('In training mode, the mean of every unit is 0 within 0.0001 (largest of 32 units).', training.means, {
          below: 1e-4,
        }),
        check(
          'In training mode, the standard deviation of every unit is 1 within 0.02 (epsilon, 0.001, makes it smaller than 1).',
          training.deviations,
          { below: 0.02 },
        ),
        check(
          'With momentum 0.0, inference on the batch just seen gives the same output as training mode, within 0.001.',
          batchAgainstMoving,
          { below: 1e-3 },
        ),
        check(
          'After all batches, with the default momentum 0.99, the standard deviation in inference is 1 within 0.1.',
          away(0.99, -1),
          { below: 0.1 },
        ),
        check(
          'After 10 batches, with the default momentum 0.99, the standard deviation in inference is 1 within 0.1.',
          away(0.99, tenth),
          { below: 0.1 },
        ),
      ],
      observations: [
        `With momentum m, the moving statistics keep the fraction mᵗ of their initial values after t batches: at m = 0.99, ${(100 * 0.99 ** 10).toFixed(0)}% after 10 and ${(100 * 0.99 ** 500).toFixed(1)}% after 500. Until then, inference does not standardize.`,
      ],
      numbers: {
        batches: checkpoints,
        inferenceDeviation: Object.fromEntries(
          [...curves].map(([momentum, list]) => [momentum.toFixed(2), list.map((c) => round(c))]),
        ),
      },
      plots: {
        inference: lineChart({
          title: 'Standard deviation in inference, while the moving statistics warm up',
          subtitle: `mean over 32 units; mean and 95% interval of ${seeds.length} seeds`,
          x: { label: 'batches seen in training mode', scale: 'log' },
          y: { label: 'standard deviation of the output', domain: [0, 1.5] },
          points: true,
          series: momenta.map((momentum) => ({
            ...{ name: `momentum ${momentum.toFixed(2)}`, x: checkpoints },
            ...estimates(curves.get(momentum)!),
          })),
        }),
      },
      sanity: { 'training mode centers': training.means.every((value) => value < 1e-3) },
    };
  },
};
