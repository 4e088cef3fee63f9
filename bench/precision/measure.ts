import { type Config, type Layer, type Tensor, type Variable, ops, tensor, valueAndGrad } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import {
  type ErrorSize,
  type Errors,
  type PrecisionCase,
  type Problem,
  UNIT_ROUNDOFF,
  makeProblem,
} from './problems.ts';
import { truth } from './truths.ts';

export interface Measurement {
  readonly errors: Errors;
  /** The largest loss of rounding each number to float32 once. */
  readonly roundoff: Readonly<Record<string, ErrorSize>>;
  /** The root mean square of the truth, which the golden script has computed too. */
  readonly truthRms: Readonly<Record<string, number>>;
}

type Found = Readonly<Record<string, ArrayLike<number>>>;

async function valueOf(variable: Variable | null): Promise<ArrayLike<number>> {
  await variable!.download();
  return variable!.value.data;
}

/** The gradients of x and, under `names`, of the layer's first trainable weights. */
async function gradientsOf(layer: Layer, names: readonly string[], x: Tensor, dy: Tensor): Promise<Found> {
  const variables = layer.trainableWeights.slice(0, names.length);
  const step = valueAndGrad(
    (x, dy) => ops.sum(ops.multiply(layer.apply(x, { training: true }), ops.stopGradient(dy))),
    { variables },
  );
  const { inputGradients, variableGradients } = await step(x, dy);
  const named = names.map((name, i) => [name, variableGradients[i]!.data] as const);
  return { dx: inputGradients[0]!.data, ...Object.fromEntries(named) };
}

/** The gradients and the output. */
async function differentiate(layer: Layer, names: readonly string[], x: Tensor, dy: Tensor): Promise<Found> {
  const { data: output } = await layer.apply(x, { training: true });
  return { output, ...(await gradientsOf(layer, names, x, dy)) };
}

/** The layers that are made from configs, by class name. */
const classes = layers as unknown as Readonly<Record<string, { fromConfig(config: Config): Layer }>>;

async function statistics({ layer: className, config, shape }: PrecisionCase, problem: Problem): Promise<Found> {
  const { x, dy, gamma, beta } = problem;
  const layer = classes[className]!.fromConfig(config as Config);
  layer.build(shape);
  const weights = layer.weights.map(({ name, value }) => {
    const given = name === 'gamma' || name === 'scale' ? gamma : name === 'beta' ? beta : undefined;
    return given === undefined ? value : tensor(given, value.shape);
  });
  layer.setWeights(weights);
  const names = [gamma === undefined ? [] : ['dgamma'], beta === undefined ? [] : ['dbeta']].flat();
  const found = await differentiate(layer, names, tensor(x, shape), tensor(dy, shape));
  if (!(layer instanceof layers.BatchNormalization)) return found;
  return { ...found, movingMean: await valueOf(layer.movingMean), movingVariance: await valueOf(layer.movingVariance) };
}

async function spectral({ config, shape, units = 0 }: PrecisionCase, problem: Problem): Promise<Found> {
  const { x, dy, kernel, vector } = problem;
  const powerIterations = config['power_iterations'] as number;
  const layer = new layers.SpectralNormalization(new layers.Dense(units, { useBias: false }), { powerIterations });
  layer.build(shape);
  const reset = (): void => {
    layer.kernel.assign(tensor(kernel, layer.kernel.shape));
    layer.vectorU!.assign(tensor(vector, layer.vectorU!.shape));
  };
  reset();
  const output = await layer.apply(tensor(x, shape), { training: true });
  const [after, u] = [await valueOf(layer.kernel), await valueOf(layer.vectorU)];
  reset();
  const { dx } = await gradientsOf(layer, [], tensor(x, shape), tensor(dy, [shape[0]!, units]));
  return { output: output.data, dx: dx!, kernel: after, vectorU: u };
}

async function weight({ shape, units = 0 }: PrecisionCase, problem: Problem): Promise<Found> {
  const { x, dy, kernel, vector } = problem;
  const layer = new layers.WeightNormalization(new layers.Dense(units, { useBias: false }));
  layer.build(shape);
  layer.v.assign(tensor(kernel, layer.v.shape));
  layer.g!.assign(tensor(vector, layer.g!.shape));
  const names = layer.trainableWeights.map((each) => (each === layer.g ? 'dg' : 'dv'));
  return await differentiate(layer, names, tensor(x, shape), tensor(dy, [shape[0]!, units]));
}

async function adapt({ config, shape, batches = 0 }: PrecisionCase, { x }: Problem): Promise<Found> {
  const layer = layers.Normalization.fromConfig(config as Config) as layers.Normalization;
  const size = x.length / Math.max(batches, 1);
  const all = Array.from({ length: batches }, (_, i) => tensor(x.subarray(i * size, (i + 1) * size), shape));
  await layer.adapt(batches === 0 ? tensor(x, shape) : all);
  const features = shape.at(-1)!;
  const output = await layer.apply(tensor(x.slice(0, 8 * features), [8, features]));
  return { mean: layer.mean!.data, variance: layer.variance!.data, output: output.data };
}

const measurements = { statistics, spectral, weight, adapt };

function rmsOf(numbers: readonly number[]): number {
  return Math.sqrt(numbers.reduce((total, value) => total + value * value, 0) / numbers.length);
}

/** The golden file's measure of an error; null if a number is not finite. */
function errorOf(actual: ArrayLike<number>, expected: readonly number[]): ErrorSize | null {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, not ${expected.length}`);
  if (!Array.from(actual).every(Number.isFinite)) return null;
  const errors = expected.map((value, i) => actual[i]! - value);
  const rms = rmsOf(expected);
  return { max: errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0) / rms, rms: rmsOf(errors) / rms };
}

/** The error of rounding numbers to float32 once: at most half a unit in the last place of each. */
function roundoffOf(expected: readonly number[]): ErrorSize {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { max: (UNIT_ROUNDOFF * largest) / rmsOf(expected), rms: UNIT_ROUNDOFF };
}

/** The errors of evenkeel on a case, called as its users call it, and the loss of rounding to float32. */
export async function measure(given: PrecisionCase): Promise<Measurement> {
  const problem = makeProblem(given);
  const exact = Object.entries(truth(given, problem)).map(([name, values]) => [name, Array.from(values)] as const);
  const computed = await measurements[given.kind](given, problem);
  const each = <T>(map: (values: readonly number[], name: string) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(exact.map(([name, values]) => [name, map(values, name)]));
  return {
    errors: each((values, name) => errorOf(computed[name]!, values)),
    roundoff: each(roundoffOf),
    truthRms: each(rmsOf),
  };
}
