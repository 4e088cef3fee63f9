import { isRecord } from '../../../core/config.ts';
import type { Shape } from '../../../core/shape.ts';
import { Layer } from '../../layers/base/layer.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { Model } from '../../models/model.ts';
import { type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Fields } from '../../saving/fields.ts';
import type { Drawn } from './model-graph.ts';
import type { DrawingOptions } from './options.ts';

/** The parts of a node in a picture. */
export interface NodeParts {
  /** The name of the layer; null if names are not shown. */
  readonly name: string | null;
  readonly className: string;
  /** The name of the activation; null if it is not shown or there is none. */
  readonly activation: string | null;
  /** The shapes and the dtype, each with its label. */
  readonly columns: readonly (readonly [label: string, value: string])[];
  /** Whether the layer is trainable; null if that is not shown, or it has no weights. */
  readonly trainable: boolean | null;
}

/** The parts of the node of a layer. */
export function nodeParts(layer: Drawn, options: DrawingOptions): NodeParts {
  const { input, output } = tensorsOf(layer);
  const columns: [string, string][] = [];
  if (options.showShapes) {
    if (!(layer instanceof InputLayer)) columns.push(['Input shape', showTree(input, ({ shape }) => tupleOf(shape))]);
    columns.push(['Output shape', showTree(output, ({ shape }) => tupleOf(shape))]);
  }
  if (options.showDtype) columns.push(['Output dtype', showTree(output, ({ dtype }) => dtype, "'")]);
  const hasWeights = layer instanceof Layer && layer.weights.length > 0;
  return {
    name: options.showLayerNames ? layer.name : null,
    className: layer.className,
    activation: options.showLayerActivations ? activationOf(layer) : null,
    columns,
    trainable: options.showTrainable && hasWeights ? layer.trainable : null,
  };
}

interface Tensors {
  readonly input: Tree<KerasTensor> | null;
  readonly output: Tree<KerasTensor> | null;
}

/** The symbolic inputs and outputs of a layer's first call, or of a model itself; null if they are unknown. */
function tensorsOf(layer: Drawn): Tensors {
  if (layer instanceof Model && layer.hasGraph && layer.network !== null) {
    return { input: single(layer.network.inputs), output: single(layer.network.outputs) };
  }
  const [first] = layer.inboundNodes;
  return first === undefined
    ? { input: null, output: null }
    : { input: single(first.inputs), output: single(first.result) };
}

/** A tree, or the tensor in a list of one. */
function single(tree: Tree<KerasTensor>): Tree<KerasTensor> {
  return Array.isArray(tree) && tree.length === 1 ? (tree[0] as Tree<KerasTensor>) : tree;
}

/** A tree as Python prints it: `[(None, 2), (None, 3)]`, or `a: (None, 2), b: (None, 3)` for a record. */
function showTree(tree: Tree<KerasTensor> | null, each: (tensor: KerasTensor) => string, quote = ''): string {
  if (tree === null) return '?';
  if (isKerasTensor(tree)) return each(tree);
  const quoted = (tensor: KerasTensor): string => `${quote}${each(tensor)}${quote}`;
  const inside = (part: Tree<KerasTensor>): string =>
    isKerasTensor(part)
      ? quoted(part)
      : Array.isArray(part)
        ? `[${part.map(inside).join(', ')}]`
        : Object.entries(part)
            .map(([key, value]) => `${key}: ${inside(value)}`)
            .join(', ');
  return inside(tree);
}

/** A shape as Python prints it: `(None, 10)`, `(None,)`. */
function tupleOf(shape: Shape): string {
  const sizes = shape.map((size) => String(size ?? 'None')).join(', ');
  return shape.length === 1 ? `(${sizes},)` : `(${sizes})`;
}

/** The name of a layer's activation, as its config has it; null for a layer without one. */
function activationOf(layer: Drawn): string | null {
  if (!(layer instanceof Layer) || !('activation' in layer)) return null;
  const { activation: field } = (layer.constructor as { readonly fields?: Fields }).fields ?? {};
  const { activation } = layer;
  if (activation === null || activation === undefined) return null;
  const written: unknown = field?.write(activation, layer.who);
  if (typeof written === 'string') return written;
  if (isRecord(written)) return String(written['registered_name'] ?? written['class_name'] ?? written['config']);
  return typeof activation === 'function' ? activation.name : null;
}
