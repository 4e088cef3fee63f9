import { type Config, isRecord, isSerializedObject } from '../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { type KerasTensor, isKerasTensor } from '../../layers/keras-tensor.ts';
import type { Layer } from '../../layers/layer.ts';
import { unwrapSingle } from './structure.ts';

/** A layer of a config. */
export interface LayerEntry {
  readonly class_name: string;
  readonly config: Config;
}

/** The symbolic inputs and outputs that a config describes. */
export interface ReadNetwork {
  readonly inputs: Tree<KerasTensor>;
  readonly outputs: Tree<KerasTensor>;
}

/** A place in the network: a layer's name, which of its calls, and which of the call's outputs. */
type Place = readonly [layer: string, call: number, output: number];

/** One call that waits for its inputs. */
interface Call {
  readonly layer: Layer;
  readonly inputs: Tree<Place>;
  readonly training: boolean | null;
}

const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) &&
  value.length >= 3 &&
  typeof value[0] === 'string' &&
  typeof value[1] === 'number' &&
  typeof value[2] === 'number';

/**
 * Makes the layers of Keras's JSON, and repeats their calls. Takes the form of Keras 3 and the older one, where a call is
 * a list of `[layer, call, output, arguments]`.
 *
 * @throws ValueError if the config is malformed, names a layer that it does not have, or its calls wait for each other.
 */
export function readNetwork(who: string, config: Config, read: (entry: LayerEntry) => Layer): ReadNetwork {
  return new Reader(who).read(config, read);
}

class Reader {
  readonly #who: string;
  readonly #layers = new Map<string, Layer>();
  /** The outputs of each layer's calls so far. */
  readonly #made = new Map<Layer, (readonly KerasTensor[])[]>();

  constructor(who: string) {
    this.#who = who;
  }

  read(config: Config, read: (entry: LayerEntry) => Layer): ReadNetwork {
    const { layers, input_layers: inputs, output_layers: outputs } = config;
    if (!Array.isArray(layers) || !layers.every(isSerializedObject) || inputs === undefined || outputs === undefined) {
      throw new ValueError(
        `[${this.#who}] a config must have a list of layers, input_layers and output_layers. Received: ${show(config)}.`,
      );
    }
    const entries = layers as readonly LayerEntry[];
    for (const entry of entries) this.#add(nameOf(entry), read(entry));
    this.#repeat(entries.flatMap((entry) => this.#callsOf(entry)));
    return { inputs: this.#tensors(inputs), outputs: this.#tensors(outputs) };
  }

  #add(name: string, layer: Layer): void {
    if (this.#layers.has(name)) {
      throw new ValueError(
        `[${this.#who}] the layers of a config must have different names. Received: a second layer named ${show(name)}.`,
      );
    }
    this.#layers.set(name, layer);
    this.#made.set(layer, layer instanceof InputLayer ? [[layer.output]] : []);
  }

