import { BatchNormalization } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { barChart } from 'evenkeel/plots';
import { batches, digits } from './data.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { accuracy, denseNetwork, gradientsOf, norm, train } from './networks.ts';
import { estimate, mean } from './statistics.ts';

const variants = [
  { name: 'none', place: null, useBias: true },
  { name: 'before', place: 'before', useBias: true },
  { name: 'before, no bias', place: 'before', useBias: false },
  { name: 'after', place: 'after', useBias: true },
  { name: 'after, no bias', place: 'after', useBias: false },
] as const;
const activations = ['relu', 'sigmoid'] as const;

/** Normalization before and after the activation, with and without a bias. */
export const placement: Lab = {
  name: 'placement',
  title: 'Before or after the activation, and the bias',
  claim:
    'The article places the normalization after the activation, the paper before it and without a bias in the layer that precedes it: after is as good as before, and a bias before the normalization has no effect.',
  setup:
    'A Dense network 28×28 → 3 × 100 → 10 with ReLU or sigmoid, momentum 0.9; SGD with learning rate 0.1, batches of 60, 300 steps on 8,000 digits, 2,000 test digits. The gradient of the biases is compared with that of the kernels, by their norms per element, before training.',
  async run({ seeds, quick, progress }) {
    const data = await digits(quick ? { train: 1200, test: 300 } : { train: 8000, test: 2000 });
    const steps = quick ? 40 : 300;
    const finals = new Map<string, number[]>();
    const biases: Record<string, number[]> = { before: [], after: [] };
    let done = 0;
    for (const seed of seeds) {
      for (const activation of activations) {
        for (const { name, place, useBias } of variants) {
          const { model } = denseNetwork({
            ...{ seed, widths: [100, 100, 100], activation, useBias, optimizer: new SGD({ learningRate: 0.1 }) },
            ...(place === null ? {} : { place }),
            normalization: place === null ? null : () => new BatchNormalization({ momentum: 0.9 }),
          });
          if (activation === 'relu' && place !== null && useBias) {
            const gradients = await gradientsOf(model)(batches(data.train, 60, seed).next().value);
            biases[place]!.push(
              Math.log(
                relativeBias(
                  model.trainableWeights.map(({ path }) => path),
                  gradients,
                ),
              ),
            );
          }
          await train(model, data.train, { steps, batchSize: 60, seed });
          const key = `${activation}, ${name}`;
          finals.set(key, [...(finals.get(key) ?? []), await accuracy(model, data.test)]);
          progress(++done / (seeds.length * activations.length * variants.length));
        }
      }
    }
    const of = (activation: string, name: string): number[] => finals.get(`${activation}, ${name}`)!;
    return {
      checks: [
        ...activations.map((activation) =>
          check(
            `${activation}: after the activation is at least as accurate as before it, within 0.5 points.`,
            difference(of(activation, 'after'), of(activation, 'before')),
            { above: -0.005, unit: 'points' },
          ),
        ),
        ...activations.map((activation) =>
          check(
            `${activation}: without the bias before a normalization, the accuracy is the same within 0.5 points.`,
            difference(of(activation, 'before, no bias'), of(activation, 'before')),
            { above: -0.005, below: 0.005, unit: 'points' },
          ),
        ),
        check(
          'The gradient of a bias directly before a normalization is 0 up to rounding: less than 0.001 × that of a kernel.',
          biases['before']!,
          { below: Math.log(1e-3), unit: 'factor' },
        ),
      ],
      observations: [
        `With the activation in between, the bias has an effect: its gradient is ${Math.exp(mean(biases['after']!)).toPrecision(2)} × that of a kernel.`,
        ...activations.map((activation) => {
          const change = estimate(difference(of(activation, 'after, no bias'), of(activation, 'after')));
          return `${activation}: omitting the bias where the normalization is after the activation changes the accuracy by ${(100 * change.mean).toFixed(2)} points.`;
        }),
      ],
      numbers: {
        accuracy: Object.fromEntries([...finals].map(([key, values]) => [key, round(values)])),
        relativeBiasGradient: Object.fromEntries(
          Object.entries(biases).map(([key, v]) => [key, round(v.map(Math.exp))]),
        ),
      },
      plots: {
        accuracy: barChart({
          title: 'Test accuracy by the place of the normalization',
          subtitle: `mean and 95% interval of ${seeds.length} seeds; 300 steps`,
          x: { label: 'place of the normalization, relative to the activation' },
          y: { label: 'test accuracy', format: '.0%' },
          ...{ categories: variants.map(({ name }) => name), width: 640 },
          series: activations.map((activation) => {
            const intervals = variants.map(({ name }) => estimate(of(activation, name)));
            return {
              ...{ name: activation, values: intervals.map((i) => i.mean) },
              ...{ low: intervals.map((i) => i.low), high: intervals.map((i) => i.high) },
            };
          }),
        }),
      },
      sanity: { 'ReLU networks learn': variants.every(({ name }) => of('relu', name).every((value) => value > 0.25)) },
    };
  },
};

/** The root mean square of the gradients of the hidden biases, divided by that of the hidden kernels. */
function relativeBias(paths: readonly string[], gradients: readonly Float32Array[]): number {
  const rms = (ending: string): number => {
    // The output layer's weights come last.
    const chosen = gradients.slice(0, -2).filter((_, i) => paths[i]!.endsWith(ending));
    const count = chosen.reduce((sum, { length }) => sum + length, 0);
    return Math.sqrt(chosen.reduce((sum, values) => sum + norm(values) ** 2, 0) / count);
  };
  return rms('bias') / rms('kernel');
}
