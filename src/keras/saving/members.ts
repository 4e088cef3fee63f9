import { isPlainRecord } from '../../core/config.ts';
import { hasTrackedState } from '../../core/tracking.ts';

/** A member of an object, or the members of a container in one of its fields. */
export type Nested<T> = T | readonly Nested<T>[];

/** Whether members are those of a container. */
export function isNested<T>(value: Nested<T>): value is readonly Nested<T>[] {
  return Array.isArray(value);
}

/**
 * The members of a kind in each field of an object: direct ones, and those in lists, records, Map, Set and objects of other
 * classes, nested to any depth. Tracking and saving both find what an object holds by this function. Members are not
 * searched, nor are objects that answer for themselves.
 */
export function membersOf<T>(
  owner: object,
  isMember: (value: unknown) => value is T,
): readonly (readonly [field: string, members: Nested<T>])[] {
  return Object.entries(owner).flatMap(([field, value]) => {
    if (value === owner) return [];
    const [found] = search(value, owner, isMember);
    return found === undefined ? [] : [[field, found] as const];
  });
}

/** The same as a flat list, each member once. */
export function flatMembersOf<T>(owner: object, isMember: (value: unknown) => value is T): readonly T[] {
  const pending: Nested<T>[] = membersOf(owner, isMember)
    .map(([, members]) => members)
    .reverse();
  const found = new Set<T>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isNested(next)) for (let i = next.length - 1; i >= 0; i--) pending.push(next[i] as Nested<T>);
    else found.add(next);
  }
  return [...found];
}

/** A container under search: the members in it, and the list of the container around it. */
interface Container<T> {
  readonly inside: Nested<T>[];
  readonly around: Nested<T>[];
  /** Whether Keras counts it among the containers of a list, even if it is empty. */
  readonly isCounted: boolean;
}

/** Searches a value with an own stack, since containers may be nested deeply. Returns the members, or an empty list. */
function search<T>(root: unknown, owner: object, isMember: (value: unknown) => value is T): readonly Nested<T>[] {
  const top: Nested<T>[] = [];
  const visited = new Set<unknown>([owner]);
  const containers: Container<T>[] = [];
  const pending: (readonly [value: unknown, around: Nested<T>[]])[] = [[root, top]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [value, around] = next;
    if (value === owner || typeof value !== 'object' || value === null) continue;
    if (isMember(value)) {
      around.push(value);
      continue;
    }
    const contents = visited.has(value) ? [] : contentsOf(value);
    if (contents.length === 0) continue;
    visited.add(value);
    const inside: Nested<T>[] = [];
    around.push(inside);
    containers.push({
      inside,
      around,
      isCounted: Array.isArray(value) || value instanceof Map || isPlainRecord(value),
    });
    for (let i = contents.length - 1; i >= 0; i--) pending.push([contents[i], inside]);
  }
  prune(containers, top);
  return top;
}

/** Removes containers without members, except those that Keras numbers. */
function prune<T>(containers: readonly Container<T>[], top: Nested<T>[]): void {
  const full = new Set<unknown>();
  for (const { inside, around, isCounted } of [...containers].reverse()) {
    if (inside.some((each) => !isNested(each) || full.has(each))) full.add(inside);
    else if (!isCounted || around === top) around.splice(around.indexOf(inside), 1);
  }
}

/** The values in a container; empty for anything that cannot be searched. */
function contentsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) || hasTrackedState(value)) return [];
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  return Object.values(value);
}
