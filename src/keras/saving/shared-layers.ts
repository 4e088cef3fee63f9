import { type Config, type Json, isRecord, isSerializedObject } from '../../core/config.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import type { Layer } from '../layers/base/layer.ts';

/** Which layer a config was written from: one layer's configs are equal, but of two layers they may be, too. */
const layersOf = new WeakMap<object, Layer>();

/** Remembers which layer a JSON object describes. Inputs belong to one model each: they have no state to share. */
export function rememberLayer<T extends object>(json: T, layer: Layer): T {
  if (isSerializedObject(json) && !(layer instanceof InputLayer)) layersOf.set(json.config, layer);
  return json;
}

/** The JSON of a model with a number on every layer that is in it twice, as Keras marks what is one object. */
export function numberShared(json: Config): Config {
  const counts = new Map<Layer, number>();
  const count = (value: Json): void => {
    if (!isRecord(value) && !Array.isArray(value)) return;
    const layer = layerAt(value);
    if (layer !== undefined) counts.set(layer, (counts.get(layer) ?? 0) + 1);
    for (const entry of Object.values(value)) count(entry as Json);
  };
  count(json);
  const shared = [...counts].filter(([, times]) => times > 1).map(([layer]) => layer);
  if (shared.length === 0) return json;
  const copy = (value: Json): Json => {
    if (Array.isArray(value)) return value.map((entry: Json) => copy(entry));
    if (!isRecord(value)) return value;
    const entries = Object.entries(value as Config).map(([key, entry]) => [key, copy(entry)] as const);
    const layer = layerAt(value);
    const id = layer === undefined ? -1 : shared.indexOf(layer);
    return { ...Object.fromEntries(entries), ...(id < 0 ? {} : { shared_object_id: id + 1 }) };
  };
  return copy(json) as Config;
}

function layerAt(value: unknown): Layer | undefined {
  return isSerializedObject(value) ? layersOf.get(value.config) : undefined;
}

/** The layers that were read so far of the model that is being read. */
interface Scope {
  readonly byId: Map<string, Layer>;
  readonly read: { readonly entry: object; readonly layer: Layer }[];
}

/** Configs are read synchronously, one model at a time. */
let scope: Scope | null = null;

/** Reads a model in which configs with one number stand for one layer. */
export function withSharedLayers<T>(read: () => T): T {
  const outer = scope;
  scope = { byId: new Map(), read: [] };
  try {
    return read();
  } finally {
    scope = outer;
  }
}

/** The layer that an entry of a config stands for: the one that was made of its like, if it is marked as shared. */
export function sharedLayer(entry: object, make: () => Layer): Layer {
  if (scope === null || ('class_name' in entry && entry.class_name === 'InputLayer')) return make();
  const id = 'shared_object_id' in entry ? String(entry.shared_object_id) : null;
  const known = id === null ? undefined : (scope.byId.get(id) ?? likeOf(scope, entry));
  const layer = known ?? make();
  if (id !== null) scope.byId.set(id, layer);
  if (known === undefined) scope.read.push({ entry, layer });
  return layer;
}

/** Keras does not mark the first place of a shared layer; but it describes the same layer, name and all. */
function likeOf({ read }: Scope, entry: object): Layer | undefined {
  const key = keyOf(entry);
  return read.find((other) => keyOf(other.entry) === key)?.layer;
}

function keyOf(entry: object): string {
  const { class_name: name, config } = entry as { readonly class_name?: unknown; readonly config?: unknown };
  return JSON.stringify([name, config], (key, value: unknown) => (key === 'shared_object_id' ? undefined : value));
}
