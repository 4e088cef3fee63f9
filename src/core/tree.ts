/** One item, or items in arrays and records, to any depth: how several inputs or outputs are given. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** Tells an item from the arrays and records that hold items. */
export type IsLeaf<T> = (value: unknown) => value is T;

/** The items of a tree, depth first; records in the order of their keys. */
export function flatten<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): readonly T[] {
  if (isLeaf(tree)) return [tree];
  const children: readonly Tree<T>[] = Array.isArray(tree)
    ? (tree as readonly Tree<T>[])
    : Object.values(tree as { readonly [key: string]: Tree<T> });
  return children.flatMap((child) => flatten(child, isLeaf));
}

/** A tree of the same form with each item replaced. */
export function mapTree<T, U>(tree: Tree<T>, isLeaf: IsLeaf<T>, replace: (item: T) => U): Tree<U> {
  if (isLeaf(tree)) return replace(tree);
  if (Array.isArray(tree)) return (tree as readonly Tree<T>[]).map((child) => mapTree(child, isLeaf, replace));
  const entries = Object.entries(tree as { readonly [key: string]: Tree<T> });
  return Object.fromEntries(entries.map(([key, child]) => [key, mapTree(child, isLeaf, replace)]));
}

/** A tree of the same form filled with other items, in the order of {@link flatten}. */
export function fillTree<T, U>(tree: Tree<T>, isLeaf: IsLeaf<T>, items: readonly U[]): Tree<U> {
  let next = 0;
  return mapTree(tree, isLeaf, () => items[next++] as U);
}

/** Where each item stands, in the order of {@link flatten}: `''` for a tree that is one item, else `[0]`, `.name`, `.a[1]`. */
export function treePaths<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): readonly string[] {
  if (isLeaf(tree)) return [''];
  const isList = Array.isArray(tree);
  const entries = Object.entries(tree as { readonly [key: string]: Tree<T> });
  return entries.flatMap(([key, child]) =>
    treePaths(child, isLeaf).map((rest) => `${isList ? `[${key}]` : `.${key}`}${rest}`),
  );
}
