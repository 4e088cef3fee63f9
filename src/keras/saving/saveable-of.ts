import { isRecord } from '../../core/config.ts';
import { Layer } from '../layers/base/layer.ts';
import { layerClasses } from '../layers/serialization.ts';
import { kerasClassName } from './keras/dialect.ts';
import type { LayerwiseModel, Saveable, SaveableList } from './saveable.ts';
import { type FileModel, isFileModel } from './file-model.ts';

/** A model as files see it: its layers, what they hold, and its optimizer. */
export function saveableOf(model: FileModel, includeOptimizer = true): Saveable {
  return new Saveables(model, includeOptimizer).of(model);
}

/** One saveable for each layer, however often it is met. */
class Saveables {
  readonly #made = new Map<Layer, Saveable>();
  readonly #root: FileModel;
  readonly #includeOptimizer: boolean;

  constructor(root: FileModel, includeOptimizer: boolean) {
    this.#root = root;
    this.#includeOptimizer = includeOptimizer;
  }

  of(layer: Layer): Saveable {
    const made = this.#made.get(layer);
    if (made !== undefined) return made;
    const children: [string, Saveable | SaveableList][] = [];
    const saveable: Saveable = {
      name: layer.name,
      className: classNameInKeras(layer),
      ownVariables: layer.ownWeights,
      children,
    };
    this.#made.set(layer, saveable);
    children.push(...this.#childrenOf(layer));
    return saveable;
  }

  /** What Keras finds in the attributes of a layer, in the order in which it looks. */
  #childrenOf(layer: Layer): readonly [string, Saveable | SaveableList][] {
    const found = new Map<string, Saveable | SaveableList>();
    for (const [field, value] of Object.entries(layer)) {
      const child = this.#childOf(value, new Set([layer]));
      if (child !== null) found.set(attributeOf(field), child);
    }
    const optimizer = layer === this.#root && this.#includeOptimizer ? this.#optimizer() : null;
    if (optimizer !== null) found.set('optimizer', optimizer);
    if (!isFileModel(layer)) return inKerasOrder(found);
    const layers = layer.layers.map((each) => this.of(each));
    if (layer.hasGraph) return [['layers', layers], ...inKerasOrder(found)];
    return inKerasOrder(found.set('layers', layers));
  }

  /** A layer, or the layers in a list or a record; null if there are none. */
  #childOf(value: unknown, around: ReadonlySet<unknown>): Saveable | SaveableList | null {
    if (value instanceof Layer) return around.has(value) ? null : this.of(value);
    const isPlain = Array.isArray(value) || (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype);
    if (!isPlain || around.has(value)) return null;
    const inside = new Set([...around, value]);
    const members = Object.values(value as object).map((member) => this.#childOf(member, inside));
    const some = members.filter((member) => member !== null);
    return some.length === 0 ? null : some;
  }

  #optimizer(): Saveable | null {
    const { optimizer, trainableWeights } = this.#root;
    if (optimizer === null) return null;
    return {
      name: optimizer.name,
      className: optimizer.constructor.name,
      get ownVariables() {
        return optimizer.variables;
      },
      children: [],
      makeSlots: () => optimizer.build(trainableWeights),
    };
  }
}

/** The name of the class in Keras, where it has one of the built-in classes. */
function classNameInKeras(layer: Layer): string {
  const { className } = layer;
  const isBuiltin =
    Object.hasOwn(layerClasses, className) && (layerClasses[className] as unknown) === layer.constructor;
  return isBuiltin ? kerasClassName(className) : className;
}

/** The name that a field has in Python: `firstBlock` is `first_block`. */
function attributeOf(field: string): string {
  return field.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** By name; those that begin with an underscore come last. */
function inKerasOrder<T>(found: ReadonlyMap<string, T>): [string, T][] {
  const key = (name: string): string => (name.startsWith('_') ? `~${name}` : name);
  return [...found].sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
}

/** A model as the older files see it. */
export function layerwise(model: FileModel): LayerwiseModel {
  return {
    layers: model.layers.map((layer) => ({
      name: layer.name,
      weights: [...layer.trainableWeights, ...layer.nonTrainableWeights],
    })),
    ownWeights: model.ownWeights,
  };
}
