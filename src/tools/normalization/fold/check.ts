import { isValue } from '../../../compiler/ir/value.ts';
import { convert } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { RandomStream } from '../../../core/random.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { flatten } from '../../../core/tree.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import { Trace } from '../../../compiler/graph/trace.ts';
import type { KerasTensor, Node } from '../../../keras/ops/base/keras-tensor.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { layerOf, operandsOf } from '../../../keras/models/functional/call-graph.ts';
import { evaluate } from '../../../compiler/reference/index.ts';
import type { FoldPlan } from './plan.ts';

/** The spatial sizes to try, in increasing order: a few positions suffice to compare layers. */
const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, Infinity];

/** The substitute for an unknown size. */
const UNKNOWN = 32;

const BATCH = 1;

const SEED = 20;

/**
 * Compares each folded layer with the layers that it replaces on random inputs, in float64. Returns the maximum error of
 * each layer, by name, relative to the root mean square of the output.
 */
export function checkFold(plan: FoldPlan, foldedOf: (layer: Layer) => Layer): ReadonlyMap<string, number> {
  const errors = new Map<string, number>();
  for (const [layer, chain] of plan.chains) {
    const before = chain.map(layerOf);
    const after = chain.filter((node) => !plan.removed.has(node)).map((node) => foldedOf(layerOf(node)));
    errors.set(layer.name, difference(before, after, inputOf(chain)));
  }
  return errors;
}

function inputOf(chain: readonly Node[]): KerasTensor {
  const [symbol] = chain.slice(0, 1).flatMap(operandsOf);
  if (symbol === undefined) throw new InternalError('a layer without an input was folded.');
  return symbol;
}

function difference(before: readonly Layer[], after: readonly Layer[], symbol: KerasTensor): number {
  const graph = smallest(before, symbol);
  const [value] = graph.inputs;
  if (value === undefined) throw new InternalError('a folded layer has no input.');
  const shape = value.knownShape;
  const random = new RandomStream(SEED);
  const data = Float64Array.from({ length: sizeOf(shape) }, () => random.nextNormal());
  const x = new Tensor(convert(data, symbol.dtype), shape, symbol.dtype);
  const expected = run(graph, x);
  const actual = run(graphOf(after, shape, symbol), x);
  let [largest, squares] = [0, 0];
  for (const [i, entry] of expected.entries()) {
    squares += entry ** 2;
    largest = Math.max(largest, Math.abs(entry - (actual[i] ?? NaN)));
  }
  return largest === 0 ? 0 : largest / Math.sqrt(squares / expected.length);
}

/** Evaluates a graph in float64, regardless of the dtype of the layers. */
function run(graph: Graph, x: Tensor): readonly number[] {
  const [result] = evaluate(graph, [x], { precise: true }).outputs;
  return [...(result?.data ?? [])];
}

/** Returns the graph of a chain of layers on an input with the smallest spatial axes that the layers accept. */
function smallest(layers: readonly Layer[], symbol: KerasTensor): Graph {
  const isFirst = layers.some((layer) => (layer as { readonly dataFormat?: unknown }).dataFormat === 'channels_first');
  const channels = isFirst ? 1 : symbol.rank - 1;
  let refusal: unknown = null;
  for (const size of SIZES) {
    const shape = symbol.shape.map((own, axis) =>
      axis === 0 ? BATCH : axis === channels ? (own ?? 1) : Math.min(own ?? UNKNOWN, size),
    );
    try {
      const graph = graphOf(layers, shape, symbol);
      if (graph.outputs.every((output) => sizeOf(output.knownShape) > 0)) return graph;
    } catch (error) {
      // The layers require larger inputs.
      refusal = error;
    }
  }
  throw refusal;
}

function graphOf(layers: readonly Layer[], shape: KnownShape, { dtype }: KerasTensor): Graph {
  const trace = new Trace();
  const value = input('x', shape, dtype);
  trace.adopt(value);
  const output = layers.reduce(
    (current, layer) => flatten(layer.applyIn(trace, current, false, null), isValue)[0] ?? current,
    value,
  );
  return { inputs: [value], outputs: [output], updates: [] };
}
