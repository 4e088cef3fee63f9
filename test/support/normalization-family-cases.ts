import { gradients } from '../../src/compiler/autodiff/index.ts';
import type { Config } from '../../src/core/config.ts';
import { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/compiler/graph/graph.ts';
import { constant, initialState, input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import { deserializeLayer } from '../../src/keras/layers/serialization.ts';
import type { Layer } from '../../src/keras/layers/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { expectClose } from './close.ts';
import { type GoldenArray, loadGolden } from './golden.ts';
import { lcg } from './lcg.ts';

export interface Seeded {
  readonly shape: readonly number[];
  readonly seed: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Results {
  readonly output: GoldenArray;
  readonly inputGradient: GoldenArray;
  readonly weightGradients: readonly GoldenArray[];
}

type SeededWeight = Seeded & { readonly name: string };
type Seed = Omit<Seeded, 'shape'>;

export interface LayerCase extends Results {
  readonly kind: 'layer';
  readonly layer: string;
  readonly config: Config;
  readonly inputShape: readonly number[];
  readonly input: Seed;
  readonly weights: readonly SeededWeight[];
  readonly dySeed: number;
}

interface Wrapped {
  readonly layer: string;
  readonly options: Config;
  readonly inputShape: readonly number[];
  readonly weights: readonly SeededWeight[];
}

export interface SpectralCase extends Wrapped {
  readonly kind: 'spectral';
  readonly powerIterations: number;
  readonly calls: readonly (Results & {
    readonly training: boolean;
    readonly input: Seed;
    readonly dySeed: number;
    readonly state: readonly GoldenArray[];
  })[];
}

export interface WeightCase extends Wrapped, Results {
  readonly kind: 'weight-normalization';
  readonly input: Seed;
  readonly dySeed: number;
}

export interface SpectralFitCase {
  readonly kind: 'spectral-fit';
  readonly l2: number;
  readonly weights: readonly SeededWeight[];
  readonly xSeed: number;
  readonly ySeed: number;
  readonly steps: readonly { readonly loss: number; readonly state: readonly GoldenArray[] }[];
}

export interface AdaptCase {
  readonly kind: 'adapt';
  readonly config: Config;
  readonly batches: readonly { readonly shape: readonly number[]; readonly seed: number }[];
  readonly low: number;
  readonly high: number;
  readonly mean: GoldenArray;
  readonly variance: GoldenArray;
  readonly inputShape: readonly number[];
  readonly inputSeed: number;
  readonly output: GoldenArray;
}

export interface GivenCase {
  readonly kind: 'given';
  readonly config: Config;
  readonly inputShape: readonly number[];
  readonly inputSeed: number;
  readonly output: GoldenArray;
}

export interface OpCase {
  readonly kind: 'op';
  readonly op: 'layer_normalization' | 'rms_normalization' | 'normalize';
  readonly inputShape: readonly number[];
  readonly inputSeed: number;
  readonly options: Config;
  readonly coefficients: Readonly<Record<string, { readonly shape: readonly number[]; readonly seed: number }>>;
  readonly dySeed: number;
  readonly output: GoldenArray;
  readonly inputGradient: GoldenArray;
}

export interface ConfigCase {
  readonly kind: 'config';
  readonly python: string;
  readonly builtOn: readonly (number | null)[] | null;
  readonly serializedText: string;
  readonly weights: readonly {
    readonly name: string;
    readonly path: string;
    readonly shape: readonly number[];
    readonly trainable: boolean;
  }[];
}

type FamilyCase = LayerCase | SpectralCase | WeightCase | SpectralFitCase | AdaptCase | GivenCase | OpCase | ConfigCase;

const all = loadGolden<FamilyCase>('normalization-family').cases;

/** The golden cases of one kind. */
export function familyCases<K extends FamilyCase['kind']>(kind: K): readonly Extract<FamilyCase, { kind: K }>[] {
  return all.filter((golden): golden is Extract<FamilyCase, { kind: K }> => golden.kind === kind);
}

export type FloatType = 'float32' | 'float64';

/** The numbers that a case names by a seed. */
export function seeded({ shape, seed, low, high }: Seeded, dtype: FloatType): Tensor {
  const numbers = lcg(shape, seed, low, high);
  return new Tensor(dtype === 'float64' ? Float64Array.from(numbers) : numbers, shape);
}

/** A layer of a config without the type and the name. */
export function makeLayer(className: string, config: Config, dtype: FloatType): Layer {
  return deserializeLayer({ class_name: className, config: { ...config, dtype } });
}

/** SpectralNormalization or WeightNormalization of the layer that a case wraps, built, with its weights. */
export function makeWrapper(className: string, golden: Wrapped, dtype: FloatType, config: Config = {}): Layer {
  const inner = { class_name: golden.layer, config: { ...golden.options, dtype } };
  const layer = makeLayer(className, { ...config, layer: inner }, dtype);
  layer.build(golden.inputShape);
  layer.setWeights(golden.weights.map((weight) => seeded(weight, dtype)));
  return layer;
}

/** Runs a graph and keeps its new state: the reference, or an engine. */
export type Evaluator = (graph: Graph, feeds: readonly Tensor[]) => Promise<readonly Tensor[]>;

/** The float64 interpreter. */
export const reference: Evaluator = (graph, feeds) => {
  const { outputs, updates } = evaluate(graph, feeds, { precise: true });
  for (const [variable, value] of updates) variable.assign(value);
  return Promise.resolve(outputs);
};

export interface Tolerances {
  readonly forward: number;
  readonly gradient: number;
}

/** Calls a layer as the golden script did, and compares the output and the gradients. */
export async function checkCall(
  layer: Layer,
  x: Tensor,
  { training, dySeed, ...golden }: Results & { readonly training: boolean; readonly dySeed: number },
  run: Evaluator,
  tolerances: Tolerances,
): Promise<void> {
  const dtype = layer.dtype as FloatType;
  const fed = input('x', x.shape, x.dtype);
  const trace = new Trace();
  trace.adopt(fed);
  const y = layer.applyIn(trace, fed, training, null) as Value;
  const dy = constant(seeded({ shape: golden.output.shape, seed: dySeed }, dtype));
  const found = gradients(y, [fed, ...layer.trainableWeights.map(initialState)], dy);
  const present = found.filter((gradient) => gradient !== null);
  const graph: Graph = { inputs: [fed], outputs: [y, ...present], updates: trace.updates };
  const outputs = await run(graph, [x]);
  const expected = [golden.output, golden.inputGradient, ...golden.weightGradients];
  const names = ['output', 'gradient of the input', ...layer.trainableWeights.map(({ name }) => `gradient of ${name}`)];
  for (const [i, name] of names.entries()) {
    compare(name, outputs[i], expected[i], i === 0 ? tolerances.forward : tolerances.gradient);
  }
}

/** Compares the shape and the numbers of one result. */
export function compare(
  what: string,
  actual: Tensor | undefined,
  expected: GoldenArray | undefined,
  rtol: number,
): void {
  try {
    if (actual === undefined || expected === undefined) throw new Error('there is none.');
    if (actual.shape.join() !== expected.shape.join()) {
      throw new Error(`the shape is [${actual.shape.join(', ')}], not [${expected.shape.join(', ')}].`);
    }
    // Sums that cancel leave rounding errors of the size of what was summed.
    const scale = Math.max(1, ...Array.from(expected.data, Math.abs));
    expectClose(actual.data, expected.data, { rtol, atol: rtol * scale });
  } catch (cause) {
    throw new Error(`${what}: ${(cause as Error).message}`, { cause });
  }
}

/** Calls a SpectralNormalization three times in a row, and compares the state it leaves too. */
export async function checkSpectral(
  golden: SpectralCase,
  dtype: FloatType,
  run: Evaluator,
  tolerances: Tolerances,
): Promise<void> {
  const layer = makeWrapper('SpectralNormalization', golden, dtype, { power_iterations: golden.powerIterations });
  for (const call of golden.calls) {
    await checkCall(layer, seeded({ shape: golden.inputShape, ...call.input }, dtype), call, run, tolerances);
    for (const [i, expected] of call.state.entries()) {
      compare(`state ${i}`, layer.getWeights()[i], expected, tolerances.forward);
    }
  }
}

export function describeLayer({ layer, config, inputShape, input }: LayerCase): string {
  const range = input.low === -2 ? '' : ` in [${String(input.low)}, ${String(input.high)})`;
  return `${layer} ${JSON.stringify(config)} on [${inputShape.join(', ')}]${range}`;
}

export async function checkLayer(
  golden: LayerCase,
  dtype: FloatType,
  run: Evaluator,
  tolerances: Tolerances,
): Promise<void> {
  const layer = makeLayer(golden.layer, golden.config, dtype);
  layer.build(golden.inputShape);
  layer.setWeights(golden.weights.map((weight) => seeded(weight, dtype)));
  const x = seeded({ shape: golden.inputShape, ...golden.input }, dtype);
  await checkCall(layer, x, { ...golden, training: true }, run, tolerances);
}

export async function checkWeightNormalization(
  golden: WeightCase,
  dtype: FloatType,
  run: Evaluator,
  tolerances: Tolerances,
): Promise<void> {
  const layer = makeWrapper('WeightNormalization', golden, dtype);
  const x = seeded({ shape: golden.inputShape, ...golden.input }, dtype);
  await checkCall(layer, x, { ...golden, training: true }, run, tolerances);
}
