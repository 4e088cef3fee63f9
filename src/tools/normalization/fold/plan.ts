import type { KerasTensor, Node } from '../../../keras/ops/base/keras-tensor.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { Operation } from '../../../keras/ops/base/operation.ts';
import { SyncBatchNormalization } from '../../../keras/layers/normalization/sync-batch-normalization.ts';
import { operandsOf, operationOf } from '../../../keras/models/functional/call-graph.ts';
import type { Network } from '../../../keras/models/functional/network.ts';
import { type ChannelMap, mapOf } from './channel-map.ts';
import { OpenKernel } from './open-kernel.ts';
import { type Passage, passBackward, passForward } from './passage.ts';

/** A normalization that is merged into another layer. */
export interface MergedNormalization {
  readonly normalization: string;
  /** The layer whose weights include it. */
  readonly into: string;
  /** The position of that layer relative to the normalization. */
  readonly where: 'before' | 'after';
}

/** A normalization that is kept. */
export interface LeftNormalization {
  readonly normalization: string;
  readonly reason: string;
}

/** The plan of folding for a functional graph. */
export interface FoldPlan {
  readonly merged: readonly MergedNormalization[];
  readonly left: readonly LeftNormalization[];
  /** The layers with new weights. */
  readonly kernels: ReadonlyMap<Layer, OpenKernel>;
  /** The calls to remove: their output is their input. */
  readonly removed: ReadonlySet<Node>;
  /** For each layer with new weights, the chain of calls that it replaces, including its own. */
  readonly chains: ReadonlyMap<Layer, readonly Node[]>;
}

function isBatchNormalization(layer: Layer): layer is BatchNormalization {
  return layer.constructor === BatchNormalization || layer.constructor === SyncBatchNormalization;
}

/** Finds the layer to merge each normalization into: a preceding one, otherwise a following one. */
export function planFold(network: Network): FoldPlan {
  const nodes = network.levels.flat();
  const planner = new Planner(nodes, network.flatOutputs);
  for (const node of nodes) planner.consider(node);
  return planner;
}

/** The layer to merge into with the chain of calls up to it, in topological order; or the reason why there is none. */
type Attempt = { readonly into: OpenKernel; readonly way: readonly Node[] } | { readonly reason: string };

class Planner implements FoldPlan {
  readonly merged: MergedNormalization[] = [];
  readonly left: LeftNormalization[] = [];
  readonly kernels = new Map<Layer, OpenKernel>();
  readonly removed = new Set<Node>();
  readonly chains = new Map<Layer, readonly Node[]>();
  readonly #users = new Map<KerasTensor, Node[]>();
  readonly #calls = new Map<Layer | Operation, number>();
  readonly #outputs: ReadonlySet<KerasTensor>;

  constructor(nodes: readonly Node[], outputs: readonly KerasTensor[]) {
    this.#outputs = new Set(outputs);
    for (const node of nodes) {
      this.#calls.set(operationOf(node), (this.#calls.get(operationOf(node)) ?? 0) + 1);
      for (const tensor of operandsOf(node)) this.#users.set(tensor, [...(this.#users.get(tensor) ?? []), node]);
    }
  }

  consider(node: Node): void {
    const layer = operationOf(node);
    if (layer instanceof Operation || !isBatchNormalization(layer)) return;
    const reason = this.#fold(node, layer);
    const { name } = layer;
    if (reason === null || this.left.some(({ normalization }) => normalization === name)) return;
    this.left.push({ normalization: name, reason });
  }

  /** Merges a normalization into an adjacent layer; returns the reason if there is none, otherwise null. */
  #fold(node: Node, layer: BatchNormalization): string | null {
    if (this.#isShared(layer)) return 'it is called several times';
    if (node.training === true) return 'it is called with training: true, and uses batch statistics';
    const [input] = operandsOf(node);
    const map = input === undefined ? null : mapOf(layer, input.shape);
    if (map === null) return 'it normalizes over several axes';
    if (![...map.scale, ...map.offset].every(Number.isFinite)) return 'its statistics are not finite';
    const before = this.#before(node, map);
    if ('into' in before) {
      this.#merge(node, before, 'before');
      return null;
    }
    const after = this.#after(node, map);
    if (!('into' in after)) return `${before.reason}; ${after.reason}`;
    this.#merge(node, after, 'after');
    return null;
  }

