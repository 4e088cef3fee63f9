import { cloneModel } from 'evenkeel';
import { BatchNormalization } from 'evenkeel/layers';
import { adaptBatchNormalization } from 'evenkeel/normalization';
import { Adam, SGD } from 'evenkeel/optimizers';
import { barChart, lineChart } from 'evenkeel/plots';
import { type Digits, colored, digits, rows } from './data.ts';
import { internalShift } from './internal-shift.ts';
import { type Lab, check, difference, round } from './lab.ts';
import { accuracy, convolutionalNetwork, denseNetwork, train } from './networks.ts';
import { estimate, estimates, mean } from './statistics.ts';

/** The domains: colors in [0, 1) of the ink (0–2) and of the ground (3–5), drawn anew for each image. */
const domains: Readonly<Record<string, (pixel: number, channel: number, color: readonly number[]) => number>> = {
  'gray (source)': (pixel) => pixel,
  'colored ink': (pixel, channel, color) => pixel * (0.25 + 0.75 * color[channel]!),
  'colored ground': (pixel, channel, color) => pixel + (1 - pixel) * 0.5 * color[3 + channel]!,
  'low contrast': (pixel) => 0.4 + 0.3 * pixel,
  inverted: (pixel) => 1 - pixel,
};
const [source, ...targets] = Object.keys(domains) as [string, ...string[]];
const methods = ['none', 'BatchNormalization', 'adapted BatchNormalization'] as const;

