import { type KnownShape, isKnown, sameShape, sizeOf } from '../../core/shape.ts';
import { InputLayer } from '../../keras/layers/core/input-layer.ts';
import { Dense } from '../../keras/layers/core/dense.ts';
import { type KerasTensor, type Node } from '../../keras/ops/base/keras-tensor.ts';
import type { Layer } from '../../keras/layers/base/layer.ts';
import { Operation } from '../../keras/ops/base/operation.ts';
import { Concatenate } from '../../keras/layers/merging/concatenate.ts';
import { Flatten } from '../../keras/layers/reshaping/flatten.ts';
import { Permute } from '../../keras/layers/reshaping/permute.ts';
import { Reshape } from '../../keras/layers/reshaping/reshape.ts';
import { WeightWrapper } from '../../keras/layers/normalization/weight-wrapper.ts';
import type { DataFormat } from '../../keras/ops/index.ts';
import { channelsFirstOrder } from './state/arrays.ts';
import { operandsOf, operationOf } from '../../keras/models/functional/call-graph.ts';
import type { Network } from '../../keras/models/functional/network.ts';
import { Model } from '../../keras/models/model.ts';

/**
 * The permutation of a vector's features relative to PyTorch, whose feature maps are channels first: feature i is PyTorch's
 * feature `order[i]`. Null for the identity, 'unknown' if it cannot be determined.
 */
export type FeatureOrder = readonly number[] | null | 'unknown';

/** The known properties of a tensor in a network. */
interface Flow {
  /** The channel axis of a feature map; null for other tensors. */
  readonly form: DataFormat | null;
  readonly order: FeatureOrder;
  /** The layers on its path. */
  readonly predecessors: ReadonlySet<Layer>;
  /** The last layers with weights on its paths. */
  readonly nearest: readonly Layer[];
}

/** The known properties of a layer with weights. */
export interface LayerFlow {
  readonly form: DataFormat | null;
  readonly inputOrder: FeatureOrder;
  /** The feature order that the users of its output require. */
  readonly outputOrder: FeatureOrder;
  readonly predecessors: ReadonlySet<Layer>;
  readonly nearest: readonly Layer[];
}

const START: Flow = { form: null, order: null, predecessors: new Set(), nearest: [] };

/** The order of the layers in a model, as far as its calls or its fields determine it. */
export function flowsOf(model: Layer): ReadonlyMap<Layer, LayerFlow> {
  const flows = new Map<Layer, LayerFlow>();
  enter(model, [], flows);
  return flows;
}

/** Traces tensors through a model, or through a layer with sublayers. */
function enter(layer: Layer, inputs: readonly Flow[], flows: Map<Layer, LayerFlow>): readonly Flow[] {
  const network = networkOf(layer);
  if (network !== null) return followNetwork(network, inputs, flows);
  // Without recorded calls, the order of the fields, which is also the order of PyTorch's modules.
  let last: Flow = { ...join(inputs), form: null, order: null };
  for (const inner of layer.sublayers) {
    const [after] = step(inner, last, null, inputs, flows);
    last = { ...last, predecessors: after?.predecessors ?? last.predecessors, nearest: after?.nearest ?? last.nearest };
  }
  return [last];
}

function join(flows: readonly Flow[]): Flow {
  const [first = START] = flows;
  const order = flows.find((flow) => flow.order !== null)?.order ?? null;
  const predecessors = new Set(flows.flatMap((flow) => [...flow.predecessors]));
  return { form: first.form, order, predecessors, nearest: [...new Set(flows.flatMap(({ nearest }) => nearest))] };
}

function followNetwork(network: Network, inputs: readonly Flow[], flows: Map<Layer, LayerFlow>): readonly Flow[] {
  const uses = new Uses(network);
  const known = new Map<KerasTensor, Flow>();
  for (const [i, tensor] of network.flatInputs.entries()) known.set(tensor, inputs[i] ?? inputFlow(tensor, uses));
  for (const node of network.levels.flat()) {
    const layer = operationOf(node);
    if (layer instanceof InputLayer) continue;
    const operands = operandsOf(node).map((tensor) => known.get(tensor) ?? START);
    const outputs = step(layer, flowInto(layer, node, operands), { node, uses }, operands, flows);
    for (const [i, tensor] of node.outputs.entries()) known.set(tensor, outputs[i] ?? outputs[0] ?? START);
  }
  return network.flatOutputs.map((tensor) => known.get(tensor) ?? START);
}

