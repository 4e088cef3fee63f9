import { type Config, isRecord, isSerializedObject } from '../../../core/config.ts';
import { InternalError, ValueError, show } from '../../../core/errors.ts';
import { type Tree, unwrapSingle } from '../../../core/tree.ts';
import { mapArguments, tensorsIn } from '../../ops/base/symbolic-arguments.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { Operation } from '../../ops/base/operation.ts';
import { Place, type WrittenCall, isPlace, makeCall, readCalls, readPlace } from './read-calls.ts';

/** The entry of a layer in a config. */
export interface LayerEntry {
  readonly class_name: string;
  readonly config: Config;
}

/** The symbolic inputs and outputs that a config describes. */
export interface ReadNetwork {
  readonly inputs: Tree<KerasTensor>;
  readonly outputs: Tree<KerasTensor>;
}

/** A call whose inputs may not exist yet. */
interface Call extends WrittenCall {
  readonly layer: Layer | Operation;
}

/**
 * Makes the layers of Keras's JSON and repeats their calls. Accepts the form of Keras 3 and that of Keras 2, where a call is
 * a list of `[layer, call, output, arguments]`.
 *
 * @throws ValueError if the config is malformed, refers to a missing layer, or its calls form a cycle.
 */
export function readNetwork(who: string, config: Config, read: (entry: LayerEntry) => Layer | Operation): ReadNetwork {
  return new Reader(who).read(config, read);
}

class Reader {
  readonly #who: string;
  readonly #layers = new Map<string, Layer | Operation>();
  /** The number of calls of each layer that are in the older format. */
  readonly #oldCalls = new Map<Layer | Operation, number>();
  /** The models whose calls are counted from 1 in references of the older format. */
  readonly #countedFromOne = new Set<Layer | Operation>();
  /** The outputs of each layer's calls so far. */
  readonly #made = new Map<Layer | Operation, (readonly KerasTensor[])[]>();

  constructor(who: string) {
    this.#who = who;
  }

  read(config: Config, read: (entry: LayerEntry) => Layer | Operation): ReadNetwork {
    const { layers, input_layers: inputs, output_layers: outputs } = config;
    if (!Array.isArray(layers) || !layers.every(isSerializedObject) || inputs === undefined || outputs === undefined) {
      throw new ValueError(
        `[${this.#who}] a config must have a list of layers, input_layers and output_layers. Received: ${show(config)}.`,
      );
    }
    const entries = layers as readonly LayerEntry[];
    for (const entry of entries) this.#add(nameOf(entry), read(entry));
    this.#repeat(
      this.#withPlaces(
        entries.flatMap((entry) => this.#callsOf(entry)),
        outputs,
      ),
    );
    // Keras 2 writes a single input or output as a list of one.
    const unwrap = (tensors: Tree<KerasTensor>): Tree<KerasTensor> =>
      this.#oldCalls.size > 0 ? unwrapSingle(tensors, isKerasTensor) : tensors;
    return { inputs: unwrap(this.#tensors(inputs)), outputs: unwrap(this.#tensors(outputs)) };
  }

  #add(name: string, layer: Layer | Operation): void {
    if (this.#layers.has(name)) {
      throw new ValueError(
        `[${this.#who}] the layers of a config must have different names. Received: a second layer named ${show(name)}.`,
      );
    }
    this.#layers.set(name, layer);
    this.#made.set(layer, layer instanceof InputLayer ? [[layer.output]] : []);
  }

  #layer(name: string): Layer | Operation {
    const found = this.#layers.get(name);
    if (found !== undefined) return found;
    throw new ValueError(
      `[${this.#who}] the layers of a config must be called on each other. Received: a reference to ${show(name)}, which is not among the layers.`,
    );
  }

  #callsOf(entry: LayerEntry): readonly Call[] {
    const layer = this.#layer(nameOf(entry));
    const nodes: unknown = 'inbound_nodes' in entry ? entry.inbound_nodes : [];
    return readCalls(this.#who, layer, nodes).map((call) => ({ layer, ...call }));
  }

  /**
   * The calls with references that count the calls of every layer from 0. Keras 2 counts those of a model from 1, since such
   * a model has a call of its own that connects its inputs with its outputs, but those of a Sequential model without an input
   * shape from 0. Every call in a config is referred to, so a reference to the call after the last shows the difference.
   */
  #withPlaces(calls: readonly Call[], outputs: unknown): readonly Call[] {
    const old = calls.filter(({ isOld }) => isOld);
    const references = [...old.flatMap(({ form }) => tensorsIn(form, isPlace)), ...placesIn(outputs)];
    for (const { layer } of old) this.#oldCalls.set(layer, (this.#oldCalls.get(layer) ?? 0) + 1);
    for (const place of references) {
      const layer = this.#layer(place.layer);
      if (place.call >= (this.#oldCalls.get(layer) ?? Infinity)) this.#countedFromOne.add(layer);
    }
    return calls.map((call) =>
      call.isOld ? { ...call, form: mapArguments(call.form, isPlace, this.#counted) } : call,
    );
  }

  readonly #counted = (place: Place): Place =>
    new Place(place.layer, place.call - (this.#countedFromOne.has(this.#layer(place.layer)) ? 1 : 0), place.output);

  /** Repeats calls as soon as their inputs exist, those of one layer in order, until none is left. */
  #repeat(calls: readonly Call[]): void {
    for (const { form } of calls) for (const place of tensorsIn(form, isPlace)) this.#layer(place.layer);
    let waiting = calls;
    while (waiting.length > 0) {
      const blocked = new Set<Layer | Operation>();
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
      `[${this.#who}] the layers of a config must not depend on each other in a cycle. Received: a cycle, or calls that are never made, at ${show(names)}.`,
    );
  }

  #make({ layer, form, isOld }: Call): boolean {
    const found = new Map<Place, KerasTensor>();
    for (const place of tensorsIn(form, isPlace)) {
      const tensor = this.#at(place);
      if (tensor === undefined) return false;
      found.set(place, tensor);
    }
    const filled = mapArguments(form, isPlace, (place) => found.get(place) ?? this.#missing(place));
    this.#made.get(layer)?.push(makeCall(this.#who, layer, filled, isOld));
    return true;
  }

  #at({ layer, call, output }: Place): KerasTensor | undefined {
    return this.#made.get(this.#layer(layer))?.[call]?.[output];
  }

  #missing({ layer }: Place): never {
    throw new InternalError(`the outputs of ${layer} were not made.`);
  }

  /** A reference of `output_layers`, counted from 0: Keras 3 counts the calls of functional models from 1 there. */
  #atOutputs(place: Place): Place {
    const layer = this.#layer(place.layer);
    if (this.#oldCalls.has(layer) || layer.className !== 'Functional') return this.#counted(place);
    return new Place(place.layer, place.call - 1, place.output);
  }

  /** Reads `input_layers` or `output_layers`: a reference, or lists and records of references. */
  #tensors(value: unknown): Tree<KerasTensor> {
    const place = readPlace(value);
    if (place !== null) {
      const found = this.#at(this.#atOutputs(place));
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

/** The references in `output_layers`. */
function placesIn(value: unknown): readonly Place[] {
  const place = readPlace(value);
  if (place !== null) return [place];
  return typeof value === 'object' && value !== null ? Object.values<unknown>({ ...value }).flatMap(placesIn) : [];
}

function nameOf(entry: LayerEntry): string {
  const name: unknown = 'name' in entry ? entry.name : entry.config['name'];
  return typeof name === 'string' ? name : '';
}
