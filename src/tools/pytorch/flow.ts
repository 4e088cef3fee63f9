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
import type { DataFormat } from '../../keras/ops/windows.ts';
import { channelsFirstOrder } from './state/arrays.ts';
import { operandsOf, operationOf } from '../../keras/models/functional/graph.ts';
import type { Network } from '../../keras/models/functional/network.ts';
import { Model } from '../../keras/models/model.ts';

/**
 * Where the features of a vector are in PyTorch's, whose maps have their channels first: feature i is PyTorch's
 * `order[i]`. Null where they are in the same places, 'unknown' where that cannot be told.
 */
export type FeatureOrder = readonly number[] | null | 'unknown';

/** What is known of a tensor on its way through a network. */
interface Flow {
  /** Where a map has its channels; null for what is no map. */
  readonly form: DataFormat | null;
  readonly order: FeatureOrder;
  /** The layers that it has come through. */
  readonly behind: ReadonlySet<Layer>;
  /** The last layers with weights that it has come through. */
  readonly nearest: readonly Layer[];
}

/** What is known of a layer with weights. */
export interface LayerFlow {
  readonly form: DataFormat | null;
  readonly inputOrder: FeatureOrder;
  /** The order that its output must have, for what comes behind. */
  readonly outputOrder: FeatureOrder;
  readonly behind: ReadonlySet<Layer>;
  readonly nearest: readonly Layer[];
}

const START: Flow = { form: null, order: null, behind: new Set(), nearest: [] };

/** How the layers of a model follow each other, as far as its calls or its fields tell. */
export function flowsOf(model: Layer): ReadonlyMap<Layer, LayerFlow> {
  const flows = new Map<Layer, LayerFlow>();
  enter(model, [], flows);
  return flows;
}

/** Follows tensors through a model, or a layer that holds others. */
function enter(layer: Layer, inputs: readonly Flow[], flows: Map<Layer, LayerFlow>): readonly Flow[] {
  const network = networkOf(layer);
  if (network !== null) return followNetwork(network, inputs, flows);
  // Without calls to look at, the order of the fields, in which PyTorch's modules stand too.
  let last: Flow = { ...join(inputs), form: null, order: null };
  for (const inner of layer.sublayers) {
    const [after] = step(inner, last, null, inputs, flows);
    last = { ...last, behind: after?.behind ?? last.behind, nearest: after?.nearest ?? last.nearest };
  }
  return [last];
}

function join(flows: readonly Flow[]): Flow {
  const [first = START] = flows;
  const order = flows.find((flow) => flow.order !== null)?.order ?? null;
  const behind = new Set(flows.flatMap((flow) => [...flow.behind]));
  return { form: first.form, order, behind, nearest: [...new Set(flows.flatMap(({ nearest }) => nearest))] };
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

/** Images are maps, whatever comes behind; sequences are, where a layer takes them for one. */
function inputFlow(tensor: KerasTensor, uses: Uses): Flow {
  return { ...START, form: uses.mapFormat(tensor) ?? (tensor.rank > 3 ? 'channels_last' : null) };
}

/** What a layer is given, where it has several inputs too. */
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

/** Notes what a layer is given, and says what it gives. */
function step(
  layer: Layer | Operation,
  flow: Flow,
  call: { readonly node: Node; readonly uses: Uses } | null,
  operands: readonly Flow[],
  flows: Map<Layer, LayerFlow>,
): readonly Flow[] {
  const [input, output] = call === null ? [] : [operandsOf(call.node)[0], call.node.outputs[0]];
  const wanted = output === undefined ? null : (call?.uses.wantedOrder(output) ?? null);
  const { form, order: inputOrder, behind, nearest } = flow;
  if (layer instanceof Operation) {
    if (input === undefined || output === undefined) return [{ ...flow, form: null, order: null }];
    return [{ ...flow, ...formAfter(layer, flow, input, output, wanted, call?.uses ?? null) }];
  }
  const isOuter = layer instanceof Model || (layer.sublayers.length > 0 && !(layer instanceof WeightWrapper));
  if (!flows.has(layer)) flows.set(layer, { form, inputOrder, outputOrder: wanted, behind, nearest });
  if (isOuter) {
    const after = enter(layer, operands.length > 0 ? operands : [flow], flows);
    return after.map((each) => ({ ...each, behind: new Set([...each.behind, layer]) }));
  }
  const after = { behind: new Set([...behind, layer]), nearest: layer.weights.length > 0 ? [layer] : nearest };
  if (input === undefined || output === undefined) return [{ ...after, form: null, order: null }];
  return [{ ...after, ...formAfter(layer, flow, input, output, wanted, call?.uses ?? null) }];
}

/** Where the channels and the features are behind a layer. */
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
  // Something else made a vector of a map: nobody can say in which order.
  const isFlattened = flow.form === 'channels_last' && input.rank > 2 && output.rank === 2;
  const isOfAll = isKnown(map) && output.shape[1] === sizeOf(map) && channelsFirstOrder(map) !== null;
  return { form: null, order: isFlattened && isOfAll ? 'unknown' : null };
}