/** Whether an input is a feature map: images always are, sequences only if a layer uses them as one. */
function inputFlow(tensor: KerasTensor, uses: Uses): Flow {
  return { ...START, form: uses.mapFormat(tensor) ?? (tensor.rank > 3 ? 'channels_last' : null) };
}

/** Merges the properties of a layer's inputs. */
function flowInto(layer: Layer | Operation, node: Node, operands: readonly Flow[]): Flow {
  const flow = join(operands);
  const isVector = node.outputs.every(({ rank }) => rank === 2);
  if (!(layer instanceof Concatenate) || !isVector || flow.order === null) return flow;
  const sizes = operandsOf(node).map(({ shape }) => shape.at(-1) ?? 0);
  return {
    ...flow,
    order: joinOrders(
      operands.map(({ order }) => order),
      sizes,
    ),
  };
}

function joinOrders(orders: readonly FeatureOrder[], sizes: readonly number[]): FeatureOrder {
  const all: number[] = [];
  for (const [i, order] of orders.entries()) {
    if (order === 'unknown') return order;
    const start = all.length;
    for (let feature = 0; feature < (sizes[i] ?? 0); feature++) all.push(start + (order?.[feature] ?? feature));
  }
  return all;
}

/** Records the inputs of a layer, and returns the properties of its output. */
function step(
  layer: Layer | Operation,
  flow: Flow,
  call: { readonly node: Node; readonly uses: Uses } | null,
  operands: readonly Flow[],
  flows: Map<Layer, LayerFlow>,
): readonly Flow[] {
  const [input, output] = call === null ? [] : [operandsOf(call.node)[0], call.node.outputs[0]];
  const wanted = output === undefined ? null : (call?.uses.wantedOrder(output) ?? null);
  const { form, order: inputOrder, predecessors, nearest } = flow;
  if (layer instanceof Operation) {
    if (input === undefined || output === undefined) return [{ ...flow, form: null, order: null }];
    return [{ ...flow, ...formAfter(layer, flow, input, output, wanted, call?.uses ?? null) }];
  }
  const isOuter = layer instanceof Model || (layer.sublayers.length > 0 && !(layer instanceof WeightWrapper));
  if (!flows.has(layer)) flows.set(layer, { form, inputOrder, outputOrder: wanted, predecessors, nearest });
  if (isOuter) {
    const after = enter(layer, operands.length > 0 ? operands : [flow], flows);
    return after.map((each) => ({ ...each, predecessors: new Set([...each.predecessors, layer]) }));
  }
  const after = {
    predecessors: new Set([...predecessors, layer]),
    nearest: layer.weights.length > 0 ? [layer] : nearest,
  };
  if (input === undefined || output === undefined) return [{ ...after, form: null, order: null }];
  return [{ ...after, ...formAfter(layer, flow, input, output, wanted, call?.uses ?? null) }];
}

/** Returns the channel axis and the feature order of a layer's output. */
function formAfter(
  layer: Layer | Operation,
  flow: Flow,
  input: KerasTensor,
  output: KerasTensor,
  wanted: FeatureOrder,
  uses: Uses | null,
): Pick<Flow, 'form' | 'order'> {
  const format = formatOf(layer);
  if (format !== null) return { form: format, order: null };
  if (keepsPlaces(layer, input, output) || layer instanceof Concatenate) return flow;
  if (innerOf(layer) instanceof Dense) return { form: null, order: wanted };
  const map = input.shape.slice(1);
  if (layer instanceof Flatten || (layer instanceof Reshape && output.rank === 2)) {
    if (input.rank <= 2) return flow;
    const isMoved = layer instanceof Flatten && layer.dataFormat === 'channels_first';
    return { form: null, order: isKnown(map) ? flattenedOrder(map, flow.form, isMoved) : 'unknown' };
  }
  if (layer instanceof Reshape) return { form: uses?.mapFormat(output) ?? null, order: null };
  if (layer instanceof Permute) return { form: null, order: null };
  // A layer of unknown kind flattened the map, so the order of the features is unknown.
  const isFlattened = flow.form === 'channels_last' && input.rank > 2 && output.rank === 2;
  const isOfAll = isKnown(map) && output.shape[1] === sizeOf(map) && channelsFirstOrder(map) !== null;
  return { form: null, order: isFlattened && isOfAll ? 'unknown' : null };
}

