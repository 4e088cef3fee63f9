import type { Config, Json } from '../../core/config.ts';
import { type Tree, mapTree } from '../../core/tree.ts';
import { type KerasTensor, type LayerNode, isKerasTensor } from '../../layers/keras-tensor.ts';
import { layerOf } from './graph.ts';
import type { Network } from './network.ts';
import type { Layer } from '../../layers/layer.ts';

/** The classes whose `call` has an argument `mask` in Keras; it writes the argument down, though it is null. */
const MASKED = ['BatchNormalization', 'SyncBatchNormalization', 'Softmax', 'Sequential', 'Functional'];

/** The layers of a network, their calls, and which tensors are inputs and outputs: Keras's JSON. */
export function networkConfig(network: Network, write: (layer: Layer) => object): Config {
  const indexOf = new Map<LayerNode, number>();
  for (const layer of network.layers) for (const [i, node] of network.nodesOf(layer).entries()) indexOf.set(node, i);
  const history = ({ node, index }: KerasTensor): Json[] => [node.layer.name, indexOf.get(node) ?? 0, index];
  const writeTensor = (tensor: KerasTensor): Json => ({
    class_name: '__keras_tensor__',
    config: { shape: tensor.shape, dtype: tensor.dtype, keras_history: history(tensor) },
  });
  const writeCall = (node: LayerNode): Json => ({
    args: [mapTree(node.inputs, isKerasTensor, writeTensor)],
    kwargs: keywords(node),
  });
  // Keras counts the calls of models from 1 here, though not where they are another call's inputs.
  const place = (tensor: KerasTensor): Json => {
    const [name = '', node, index = 0] = history(tensor);
    return [name, Number(node) + (layerOf(tensor.node).className === 'Functional' ? 1 : 0), index];
  };
  const places = (tensors: Tree<KerasTensor>): Json => mapTree(tensors, isKerasTensor, place);
  return {
    layers: network.layers.map((layer): Json => {
      const calls = network.nodesOf(layer).filter(({ inputs }) => !Array.isArray(inputs) || inputs.length > 0);
      return { ...(write(layer) as Config), name: layer.name, inbound_nodes: calls.map(writeCall) };
    }),
    input_layers: places(network.inputs),
    output_layers: places(network.outputs),
  };
}

function keywords(node: LayerNode): Json {
  if (node.training !== null) return { training: node.training };
  return MASKED.includes(layerOf(node).className) ? { mask: maskOf(node.inputs) } : {};
}

/** No mask, in the form of the inputs. */
function maskOf(inputs: Tree<KerasTensor>): Json {
  return mapTree(inputs, isKerasTensor, () => null as Json);
}