  #layer(name: string): Layer {
    const found = this.#layers.get(name);
    if (found !== undefined) return found;
    throw new ValueError(
      `[${this.#who}] the layers of a config must be called on each other. Received: a reference to ${show(name)}, which is not among the layers.`,
    );
  }

  #callsOf(entry: LayerEntry): Call[] {
    const nodes: unknown = 'inbound_nodes' in entry ? entry.inbound_nodes : [];
    const layer = this.#layer(nameOf(entry));
    if (!Array.isArray(nodes)) throw this.#malformed(layer, nodes);
    return nodes.map((node: unknown) => this.#call(layer, node));
  }

  #call(layer: Layer, node: unknown): Call {
    if (Array.isArray(node)) {
      const places = node.filter(isPlace);
      if (places.length === 0 || places.length < node.length) throw this.#malformed(layer, node);
      const keywords: unknown = (places[0] as readonly unknown[] | undefined)?.[3] ?? {};
      return { layer, inputs: unwrapSingle<Place>(places, isPlace), training: this.#training(layer, keywords) };
    }
    if (!isRecord(node) || !Array.isArray(node['args'])) throw this.#malformed(layer, node);
    const [inputs, ...others] = node['args'] as readonly unknown[];
    if (others.length > 0) {
      throw new NotImplementedError(
        `[${this.#who}] ${layer.who} can only be called on one argument, which may be a list. Received: ${others.length + 1} arguments in its config.`,
      );
    }
    return { layer, inputs: this.#places(layer, inputs), training: this.#training(layer, node['kwargs'] ?? {}) };
  }

  #places(layer: Layer, value: unknown): Tree<Place> {
    if (isSerializedObject(value) && value.class_name === '__keras_tensor__') {
      const place: unknown = value.config['keras_history'];
      if (isPlace(place)) return place;
    } else if (Array.isArray(value) && value.length > 0) {
      return value.map((entry: unknown) => this.#places(layer, entry));
    } else if (isRecord(value) && Object.keys(value).length > 0 && !isSerializedObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.#places(layer, entry)]));
    }
    throw this.#malformed(layer, value);
  }

  #training(layer: Layer, keywords: unknown): boolean | null {
    if (!isRecord(keywords)) throw this.#malformed(layer, keywords);
    for (const [name, value] of Object.entries(keywords)) {
      // Masks find their way along the calls.
      if (name === 'mask' || value === null || (name === 'training' && typeof value === 'boolean')) continue;
      throw new NotImplementedError(
        `[${this.#who}] ${layer.who} can only be called with training and mask. Received: ${name}=${show(value)} in its config.`,
      );
    }
    return typeof keywords['training'] === 'boolean' ? keywords['training'] : null;
  }

  #malformed(layer: Layer, value: unknown): ValueError {
    return new ValueError(
      `[${this.#who}] the inbound_nodes of ${layer.who} must be calls on symbolic tensors. Received: ${show(value)}.`,
    );
  }

  /** Makes the calls whose inputs are there, until none is left; those of one layer in their order. */
  #repeat(calls: readonly Call[]): void {
    for (const { inputs } of calls) for (const [name] of flatten(inputs, isPlace)) this.#layer(name);
    let waiting = calls;
    while (waiting.length > 0) {
      const blocked = new Set<Layer>();
      const left = waiting.filter((call) => {
        if (!blocked.has(call.layer) && this.#make(call)) return false;
        blocked.add(call.layer);
        return true;
      });
      if (left.length === waiting.length) throw this.#stuck(left);
      waiting = left;
    }
  }

  #stuck(left: readonly Call[]): ValueError {
    const names = [...new Set(left.map(({ layer }) => layer.name))];
    return new ValueError(
      `[${this.#who}] the layers of a config must not wait for each other. Received: a cycle, or calls that are never made, at ${show(names)}.`,
    );
  }

  #make({ layer, inputs, training }: Call): boolean {
    const found = mapPlaces(inputs, ([name, call, output]) => this.#made.get(this.#layer(name))?.[call]?.[output]);
    if (found === null) return false;
    const outputs: Tree<KerasTensor> = layer.apply(found as KerasTensor, { training });
    this.#made.get(layer)?.push(flatten(outputs, isKerasTensor));
    return true;
  }

  /** `input_layers` or `output_layers`: a place, or lists and records of places. */
  #tensors(value: unknown): Tree<KerasTensor> {
    if (isPlace(value)) {
      const [name, call, output] = value;
      const layer = this.#layer(name);
      // Keras counts the calls of models from 1 here.
      const found = this.#made.get(layer)?.[layer.className === 'Functional' ? call - 1 : call]?.[output];
      if (found !== undefined) return found;
    } else if (Array.isArray(value)) {
      return value.map((entry: unknown) => this.#tensors(entry));
    } else if (isRecord(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.#tensors(entry)]));
    }
    throw new ValueError(
      `[${this.#who}] input_layers and output_layers must be [layer, call, output] of calls in the config. Received: ${show(value)}.`,
    );
  }
}

function nameOf(entry: LayerEntry): string {
  const name: unknown = 'name' in entry ? entry.name : entry.config['name'];
  return typeof name === 'string' ? name : '';
}

/** The tree of what the places hold; null if one of them holds nothing yet. */
function mapPlaces(tree: Tree<Place>, find: (place: Place) => KerasTensor | undefined): Tree<KerasTensor> | null {
  if (isPlace(tree)) return find(tree) ?? null;
  const entries = Object.entries(tree as { readonly [key: string]: Tree<Place> }).map(
    ([key, child]) => [key, mapPlaces(child, find)] as const,
  );
  if (entries.some(([, found]) => found === null)) return null;
  const found = Object.fromEntries(entries) as { readonly [key: string]: Tree<KerasTensor> };
  return Array.isArray(tree) ? Object.values(found) : found;
}
