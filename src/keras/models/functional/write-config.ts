import { writeArrayJson } from '../../../core/array-json.ts';
import type { Config, Json } from '../../../core/config.ts';
import { snakeCase } from '../../../core/names.ts';
import { isTensor } from '../../../core/tensor.ts';
import { type Tree, mapTree, unwrapSingle } from '../../../core/tree.ts';
import { type SymbolicArguments, mapArguments, mapRecord } from '../../ops/base/symbolic-arguments.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { operationOf } from './call-graph.ts';
import type { Network } from './network.ts';
import { Layer } from '../../layers/base/layer.ts';
import type { Operation } from '../../ops/base/operation.ts';

/**
 * Keras's JSON of a network: its layers, their calls, and references to the inputs and outputs.
 *
 * Masks that layers propagate are not written: repeating the calls computes them again, here and in Keras, with the same
 * outputs. Keras itself writes the operations that compute them, NotEqual and Any, and refers to them in arguments; in a
 * config that was read from Keras, these are ordinary calls and are written as they were read.
 */
export function networkConfig(network: Network, write: (layer: Layer | Operation, calls: Config) => Config): Config {
  const indexOf = new Map<Node, number>();
  for (const layer of network.operations)
    for (const [i, node] of network.nodesOf(layer).entries()) indexOf.set(node, i);
  const history = ({ node, index }: KerasTensor): Json[] => [node.operation.name, indexOf.get(node) ?? 0, index];
  const writeTensor = (tensor: KerasTensor): Json => ({
    class_name: '__keras_tensor__',
    config: { shape: tensor.shape, dtype: tensor.typeName, keras_history: history(tensor) },
  });
  const writeCall = (node: Node): Json => {
    const { args, kwargs } = mapArguments(node.arguments ?? usualArguments(node), isKerasTensor, writeTensor);
    // Everything but symbolic tensors is JSON.
    return { args, kwargs } as unknown as Json;
  };
  // Keras counts the calls of models from 1 here, but from 0 in the inputs of another call.
  const place = (tensor: KerasTensor): Json => {
    const [name = '', node, index = 0] = history(tensor);
    return [name, Number(node) + (operationOf(tensor.node).className === 'Functional' ? 1 : 0), index];
  };
  const places = (tensors: Tree<KerasTensor>): Json => mapTree(tensors, isKerasTensor, place);
  return {
    layers: network.operations.map((layer): Json => {
      const calls = network.nodesOf(layer).filter(({ inputs }) => !Array.isArray(inputs) || inputs.length > 0);
      return write(layer, { name: layer.name, inbound_nodes: calls.map(writeCall) });
    }),
    input_layers: places(network.inputs),
    // A call returns the item of a list of one; Keras cannot call another layer on such a list.
    output_layers: places(unwrapSingle(network.outputs, isKerasTensor)),
  };
}

/** The arguments of a call that has none recorded: the inputs, the options, the training mode and the mask. */
function usualArguments(node: Node): SymbolicArguments {
  const { inputs, mask } = node;
  const operation = operationOf(node);
  const { className } = operation;
  const kerasCall = operation instanceof Layer ? (operation.constructor as typeof Layer).kerasCall : {};
  const training = node.training ?? kerasCall.training ?? null;
  const isModel = className === 'Functional' || className === 'Sequential';
  // Keras writes a mask of null, except for a layer whose call fixes the training mode.
  const saysMask = mask !== null || isModel || (kerasCall.mask === true && training === null);
  const named = Object.entries(mapRecord(node.options, isTensor, writeArrayJson));
  return {
    args: kerasCall.inputs !== undefined && Array.isArray(inputs) ? inputs : [inputs],
    kwargs: {
      ...Object.fromEntries(named.map(([name, value]) => [snakeCase(name), value])),
      ...(training !== null && isModel ? { training } : {}),
      ...(saysMask ? { mask: mask ?? maskOf(inputs) } : {}),
      ...(training !== null && !isModel ? { training } : {}),
    },
  };
}

/** Masks of `null`, in the structure of the inputs. */
function maskOf(inputs: Tree<KerasTensor>): Json {
  return mapTree(inputs, isKerasTensor, () => null as Json);
}
