import { type PyTorchModule, comesBefore, companionOf } from './state/modules.ts';
import type { LayerFlow } from './flow.ts';
import type { Layer } from '../../keras/layers/base/layer.ts';
import type { Place } from './places.ts';

/**
 * The rule that matched a module: it is in `names`; it has the layer's name; it is the only one that fits by kind, shape and
 * order; or its name belongs to that of the preceding layer's module, as `bn1` to `conv1`.
 */
export type MatchedBy = 'names' | 'name' | 'order' | 'neighbour';

export interface Match {
  readonly place: Place;
  readonly module: PyTorchModule;
  readonly by: MatchedBy;
}

/** The result of matching. */
export interface Matching {
  readonly matches: readonly Match[];
  /** The slots with several remaining modules. */
  readonly ambiguous: readonly (readonly [place: Place, modules: readonly PyTorchModule[]])[];
  /** The slots that no module fits. */
  readonly missing: readonly Place[];
}

/** Finds the unique module for each slot. Ambiguous slots remain unmatched. */
export function match(
  places: readonly Place[],
  modules: readonly PyTorchModule[],
  flows: ReadonlyMap<Layer, LayerFlow>,
  named: ReadonlyMap<Place, PyTorchModule>,
): Matching {
  const matcher = new Matcher(places, modules, flows);
  for (const [place, module] of named) matcher.take(place, module, 'names');
  matcher.takeNamesakes();
  // Neighbors are used last and one at a time, since each match can determine others by the order.
  do matcher.takeWhatIsSure();
  while (matcher.takeNeighbour());
  return matcher.result();
}

const plainName = (name: string): string => name.replaceAll(/[./]/g, '_');

class Matcher {
  readonly #places: readonly Place[];
  readonly #flows: ReadonlyMap<Layer, LayerFlow>;
  /** Returns the remaining modules of each unmatched slot. */
  readonly #open = new Map<Place, Set<PyTorchModule>>();
  readonly #taken = new Map<Place, Match>();

  constructor(places: readonly Place[], modules: readonly PyTorchModule[], flows: ReadonlyMap<Layer, LayerFlow>) {
    this.#places = places;
    this.#flows = flows;
    for (const place of places) {
      this.#open.set(place, new Set(modules.filter((module) => 'values' in place.fit(module))));
    }
  }