/** Other domains at test time, and internal covariate shift during training. */
export const covariateShift: Lab = {
  name: 'covariate-shift',
  title: 'Covariate shift: a new domain, and inside the network',
  claim:
    'Batch normalization copes with covariate shift, as when a network trained on black cats meets colored ones; it works by reducing internal covariate shift (Ioffe and Szegedy 2015; disputed by Santurkar et al. 2018).',
  setup:
    'Domain: a network of two convolutions with 8 filters, with and without BatchNormalization (momentum 0.9) after each, trained on gray digits (14×14, three equal channels; 6,000 digits, Adam, 300 steps of 64), tested on 1,000 other digits, gray, with ink or ground of a random color, of low contrast, and inverted. Adapted: the moving statistics of the target domain from 1,000 training digits without labels (adaptBatchNormalization). Internal shift: Dense 28×28 → 4 × 64 tanh → 10, SGD with learning rate 0.1; the cosine of the angle between the gradients of a layer before and after its predecessors take their step (1: no shift), as Santurkar et al. measure it, every 10 of 200 steps, mean over layers.',
  async run({ seeds, quick, progress }) {
    const data = await digits({ ...(quick ? { train: 1280, test: 200 } : { train: 6000, test: 1000 }), halved: true });
    const plain = await digits(quick ? { train: 640, test: 10 } : { train: 6000, test: 10 });
    const steps = quick ? 40 : 300;
    const [shiftSteps, every] = quick ? [10, 5] : [200, 10];
    const few = quick ? 200 : 1000;
    const unlabelledRows = rows(
      data.train,
      Array.from({ length: few }, (_, i) => i),
    );
    const results = new Map<string, number[]>();
    const note = (method: string, domain: string, value: number): unknown =>
      results.set(`${method}: ${domain}`, [...(results.get(`${method}: ${domain}`) ?? []), value]);
    const cosines: Record<string, number[][]> = { with: [], without: [] };
    const distances: Record<string, number[]> = { with: [], without: [] };
    let done = 0;
    for (const seed of seeds) {
      const make = (set: Digits, domain: string, offset: number): Digits =>
        colored(set, domains[domain]!, seed + offset);
      for (const normalized of [false, true]) {
        const model = convolutionalNetwork({
          ...{ seed, filters: 8, channels: 3, each: true, optimizer: new Adam() },
          normalization: normalized ? () => new BatchNormalization({ momentum: 0.9 }) : null,
        });
        await train(model, make(data.train, source, 0), { steps, batchSize: 64, seed });
        for (const domain of Object.keys(domains)) {
          const test = make(data.test, domain, 1000);
          note(normalized ? methods[1] : methods[0], domain, await accuracy(model, test));
          if (!normalized) continue;
          const twin = cloneModel(model);
          twin.setWeights(model.getWeights());
          twin.compile({ optimizer: 'sgd', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
          const unlabelled = make(unlabelledRows, domain, 2000).x;
          await adaptBatchNormalization(twin, unlabelled, { batchSize: few });
          note(methods[2], domain, await accuracy(twin, test));
        }
        const variant = normalized ? 'with' : 'without';
        const { model: dense } = denseNetwork({
          ...{ seed, widths: [64, 64, 64, 64], activation: 'tanh', optimizer: new SGD({ learningRate: 0.1 }) },
          normalization: normalized ? () => new BatchNormalization({ momentum: 0.9 }) : null,
        });
        const shifts = await internalShift(dense, plain.train, { steps: shiftSteps, every, batchSize: 128, seed });
        cosines[variant]!.push(shifts.map((layers) => mean(layers.map(({ cosine }) => cosine))));
        distances[variant]!.push(mean(shifts.flat().map(({ distance }) => distance)));
        progress(++done / (2 * seeds.length));
      }
    }
    const of = (method: string, domain: string): number[] => results.get(`${method}: ${domain}`)!;
    const overTargets = (method: string): number[] => seeds.map((_, i) => mean(targets.map((d) => of(method, d)[i]!)));
    const meanCosine = (variant: string): number[] => cosines[variant]!.map(mean);
    const seen = Array.from({ length: shiftSteps / every }, (_, i) => (i + 1) * every);
    const bars = methods.map((method) => {
      const intervals = Object.keys(domains).map((domain) => estimate(of(method, domain)));
      return {
        ...{ name: method, values: intervals.map((i) => i.mean) },
        ...{ low: intervals.map((i) => i.low), high: intervals.map((i) => i.high) },
      };
    });
    return {
      checks: [
        check(
          'In new domains (mean of the four), BatchNormalization as it was trained is more accurate than none by more than 2 points.',
          difference(overTargets(methods[1]), overTargets('none')),
          { above: 0.02, unit: 'points' },
        ),
        check(
          'In new domains, adapted BatchNormalization is more accurate than none by more than 2 points.',
          difference(overTargets(methods[2]), overTargets('none')),
          { above: 0.02, unit: 'points' },
        ),
        check(
          'In new domains, adapted BatchNormalization is more accurate than BatchNormalization as it was trained by more than 2 points.',
          difference(overTargets(methods[2]), overTargets(methods[1])),
          { above: 0.02, unit: 'points' },
        ),
        check(
          'Internal covariate shift is reduced: the mean cosine between the gradients before and after the step of the previous layers is larger with BatchNormalization.',
          difference(meanCosine('with'), meanCosine('without')),
          { above: 0 },
        ),
      ],
      observations: [
        ...targets.map((domain) => {
          const shown = methods.map((method) => `${method} ${(100 * mean(of(method, domain))).toFixed(1)}%`);
          return `Accuracy, ${domain}: ${shown.join(', ')}.`;
        }),
        `The relative distance ‖G − G′‖ ÷ ‖G‖ between those gradients is ${mean(distances['with']!).toPrecision(2)} with BatchNormalization and ${mean(distances['without']!).toPrecision(2)} without.`,
      ],
      numbers: {
        accuracy: Object.fromEntries([...results].map(([key, values]) => [key, round(values)])),
        gradientCosine: Object.fromEntries(Object.keys(cosines).map((v) => [v, cosines[v]!.map((row) => round(row))])),
        gradientDistance: Object.fromEntries(Object.keys(distances).map((v) => [v, round(distances[v]!)])),
      },
      plots: {
        domains: barChart({
          title: 'Accuracy in domains not seen in training',
          subtitle: `mean and 95% interval of ${seeds.length} seeds`,
          ...{ x: { label: 'domain' }, y: { label: 'test accuracy', format: '.0%', domain: [0, 1] } },
          ...{ categories: Object.keys(domains), series: bars, width: 640 },
        }),
        internal: lineChart({
          title: 'Internal covariate shift after Santurkar et al.',
          subtitle: `1 means no shift; mean over layers, mean and 95% interval of ${seeds.length} seeds`,
          x: { label: 'training steps' },
          y: { label: 'cosine of the angle between G and G′' },
          series: (['with', 'without'] as const).map((variant) => ({
            ...{ name: `${variant} BatchNormalization`, x: seen },
            ...estimates(cosines[variant]!),
          })),
        }),
      },
      sanity: {
        'both learn the source': ['none', methods[1]].every((m) => of(m, source).every((value) => value > 0.25)),
      },
    };
  },
};
