import { isRecord } from '../../core/config.ts';
import { hasSavedState, hasTrackedState } from '../../core/tracking.ts';
import { classNameOf } from './class-name.ts';
import {
  KerasSaveable,
  type SavableLayer,
  type SavedVariable,
  type Saveable,
  type SaveableList,
  holdsVocabulary,
  isSavableModel,
} from './keras-saveable.ts';
import { type Nested, isNested, membersOf } from './members.ts';

/**
 * The tree of saveables in a model or a layer: its layers, the layers in them, and the optimizer.
 * @param classNames the names of the classes of layers in the file that is read, where they differ from those of the model
 */
export function saveableTree(
  root: SavableLayer,
  includeOptimizer = true,
  classNames: ReadonlyMap<object, string> = new Map(),
): Saveable {
  return new TreeBuilder(root, includeOptimizer, classNames).build(root);
}

const isLayer = (value: unknown): value is SavableLayer => value instanceof KerasSaveable;

/** An object with state that is no layer: a metric or an optimizer. */
interface StateHolder {
  readonly name: string;
}

// Objects without a name are no parts of files: the states that recurrent layers keep between batches.
const isHolder = (value: unknown): value is StateHolder =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  (hasSavedState(value) || (hasTrackedState(value) && value.trackedState.length > 0));
const isMember = (value: unknown): value is SavableLayer | StateHolder => isLayer(value) || isHolder(value);

const stateOf = (holder: StateHolder): readonly SavedVariable[] =>
  (hasSavedState(holder) ? holder.savedState : hasTrackedState(holder) ? holder.trackedState : []) as SavedVariable[];

const childrenOf = (holder: StateHolder): readonly [string, StateHolder | readonly StateHolder[]][] =>
  Object.entries((hasSavedState(holder) ? holder.savedChildren : null) ?? {});

/** Makes one saveable per layer, even if several attributes hold it. */
class TreeBuilder {
  readonly #built = new Map<SavableLayer | StateHolder, Saveable>();
  readonly #root: SavableLayer;
  readonly #includeOptimizer: boolean;
  readonly #classNames: ReadonlyMap<object, string>;

  constructor(root: SavableLayer, includeOptimizer: boolean, classNames: ReadonlyMap<object, string>) {
    this.#root = root;
    this.#includeOptimizer = includeOptimizer;
    this.#classNames = classNames;
  }

  build(layer: SavableLayer): Saveable {
    const built = this.#built.get(layer);
    if (built !== undefined) return built;
    const children: [string, Saveable | SaveableList][] = [];
    const saveable: Saveable = {
      name: layer.name,
      className: this.#classNames.get(layer) ?? kerasNameOf(layer),
      ownVariables: layer.storedWeights,
      halfType: layer.dtypePolicy.halfType,
      children,
      ...(holdsVocabulary(layer) ? { vocabulary: layer } : {}),
    };
    this.#built.set(layer, saveable);
    children.push(...this.#childrenOf(layer));
    return saveable;
  }

  /** The saveables that Keras finds in the attributes of a layer, in the order in which it visits them. */
  #childrenOf(layer: SavableLayer): readonly [string, Saveable | SaveableList][] {
    const found = new Map<string, Saveable | SaveableList>();
    for (const [field, members] of membersOf(layer, isMember))
      found.set(attributeOf(field, layer), this.#childOf(members));
    if (!isSavableModel(layer)) return inKerasOrder(found);
    if (layer === this.#root && this.#includeOptimizer && layer.compiled) {
      found.set('optimizer', this.#holder(layer.optimizer));
    }
    const layers = layer.layers.map((each) => this.build(each));
    if (layer.hasGraph) return [['layers', layers], ...inKerasOrder(found)];
    return inKerasOrder(found.set('layers', layers));
  }

  #childOf(members: Nested<SavableLayer | StateHolder>): Saveable | SaveableList {
    if (isNested(members)) return members.map((each) => this.#childOf(each));
    return isLayer(members) ? this.build(members) : this.#holder(members);
  }

  #holder(holder: StateHolder): Saveable {
    const built = this.#built.get(holder);
    if (built !== undefined) return built;
    const { name, constructor } = holder;
    const saveable: Saveable = {
      name,
      className: classNameOf(constructor),
      get ownVariables() {
        return stateOf(holder);
      },
      children: childrenOf(holder).map(([field, child]) => [attributeOf(field, holder), this.#childOf(child)] as const),
      ...(hasSavedState(holder) ? { makeSlots: this.#makerOfSlots(holder) } : {}),
    };
    this.#built.set(holder, saveable);
    return saveable;
  }

  /** Builds the optimizer that the model was compiled with; the variables of other optimizers are unknown. */
  #makerOfSlots(holder: StateHolder): () => void {
    const root = this.#root;
    return () => {
      if (isSavableModel(root) && root.compiled && holder === root.optimizer)
        root.optimizer.build(root.trainableWeights);
    };
  }
}

/** The name of a layer's class in Keras: a class that Keras has under another name declares `kerasClassName`. */
function kerasNameOf({ constructor, className }: SavableLayer): string {
  // A subclass is a different class, and does not inherit the name.
  const name: unknown = Object.hasOwn(constructor, 'kerasClassName')
    ? Reflect.get(constructor, 'kerasClassName')
    : null;
  return typeof name === 'string' ? name : className;
}

/** The name that a field has in Python: `firstBlock` is `first_block`, unless the class declares another in `kerasAttributes`. */
function attributeOf(field: string, owner: object): string {
  const declared: unknown = Reflect.get(owner.constructor, 'kerasAttributes');
  const name = isRecord(declared) ? declared[field] : undefined;
  if (typeof name === 'string') return name;
  return field.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Sorts attributes by name; those that begin with an underscore come last. */
function inKerasOrder<T>(found: ReadonlyMap<string, T>): [string, T][] {
  const key = (name: string): string => (name.startsWith('_') ? `~${name}` : name);
  return [...found].sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
}
