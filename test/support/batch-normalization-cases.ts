import { gradients } from '../../src/compiler/autodiff/index.ts';
import { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/compiler/graph/graph.ts';
import { initialState, input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import type { Config } from '../../src/core/config.ts';
import { BatchNormalization } from '../../src/keras/layers/normalization/batch-normalization.ts';
import { multiply, sum } from '../../src/keras/ops/index.ts';
import { expectClose } from './close.ts';
import type { GoldenArray } from './golden.ts';
import { lcg } from './lcg.ts';

interface GoldenCall {
  readonly inputSeed: number;
  readonly low: number;
  readonly high: number;
  readonly output: GoldenArray;
  readonly state: readonly GoldenArray[];
  readonly inputGradient: GoldenArray;
  readonly weightGradients: { readonly gamma?: GoldenArray; readonly beta?: GoldenArray };
}

/** What the golden files of Keras 3 and of tf.keras have in common. */
export interface BatchNormalizationCase {
  readonly name: string;
  readonly layerConfig: Config;
  readonly inputShape: readonly number[];
  readonly initialWeights: readonly { readonly name: string; readonly value: GoldenArray }[];
  readonly mask: GoldenArray | null;
  readonly training: boolean | null;
  readonly lossWeightSeed: number;
  readonly calls: readonly GoldenCall[];
  readonly kind?: string;
  readonly fused?: boolean | null;
  /** What the kernel really added to the variance. */
  readonly epsilonInUse?: number;
  readonly adjustment?: { readonly scale: GoldenArray; readonly bias: GoldenArray } | null;
}

export type DType = 'float32' | 'float64';

/** Runs a graph and keeps its new state: the reference, or an engine. */
export type Evaluator = (graph: Graph, feeds: readonly Tensor[]) => Promise<readonly Tensor[]>;

export interface Tolerances {
  readonly forward: number;
  readonly gradient: number;
  /** Compare the first call alone, and not the state it leaves. @default false */
  readonly firstOutputsOnly?: boolean;
}

const toTensor = (golden: GoldenArray, dtype: DType): Tensor => {
  const data = dtype === 'float64' ? Float64Array.from(golden.data) : Float32Array.from(golden.data);
  return new Tensor(data, golden.shape);
};

/** The layer that a case describes, built, with the weights it starts from. */
export function makeLayer(golden: BatchNormalizationCase, dtype: DType): BatchNormalization {
  const { adjustment, fused } = golden;
  const layer = new BatchNormalization({
    ...optionsOf(golden.layerConfig),
    dtype,
    ...(adjustment ? { adjustment: () => [toTensor(adjustment.scale, dtype), toTensor(adjustment.bias, dtype)] } : {}),
    ...(fused === true ? { fused } : {}),
  });
  layer.build(golden.inputShape);
  layer.setWeights(golden.initialWeights.map(({ value }) => toTensor(value, dtype)));
  return layer;
}

function optionsOf(config: Config): Record<string, unknown> {
  const camel = (key: string): string => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camel(key), value]));
}

/** Calls a layer three times in a row as the golden script did, and compares everything it recorded. */
export async function checkCase(
  golden: BatchNormalizationCase,
  dtype: DType,
  evaluate: Evaluator,
  { forward, gradient, firstOutputsOnly = false }: Tolerances,
): Promise<void> {
  const layer = makeLayer(golden, dtype);
  const weights = toArray(lcg(golden.inputShape, golden.lossWeightSeed), golden.inputShape, dtype);
  for (const [i, call] of golden.calls.entries()) {
    const x = toArray(lcg(golden.inputShape, call.inputSeed, call.low, call.high), golden.inputShape, dtype);
    const { graph, feeds, targets } = describe(layer, golden, x, weights);
    const outputs = await evaluate(graph, feeds);
    const where = `${golden.name}, call ${i + 1}`;
    const compare = (what: string, actual: Tensor | undefined, expected: GoldenArray, rtol: number): void => {
      try {
        expectClose(actual!.data, expected.data, { rtol });
      } catch (cause) {
        throw new Error(`${where}, ${what}: ${(cause as Error).message}`, { cause });
      }
    };
    compare('output', outputs[0], call.output, forward);
    compare('gradient of the input', outputs[1], call.inputGradient, gradient);
    const { gamma, beta } = call.weightGradients;
    for (const [j, name] of targets.entries()) {
      const expected = name === 'gamma' ? gamma : beta;
      if (expected !== undefined) compare(`gradient of ${name}`, outputs[2 + j], expected, gradient);
    }
    if (firstOutputsOnly) return;
    for (const weight of layer.weights) await weight.download();
    for (const [j, state] of call.state.entries()) {
      compare(`state ${j}`, layer.getWeights().slice(-call.state.length)[j], state, forward);
    }
  }
}

const toArray = (data: ArrayLike<number>, shape: readonly number[], dtype: DType): Tensor =>
  new Tensor(dtype === 'float64' ? Float64Array.from(data) : Float32Array.from(data), shape);

function describe(
  layer: BatchNormalization,
  golden: BatchNormalizationCase,
  x: Tensor,
  weights: Tensor,
): { graph: Graph; feeds: readonly Tensor[]; targets: readonly string[] } {
  const inputs = [input('x', x.shape, x.dtype), input('w', weights.shape, weights.dtype)];
  const feeds = [x, weights];
  if (golden.mask !== null) {
    const mask = new Tensor(Float32Array.from(golden.mask.data), golden.mask.shape);
    inputs.push(input('mask', mask.shape, mask.dtype));
    feeds.push(mask);
  }
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  const [xs, w, mask] = inputs as [Value, Value, Value?];
  const y = layer.apply(xs, { training: golden.training ?? undefined, mask: mask ?? null });
  const parameters = [layer.gamma, layer.beta].filter((variable) => variable !== null);
  const loss = sum(multiply(y, w));
  const found = gradients(loss, [xs, ...parameters.map(initialState)]);
  return {
    graph: { inputs, outputs: [y, ...found.map((value) => value ?? multiply(0, y))], updates: trace.updates },
    feeds,
    targets: parameters.map((variable) => variable.name),
  };
}
