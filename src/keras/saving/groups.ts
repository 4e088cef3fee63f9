import type { StoredArray, StoredAttribute, StoredGroup } from '../../formats/arrays/stored.ts';

/** The child at `a/b/c` under a group; undefined if there is none. */
export function childAt(root: StoredGroup, path: string): StoredGroup | StoredArray | undefined {
  let found: StoredGroup | StoredArray | undefined = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    found = found?.kind === 'group' ? found.children.get(name) : undefined;
  }
  return found;
}

/** The group at `a/b/c`; undefined if there is none, or if it is an array. */
export function groupAt(root: StoredGroup, path: string): StoredGroup | undefined {
  const found = childAt(root, path);
  return found?.kind === 'group' ? found : undefined;
}

/** A tree of groups under construction. */
export class GroupBuilder {
  readonly #attributes = new Map<string, StoredAttribute>();
  readonly #children = new Map<string, GroupBuilder | StoredArray>();

  /** Returns the group at `a/b/c`, which is created if it does not exist. */
  group(path: string): GroupBuilder {
    const [first = '', ...rest] = path.split('/').filter((part) => part !== '');
    if (first === '') return this;
    const there = this.#children.get(first);
    const child = there instanceof GroupBuilder ? there : new GroupBuilder();
    this.#children.set(first, child);
    return child.group(rest.join('/'));
  }

  /** Adds an array at `a/b/c`. */
  add(path: string, array: StoredArray): void {
    const end = path.lastIndexOf('/');
    this.group(path.slice(0, Math.max(end, 0))).#children.set(path.slice(end + 1), array);
  }

  set(attribute: string, value: StoredAttribute): void {
    this.#attributes.set(attribute, value);
  }

  build(): StoredGroup {
    const children = [...this.#children].map(
      ([name, child]) => [name, child instanceof GroupBuilder ? child.build() : child] as const,
    );
    return { kind: 'group', attributes: this.#attributes, children: new Map(children) };
  }
}

/** Merges the trees of several files: groups with equal paths become one group. */
export function mergeGroups(groups: readonly StoredGroup[]): StoredGroup {
  const children = new Map<string, StoredGroup | StoredArray>();
  for (const group of groups) {
    for (const [name, child] of group.children) {
      const there = children.get(name);
      const both = there?.kind === 'group' && child.kind === 'group';
      children.set(name, both ? mergeGroups([there, child]) : child);
    }
  }
  return { kind: 'group', attributes: new Map(groups.flatMap(({ attributes }) => [...attributes])), children };
}

/** The number of elements of all arrays in a tree. */
export function countElements(tree: StoredGroup | StoredArray): number {
  if (tree.kind === 'array') return tree.data.length;
  return [...tree.children.values()].reduce((sum, child) => sum + countElements(child), 0);
}
