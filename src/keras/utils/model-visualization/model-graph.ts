import { Model } from '../../models/model.ts';
import { Sequential } from '../../models/sequential.ts';
import { operandsOf } from '../../models/functional/call-graph.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Operation } from '../../ops/base/operation.ts';

/** A layer, a model that is drawn as a layer, or an operation between layers. */
export type Drawn = Layer | Operation;

/** A layer in a picture. */
export interface GraphNode {
  /** The names of the models around it and its own: `outer/inner/dense`. */
  readonly id: string;
  readonly layer: Drawn;
}

/** A model in a picture: the parts of a nested one are in a frame. */
export interface ModelGraph {
  readonly id: string;
  readonly name: string;
  readonly parts: readonly (GraphNode | ModelGraph)[];
  /** The edges between layers of which one at least is no part of a nested model, as pairs of ids. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** Whether a part is a nested model. */
export const isNested = (part: GraphNode | ModelGraph): part is ModelGraph => 'parts' in part;

/** The layers of a model and the flow of data between them, as Keras's `model_to_dot` finds them. */
export function modelGraph(model: Model, expandNested: boolean): ModelGraph {
  return new GraphMaker(expandNested).graphOf(model, model.name);
}

class GraphMaker {
  readonly #expandNested: boolean;
  /** The ids of the layers that have been met; a layer that several models share is drawn once. */
  readonly #ids = new Map<Drawn, string>();
  readonly #taken = new Set<string>();

  constructor(expandNested: boolean) {
    this.#expandNested = expandNested;
  }

  graphOf(model: Model, path: string): ModelGraph {
    const { id, name } = { id: this.#unique(path), name: model.name };
    // A model whose class defines `call` is one node.
    if (!model.hasGraph) return { id, name, parts: [{ id: this.#idOf(model, path), layer: model }], edges: [] };
    const layers = layersOf(model);
    const parts = layers.map((layer) => {
      const inside = `${path}/${layer.name}`;
      return this.#isExpanded(layer) ? this.graphOf(layer, inside) : { id: this.#idOf(layer, inside), layer };
    });
    const edges = new Map<string, readonly [string, string]>();
    for (const [source, target] of this.#flow(model, layers)) {
      const edge = [this.#ids.get(source) ?? '', this.#ids.get(target) ?? ''] as const;
      edges.set(edge.join('\n'), edge);
    }
    return { id, name, parts, edges: [...edges.values()] };
  }

  /** The pairs of layers of which the second reads a result of the first. */
  *#flow(model: Model, layers: readonly Drawn[]): Generator<readonly [Drawn, Drawn]> {
    if (model instanceof Sequential) {
      for (const [i, layer] of layers.slice(1).entries()) {
        const before = layers[i];
        if (before !== undefined) yield [this.#sourceOf(before, 0), this.#targetOf(layer, 0)];
      }
      return;
    }
    const { network } = model;
    for (const layer of layers) {
      for (const node of network?.nodesOf(layer) ?? []) {
        for (const [i, tensor] of operandsOf(node).entries()) {
          yield [this.#sourceOf(producerOf(tensor), tensor.index), this.#targetOf(layer, i)];
        }
      }
    }
  }

  /** The layer that makes an output of a layer, which may be inside of it. */
  #sourceOf(layer: Drawn, output: number): Drawn {
    if (!this.#isExpanded(layer)) return layer;
    if (layer instanceof Sequential) {
      const last = layer.layers.at(-1);
      return last === undefined ? layer : this.#sourceOf(last, output);
    }
    const tensor = layer.outputs[output];
    return tensor === undefined ? layer : this.#sourceOf(producerOf(tensor), tensor.index);
  }

  /** The layer that reads an input of a layer, which may be inside of it. */
  #targetOf(layer: Drawn, input: number): Drawn {
    if (!this.#isExpanded(layer)) return layer;
    const inside = layer instanceof Sequential ? layer.layers[0] : producerOf(layer.inputs[input]);
    return inside === undefined ? layer : this.#targetOf(inside, input);
  }

  #isExpanded(layer: Drawn): layer is Model {
    return this.#expandNested && layer instanceof Model && layer.hasGraph;
  }

  #idOf(layer: Drawn, path: string): string {
    const known = this.#ids.get(layer);
    if (known !== undefined) return known;
    const id = this.#unique(path);
    this.#ids.set(layer, id);
    return id;
  }

  #unique(path: string): string {
    let id = path;
    for (let i = 1; this.#taken.has(id); i++) id = `${path}_${i}`;
    this.#taken.add(id);
    return id;
  }
}

const layersOf = (model: Model): readonly Drawn[] =>
  model instanceof Sequential ? model.layers : (model.network?.operations ?? model.layers);

function producerOf(tensor: KerasTensor): Drawn;
function producerOf(tensor: KerasTensor | undefined): Drawn | undefined;
function producerOf(tensor: KerasTensor | undefined): Drawn | undefined {
  return tensor?.node.operation as Drawn | undefined;
}