/** Returns the order of the elements of a flattened tensor; optionally, its second axis is moved last first. */
function flattenedOrder(map: KnownShape, form: DataFormat | null, isMoved: boolean): FeatureOrder {
  if (form === 'channels_last') return isMoved ? 'unknown' : channelsFirstOrder(map);
  if (!isMoved) return null;
  const [channels = 1, ...places] = map;
  return form === 'channels_first' ? channelsFirstOrder([...places, channels]) : 'unknown';
}

function innerOf(layer: Layer | Operation): Layer | Operation {
  return layer instanceof WeightWrapper ? layer.layer : layer;
}

/** Returns the channel axis of a layer on feature maps. */
function formatOf(layer: Layer | Operation): DataFormat | null {
  const inner = innerOf(layer);
  if (inner instanceof Flatten || !('dataFormat' in inner)) return null;
  const { dataFormat } = inner as { readonly dataFormat: unknown };
  return dataFormat === 'channels_last' || dataFormat === 'channels_first' ? dataFormat : null;
}

/** Whether a layer keeps the positions of elements. */
function keepsPlaces(layer: Layer | Operation, input: KerasTensor, output: KerasTensor): boolean {
  const moves = layer instanceof Permute || layer instanceof Reshape || innerOf(layer) instanceof Dense;
  return !moves && sameShape(input.shape, output.shape);
}

/** The users of the tensors of a network. */
class Uses {
  readonly #takers = new Map<KerasTensor, Node[]>();

  constructor(network: Network) {
    for (const node of network.levels.flat()) {
      for (const tensor of new Set(operandsOf(node))) {
        this.#takers.set(tensor, [...(this.#takers.get(tensor) ?? []), node]);
      }
    }
  }

  /** Returns the channel axis assumed by the layers that use a tensor as a feature map; null if none does. */
  mapFormat(tensor: KerasTensor): DataFormat | null {
    return this.#firstOf(tensor, (node) => {
      const layer = operationOf(node);
      const inner = inside(networkOf(layer), node, tensor);
      return inner === null ? formatOf(layer) : inner[0].mapFormat(inner[1]);
    });
  }

  /** Returns the feature order required by the layers that reshape a vector to a feature map. */
  wantedOrder(tensor: KerasTensor): readonly number[] | null {
    if (tensor.rank !== 2) return null;
    return this.#firstOf(tensor, (node) => {
      const layer = operationOf(node);
      const inner = inside(networkOf(layer), node, tensor);
      if (inner !== null) return inner[0].wantedOrder(inner[1]);
      const [output] = node.outputs;
      if (!(layer instanceof Reshape) || output === undefined || output.rank < 3) return null;
      const map = output.shape.slice(1);
      return isKnown(map) && this.mapFormat(output) === 'channels_last' ? channelsFirstOrder(map) : null;
    });
  }

  /** Returns the first result among the users of a tensor, searched through layers that keep positions. */
  #firstOf<T>(tensor: KerasTensor, ask: (node: Node) => T | null): T | null {
    const seen = new Set([tensor]);
    for (const each of seen) {
      for (const node of this.#takers.get(each) ?? []) {
        const answer = ask(node);
        if (answer !== null) return answer;
        const [output] = node.outputs;
        const layer = operationOf(node);
        if (output === undefined || layer instanceof Model) continue;
        if (keepsPlaces(layer, each, output)) seen.add(output);
      }
    }
    return null;
  }
}

/** Returns the calls inside a nested functional model; null for other layers. */
function networkOf(layer: Layer | Operation): Network | null {
  return layer instanceof Model ? layer.network : null;
}

/** The placeholder of an input tensor inside a nested model, with its users there. */
function inside(network: Network | null, node: Node, tensor: KerasTensor): readonly [Uses, KerasTensor] | null {
  const input = network?.flatInputs[operandsOf(node).indexOf(tensor)];
  return network === null || input === undefined ? null : [new Uses(network), input];
}
