import { ValueError, show } from '../../../core/errors.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { tensorsOf } from '../../ops/base/symbolic-arguments.ts';
import { flatten } from '../../../core/tree.ts';
import { Layer } from '../../layers/base/layer.ts';
import { Operation } from '../../ops/base/operation.ts';
import { sortKeys } from './structure.ts';

/** The calls of layers between inputs and outputs, in order. */
export interface CallGraph {
  /** The calls grouped by their distance from the outputs, in decreasing order, in which they can be repeated. */
  readonly levels: readonly (readonly Node[])[];
  /** The layers and operations in Keras's order: by distance, then in the order in which a walk from the outputs meets them. */
  readonly operations: readonly (Layer | Operation)[];
}

/** The layer or operation of a call. */
export function operationOf({ operation }: Node): Layer | Operation {
  if (operation instanceof Layer || operation instanceof Operation) return operation;
  throw new TypeError(`[Model] a symbolic tensor must come from a layer. Received: one from ${show(operation.name)}.`);
}

/** The layer of a call of a layer. */
export function layerOf(node: Node): Layer {
  if (node.operation instanceof Layer) return node.operation;
  throw new TypeError(
    `[Model] a symbolic tensor must come from a layer. Received: one from ${show(node.operation.name)}.`,
  );
}

/** The symbolic arguments of a call in Keras's order, with masks last. */
export function operandsOf(node: Node): readonly KerasTensor[] {
  const masks = [node.mask].flat().filter((mask) => mask !== null);
  const inputs = flatten(sortKeys(node.inputs, isKerasTensor), isKerasTensor);
  return [...inputs, ...tensorsOf(node.options, isKerasTensor), ...masks];
}

const isInputNode = (node: Node): boolean => node.operation instanceof InputLayer;

/**
 * Finds the calls between the inputs and the outputs, and sorts them in Keras's order, which determines the order of weights,
 * summaries and updates of shared layers.
 *
 * @throws ValueError if the outputs need an Input that is not among the inputs.
 */
export function mapGraph(who: string, inputs: readonly KerasTensor[], outputs: readonly KerasTensor[]): CallGraph {
  const { nodes, firstMet } = walk(who, inputs, outputs);
  const inGraph = new Set(nodes);
  const depths = new Map<Node, number>();
  const layerDepths = new Map<Layer | Operation, number>();
  for (const node of [...nodes].reverse()) {
    const layer = operationOf(node);
    // The depth of a shared layer is the maximum depth of its calls.
    const depth = Math.max(depths.get(node) ?? 0, layerDepths.get(layer) ?? 0);
    layerDepths.set(layer, depth);
    depths.set(node, depth);
    for (const { node: parent } of operandsOf(node)) {
      if (inGraph.has(parent)) depths.set(parent, Math.max(depth + 1, depths.get(parent) ?? 0));
    }
  }
  // Inputs that no output depends on are still fed.
  for (const { node } of inputs) {
    const layer = operationOf(node);
    if (layerDepths.has(layer) || !isInputNode(node)) continue;
    layerDepths.set(layer, 0);
    firstMet.set(layer, -1);
    depths.set(node, 0);
  }
  const order = (layer: Layer | Operation): number => firstMet.get(layer) ?? 0;
  return {
    levels: byDepth(depths),
    operations: byDepth(layerDepths).flatMap((level) => [...level].sort((a, b) => order(a) - order(b))),
  };
}

/** The calls that the outputs depend on, in topological order. */
function walk(
  who: string,
  inputs: readonly KerasTensor[],
  outputs: readonly KerasTensor[],
): { nodes: readonly Node[]; firstMet: Map<Layer | Operation, number> } {
  const given = new Set(inputs);
  const finished = new Set<Node>();
  const nodes: Node[] = [];
  const firstMet = new Map<Layer | Operation, number>();
  /** The calls on the way from an output, each with the operands that are still to be visited. */
  const path: { readonly node: Node; readonly operands: Iterator<KerasTensor> }[] = [];
  const enter = (tensor: KerasTensor): void => {
    const { node } = tensor;
    const isGiven = given.has(tensor);
    if (isInputNode(node) && !isGiven) {
      const user = path.at(-1);
      throw disconnected(who, inputs, tensor, user === undefined ? 'an output' : operationOf(user.node).who);
    }
    if (finished.has(node) || (isGiven && !isInputNode(node))) return;
    const layer = operationOf(node);
    if (!firstMet.has(layer)) firstMet.set(layer, firstMet.size);
    path.push({ node, operands: operandsOf(node).values() });
  };
  for (const output of outputs) {
    enter(output);
    // An own stack: chains of calls can be longer than the stack of the engine is deep.
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const operand = last.operands.next();
      if (operand.done !== true) enter(operand.value);
      else {
        path.pop();
        finished.add(last.node);
        nodes.push(last.node);
      }
    }
  }
  return { nodes, firstMet };
}

function disconnected(who: string, inputs: readonly KerasTensor[], missing: KerasTensor, user: string): ValueError {
  const names = inputs.map(({ name }) => name);
  return new ValueError(
    `[${who}] the outputs must be computed from the inputs alone. Received: inputs=${JSON.stringify(names)}, while ${user} needs the Input ${JSON.stringify(missing.name)}. Add it to the inputs.`,
  );
}

/** The keys grouped by depth, in decreasing order, each group in the order of the map. */
function byDepth<T>(depths: ReadonlyMap<T, number>): T[][] {
  const levels: T[][] = [];
  for (const [item, depth] of depths) (levels[depth] ??= []).push(item);
  return levels.filter((level) => level.length > 0).reverse();
}