  #merge(node: Node, { into, way }: Extract<Attempt, { into: OpenKernel }>, where: 'before' | 'after'): void {
    const { layer } = into;
    this.kernels.set(layer, into);
    this.removed.add(node);
    this.merged.push({ normalization: operationOf(node).name, into: layer.name, where });
    const known = this.chains.get(layer) ?? [];
    const chain = where === 'before' ? [...known, ...way] : [...way, ...known];
    this.chains.set(layer, [...new Set(chain)]);
  }

  /** Searches toward the inputs for a kernel, and multiplies the map into it. */
  #before(from: Node, map: ChannelMap): Attempt {
    let [tensor] = operandsOf(from);
    let current = map;
    let way: readonly Node[] = [from];
    while (tensor !== undefined) {
      const { node } = tensor;
      way = [node, ...way];
      const layer = operationOf(node);
      if (this.#isNeededElsewhere(tensor)) return { reason: `the result of ${layer.who} has other users` };
      if (this.#isShared(layer)) return { reason: `${layer.who} before it is called several times` };
      const kernel = this.#kernelOf(layer);
      if (kernel !== null) {
        if (kernel.hasActivation) return { reason: `${layer.who} before it has an activation` };
        if (kernel.outputAxis(tensor.rank) !== current.axis) {
          return { reason: `its axis is not that of the channels of ${layer.who}` };
        }
        kernel.scaleOutputs(current.scale, current.offset);
        return { into: kernel, way };
      }
      const [input, ...others] = operandsOf(node);
      if (input === undefined || others.length > 0) return { reason: `no layer before it can hold it` };
      if (node.training === true) return { reason: trains(layer) };
      if (layer instanceof Operation) return { reason: doesNotPass(layer) };
      const passed: Passage = this.removed.has(node) ? current : passBackward(layer, current, input.shape);
      if ('reason' in passed) return passed;
      [tensor, current] = [input, passed];
    }
    return { reason: 'no layer before it can hold it' };
  }

  /** Searches toward the outputs for a kernel, and multiplies the map into it. */
  #after(from: Node, map: ChannelMap): Attempt {
    let [tensor] = from.outputs;
    let current = map;
    let way: readonly Node[] = [from];
    while (tensor !== undefined) {
      const [user, ...others] = this.#users.get(tensor) ?? [];
      if (user === undefined || others.length > 0 || this.#outputs.has(tensor)) {
        return { reason: 'it is not followed by a single layer' };
      }
      const layer = operationOf(user);
      way = [...way, user];
      if (this.#isShared(layer)) return { reason: `${layer.who} after it is called several times` };
      const kernel = this.#kernelOf(layer);
      if (kernel !== null) return takeInputs(kernel, current, tensor.rank, way);
      const [output] = user.outputs;
      if (operandsOf(user).length > 1) return { reason: doesNotPass(layer) };
      if (user.training === true) return { reason: trains(layer) };
      if (layer instanceof Operation) return { reason: doesNotPass(layer) };
      const passed = passForward(layer, current, tensor.shape);
      if ('reason' in passed) return passed;
      [tensor, current] = [output, passed];
    }
    return { reason: 'no layer after it can hold it' };
  }

  #kernelOf(layer: Layer | Operation): OpenKernel | null {
    return layer instanceof Operation ? null : (this.kernels.get(layer) ?? OpenKernel.open(layer));
  }

  #isNeededElsewhere(tensor: KerasTensor): boolean {
    return this.#outputs.has(tensor) || (this.#users.get(tensor)?.length ?? 0) > 1;
  }

  #isShared(layer: Layer | Operation): boolean {
    return (this.#calls.get(layer) ?? 0) > 1;
  }
}

const doesNotPass = ({ who }: Layer | Operation): string => `it does not pass ${who}`;

/** The reason for a layer, such as dropout, that is inactive only in inference. */
function trains({ who }: Layer | Operation): string {
  return `${who} is called with training: true`;
}

function takeInputs(kernel: OpenKernel, map: ChannelMap, rank: number, way: readonly Node[]): Attempt {
  const { layer } = kernel;
  if (kernel.outputAxis(rank) !== map.axis) return { reason: `its axis is not that of the channels of ${layer.who}` };
  if (kernel.pads && map.offset.some((entry) => entry !== 0)) {
    return { reason: `${layer.who} after it pads with zeros, to which the offset does not apply` };
  }
  kernel.scaleInputs(map.scale, map.offset);
  return { into: kernel, way };
}
