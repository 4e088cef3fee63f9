import type { Config, Json } from '../../../core/config.ts';
import { type Tree, mapTree } from '../../../core/tree.ts';
import { type SymbolicArguments, mapArguments } from '../../ops/base/symbolic-arguments.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { INFERRING, MASKED } from './call-keywords.ts';
import { operationOf } from './call-graph.ts';
import type { Network } from './network.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { Operation } from '../../ops/base/operation.ts';

/**
 * The layers of a network, their calls, and which tensors are inputs and outputs: Keras's JSON.
 *
 * Masks that layers pass on are not written down. Whoever repeats the calls works them out again, here and in Keras, which
 * gives the same outputs. Keras itself writes the functions that make them, NotEqual and Any, and names them as arguments;
 * where a config has these, they are calls like all others, and are written as they were read.
 */
export function networkConfig(network: Network, write: (layer: Layer | Operation, calls: Config) => Config): Config {
  const indexOf = new Map<Node, number>();
  for (const layer of network.operations)
    for (const [i, node] of network.nodesOf(layer).entries()) indexOf.set(node, i);
  const history = ({ node, index }: KerasTensor): Json[] => [node.operation.name, indexOf.get(node) ?? 0, index];
  const writeTensor = (tensor: KerasTensor): Json => ({
    class_name: '__keras_tensor__',
    config: { shape: tensor.shape, dtype: tensor.dtype, keras_history: history(tensor) },
  });
  const writeCall = (node: Node): Json => {
    const { args, kwargs } = mapArguments(node.arguments ?? usualArguments(node), isKerasTensor, writeTensor);
    // All that is no symbolic tensor came from JSON, or goes there.
    return { args, kwargs } as unknown as Json;
  };
  // Keras counts the calls of models from 1 here, though not where they are another call's inputs.
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
    output_layers: places(network.outputs),
  };
}

/** A call that nobody wrote down otherwise: the inputs, and what was said of mode and mask. */
function usualArguments(node: Node): SymbolicArguments {
  const { inputs, mask } = node;
  const { className } = operationOf(node);
  const training = node.training ?? (INFERRING.includes(className) ? false : null);
  const isModel = className === 'Functional' || className === 'Sequential';
  // Keras says that there is no mask, but not where a layer was told the mode.
  const saysMask = mask !== null || (MASKED.includes(className) && (training === null || isModel));
  return {
    args: [inputs],
    kwargs: {
      ...(training !== null && isModel ? { training } : {}),
      ...(saysMask ? { mask: mask ?? maskOf(inputs) } : {}),
      ...(training !== null && !isModel ? { training } : {}),
    },
  };
}

/** No mask, in the form of the inputs. */
function maskOf(inputs: Tree<KerasTensor>): Json {
  return mapTree(inputs, isKerasTensor, () => null as Json);
}