/** The order of the elements of a map, or of something else, that was made a vector; its second axis may go last before. */
function flattenedOrder(map: KnownShape, form: DataFormat | null, isMoved: boolean): FeatureOrder {
  if (form === 'channels_last') return isMoved ? 'unknown' : channelsFirstOrder(map);
  if (!isMoved) return null;
  const [channels = 1, ...places] = map;
  return form === 'channels_first' ? channelsFirstOrder([...places, channels]) : 'unknown';
}

function innerOf(layer: Layer | Operation): Layer | Operation {
  return layer instanceof WeightWrapper ? layer.layer : layer;
}

/** Where a layer that works on maps has the channels. */
function formatOf(layer: Layer | Operation): DataFormat | null {
  const inner = innerOf(layer);
  if (inner instanceof Flatten || !('dataFormat' in inner)) return null;
  const { dataFormat } = inner as { readonly dataFormat: unknown };
  return dataFormat === 'channels_last' || dataFormat === 'channels_first' ? dataFormat : null;
}

/** Whether each element of the output has the place of the element that it is made of. */
function keepsPlaces(layer: Layer | Operation, input: KerasTensor, output: KerasTensor): boolean {
  const moves = layer instanceof Permute || layer instanceof Reshape || innerOf(layer) instanceof Dense;
  return !moves && sameShape(input.shape, output.shape);
}

/** Who takes the tensors of a network, and for what. */
class Uses {
  readonly #takers = new Map<KerasTensor, Node[]>();

  constructor(network: Network) {
    for (const node of network.levels.flat()) {
      for (const tensor of new Set(operandsOf(node))) {
        this.#takers.set(tensor, [...(this.#takers.get(tensor) ?? []), node]);
      }
    }
  }

  /** Where the layers that take a tensor for a map look for its channels; null if none does. */
  mapFormat(tensor: KerasTensor): DataFormat | null {
    return this.#firstOf(tensor, (node) => {
      const layer = operationOf(node);
      const inner = inside(networkOf(layer), node, tensor);
      return inner === null ? formatOf(layer) : inner[0].mapFormat(inner[1]);
    });
  }

  /** The order of features that those want who make a map of a vector. */
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

  /** The first answer of those who take a tensor, or what layers made of it that keep its places. */
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

/** The calls of a layer that is a model; null for others, and for models with a `call` of their own. */
function networkOf(layer: Layer | Operation): Network | null {
  return layer instanceof Model ? layer.network : null;
}

/** What stands inside a network for a tensor that it is given, and who takes it there. */
function inside(network: Network | null, node: Node, tensor: KerasTensor): readonly [Uses, KerasTensor] | null {
  const input = network?.flatInputs[operandsOf(node).indexOf(tensor)];
  return network === null || input === undefined ? null : [new Uses(network), input];
}
