import { BatchNormalization } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { lineChart, smallMultiples } from 'evenkeel/plots';
import { batches, digits } from './data.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { denseNetwork, gradientsOf, norm, train } from './networks.ts';
import { estimates } from './statistics.ts';

const depth = 10;
const activations = ['sigmoid', 'tanh'] as const;
const variants = ['with', 'without'] as const;

/** Gradient norms by layer in deep networks. */
export const vanishingGradients: Lab = {
  name: 'vanishing-gradients',
  title: 'Gradients in deep networks',
  claim: 'Batch normalization mitigates vanishing gradients in deep networks with saturating activations.',
  setup: `Dense networks of ${depth} layers with 64 units, sigmoid or tanh, Keras's default initial weights (GlorotUniform), normalization before the activation; SGD with learning rate 0.05, batches of 128. The norm of the gradient of each layer's kernel on one batch, before training and after 200 steps; the ratio of the first layer to the last hidden one, in decades.`,
  async run({ seeds, quick, progress }) {
    const data = await digits(quick ? { train: 640, test: 100 } : { train: 6000, test: 100 });
    const steps = quick ? 10 : 200;
    const moments = [0, steps];
    const norms = new Map<string, number[][]>();
    let done = 0;
    for (const seed of seeds) {
      const batch = batches(data.train, 128, 1000 + seed).next().value;
      for (const activation of activations) {
        for (const variant of variants) {
          const { model } = denseNetwork({
            ...{
              seed,
              widths: new Array<number>(depth).fill(64),
              activation,
              optimizer: new SGD({ learningRate: 0.05 }),
            },
            normalization: variant === 'with' ? () => new BatchNormalization({ momentum: 0.9 }) : null,
          });
          const gradients = gradientsOf(model);
          await train(model, data.train, {
            ...{ steps, batchSize: 128, seed, every: steps },
            watch: async (step) => {
              const found = await gradients(batch);
              const kernels = found.filter((_, i) => model.trainableWeights[i]!.path.endsWith('kernel'));
              const key = `${activation} ${variant} ${step}`;
              norms.set(key, [...(norms.get(key) ?? []), kernels.slice(0, depth).map(norm)]);
              progress(++done / (seeds.length * activations.length * variants.length * moments.length));
            },
          });
        }
      }
    }
    const ratios = (activation: string, variant: string, step: number): number[] =>
      norms.get(`${activation} ${variant} ${step}`)!.map((row) => Math.log10(row[0]! / row.at(-1)!));
    const when = (step: number): string => (step === 0 ? 'before training' : `after ${step} steps`);
    return {
      checks: activations.flatMap((activation) =>
        moments.map((step) =>
          check(
            `${activation}, ${when(step)}: the gradient of the first layer, relative to the last hidden one, is larger with BatchNormalization by at least 1 decade.`,
            difference(ratios(activation, 'with', step), ratios(activation, 'without', step)),
            { above: 1, unit: 'decades' },
          ),
        ),
      ),
      observations: activations.map((activation) => {
        const shown = variants.map(
          (variant) => `10^${estimates(ratios(activation, variant, 0).map((v) => [v])).y[0]!.toFixed(1)} ${variant}`,
        );
        return `${activation}, before training: the first layer's gradient is ${shown.join(' and ')} BatchNormalization, relative to the last hidden layer's.`;
      }),
      numbers: Object.fromEntries([...norms].map(([key, rows]) => [key, rows.map((row) => round(row, 3))])),
      plots: {
        norms: smallMultiples({
          title: 'Gradient norm by layer',
          subtitle: `geometric mean and 95% interval of ${seeds.length} seeds`,
          plots: activations.flatMap((activation) =>
            moments.map((step) =>
              lineChart({
                title: `${activation}, ${when(step)}`,
                ...{ width: 330, height: 200 },
                x: { label: 'layer (1 is next to the input)' },
                y: { label: "norm of the kernel's gradient", scale: 'log', format: '.0e' },
                series: variants.map((variant) => {
                  const logs = norms.get(`${activation} ${variant} ${step}`)!.map((row) => row.map(Math.log10));
                  const { y, low, high } = estimates(logs);
                  const power = (values: readonly number[]): number[] => values.map((value) => 10 ** value);
                  return {
                    name: `${variant} BatchNormalization`,
                    x: Array.from({ length: depth }, (_, i) => i + 1),
                    ...{ y: power(y), low: power(low), high: power(high) },
                  };
                }),
              }),
            ),
          ),
        }),
      },
      sanity: { 'gradients are numbers': [...norms.values()].flat(2).every(Number.isFinite) },
    };
  },
};