  /** Whether a slot's input depends on another slot. */
  #isBefore(one: Place, other: Place): boolean {
    if (one.layer === other.layer) return one.part < other.part;
    return this.#flows.get(other.layer)?.predecessors.has(one.layer) ?? false;
  }

  take(place: Place, module: PyTorchModule, by: MatchedBy): void {
    this.#taken.set(place, { place, module, by });
    this.#open.delete(place);
    for (const [other, left] of this.#open) {
      left.delete(module);
      const [isBefore, isBehind] = [this.#isBefore(other, place), this.#isBefore(place, other)];
      for (const each of left) {
        if ((isBefore && comesBefore(module, each)) || (isBehind && comesBefore(each, module))) left.delete(each);
      }
    }
  }

  /** Matches layers to modules of the same name, if they fit. */
  takeNamesakes(): void {
    for (const [place, left] of [...this.#open]) {
      const sharing = this.#places.filter(({ layer }) => layer === place.layer);
      const own = [...left].filter(({ prefix }) => plainName(prefix) === plainName(place.layer.name));
      const [module] = own;
      if (module !== undefined && own.length === 1 && sharing.length === 1) this.take(place, module, 'name');
    }
  }

  takeWhatIsSure(): void {
    let isNew = true;
    while (isNew) {
      isNew = false;
      for (const group of this.#groups()) this.#narrow(group);
      for (const [place, module] of this.#sure()) {
        if (this.#open.get(place)?.has(module) !== true) continue;
        this.take(place, module, 'order');
        isNew = true;
      }
    }
  }

  /** Groups slots that share candidate modules, directly or transitively. */
  #groups(): readonly Group[] {
    const groups: Group[] = [];
    const visited = new Set<Place>();
    for (const start of this.#open.keys()) {
      if (visited.has(start)) continue;
      const places = new Set([start]);
      const modules = new Set<PyTorchModule>();
      for (const place of places) {
        visited.add(place);
        for (const module of this.#open.get(place) ?? []) {
          if (modules.has(module)) continue;
          modules.add(module);
          for (const [other, left] of this.#open) if (left.has(module)) places.add(other);
        }
      }
      groups.push({ places: [...places], modules: [...modules] });
    }
    return groups;
  }

  /**
   * With as many modules as slots, every module has a slot: the modules before a module need slots that are not after its
   * slot, and vice versa.
   */
  #narrow({ places, modules }: Group): void {
    if (places.length !== modules.length) return;
    const before = new Map(
      modules.map((module) => [module, modules.filter((each) => comesBefore(each, module)).length]),
    );
    const after = new Map(
      modules.map((module) => [module, modules.filter((each) => comesBefore(module, each)).length]),
    );
    for (const place of places) {
      const free = places.length - 1;
      const later = places.filter((other) => this.#isBefore(place, other)).length;
      const earlier = places.filter((other) => this.#isBefore(other, place)).length;
      const left = this.#open.get(place);
      for (const module of left ?? []) {
        const fits = (before.get(module) ?? 0) <= free - later && (after.get(module) ?? 0) <= free - earlier;
        if (!fits) left?.delete(module);
      }
    }
  }

  /** Matches slots with a single candidate, and modules with a single slot. */
  #sure(): readonly (readonly [Place, PyTorchModule])[] {
    const found: (readonly [Place, PyTorchModule])[] = [];
    for (const { places, modules } of this.#groups()) {
      // With too few modules, the slot of a missing one is unknown.
      if (places.length > modules.length) continue;
      const single = places.filter((place) => this.#open.get(place)?.size === 1);
      for (const place of single) {
        const [module] = this.#open.get(place) ?? [];
        const rivals = single.filter((other) => module !== undefined && this.#open.get(other)?.has(module) === true);
        if (module !== undefined && rivals.length === 1) found.push([place, module]);
      }
      if (places.length !== modules.length) continue;
      for (const module of modules) {
        const [only, second] = places.filter((place) => this.#open.get(place)?.has(module) === true);
        if (only !== undefined && second === undefined) found.push([only, module]);
      }
    }
    return found;
  }

  /** Matches the first slot that a neighbor determines to the module that belongs to the neighbor's. */
  takeNeighbour(): boolean {
    for (const [place, left] of this.#open) {
      const nearest = this.#flows.get(place.layer)?.nearest ?? [];
      const [neighbour, another] = nearest;
      if (neighbour === undefined || another !== undefined) continue;
      const taken = [...this.#taken.values()].filter((each) => each.place.layer === neighbour).at(-1);
      const module = taken === undefined ? null : companionOf(taken.module, [...left]);
      if (module === null) continue;
      // Two branches after one layer cannot both be its successor.
      const rivals = [...this.#open].filter(
        ([other, others]) =>
          other !== place && others.has(module) && this.#flows.get(other.layer)?.nearest.includes(neighbour),
      );
      if (rivals.length > 0) continue;
      this.take(place, module, 'neighbour');
      return true;
    }
    return false;
  }

  result(): Matching {
    const open = [...this.#open].map(([place, left]) => [place, [...left]] as const);
    return {
      matches: this.#places.map((place) => this.#taken.get(place)).filter((found) => found !== undefined),
      ambiguous: open.filter(([, left]) => left.length > 0),
      missing: open.filter(([, left]) => left.length === 0).map(([place]) => place),
    };
  }
}

interface Group {
  readonly places: readonly Place[];
  readonly modules: readonly PyTorchModule[];
}
