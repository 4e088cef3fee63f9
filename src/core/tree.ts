/** An item, or arbitrarily nested arrays and records of items, such as several inputs or outputs. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** Distinguishes items from the arrays and records that contain them. */
export type IsLeaf<T> = (value: unknown) => value is T;

/** Returns the items of a tree, depth first; records in the order of their keys. */
export function flatten<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): readonly T[] {
  if (isLeaf(tree)) return [tree];
  const children: readonly Tree<T>[] = Array.isArray(tree)
    ? (tree as readonly Tree<T>[])
    : Object.values(tree as { readonly [key: string]: Tree<T> });
  return children.flatMap((child) => flatten(child, isLeaf));
}

/** Returns a tree of the same structure with each item replaced. */
export function mapTree<T, U>(tree: Tree<T>, isLeaf: IsLeaf<T>, replace: (item: T) => U): Tree<U> {
  if (isLeaf(tree)) return replace(tree);
  if (Array.isArray(tree)) return (tree as readonly Tree<T>[]).map((child) => mapTree(child, isLeaf, replace));
  const entries = Object.entries(tree as { readonly [key: string]: Tree<T> });
  return Object.fromEntries(entries.map(([key, child]) => [key, mapTree(child, isLeaf, replace)]));
}

/** Returns a tree of the same structure with other items, in the order of {@link flatten}. */
export function fillTree<T, U>(tree: Tree<T>, isLeaf: IsLeaf<T>, items: readonly U[]): Tree<U> {
  let next = 0;
  return mapTree(tree, isLeaf, () => items[next++] as U);
}

/** Returns the path of each item, in the order of {@link flatten}: `''` for a single item, else `[0]`, `.name`, `.a[1]`. */
export function treePaths<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): readonly string[] {
  if (isLeaf(tree)) return [''];
  const isList = Array.isArray(tree);
  const entries = Object.entries(tree as { readonly [key: string]: Tree<T> });
  return entries.flatMap(([key, child]) =>
    treePaths(child, isLeaf).map((rest) => `${isList ? `[${key}]` : `.${key}`}${rest}`),
  );
}

/** Replaces a list of one item with the item, as Keras does. */
export function unwrapSingle<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): Tree<T> {
  if (!Array.isArray(tree) || tree.length !== 1) return tree;
  const [only] = flatten(tree as Tree<T>, isLeaf);
  return only ?? tree;
}

/** Whether a tree contains a record of several items, whose order means nothing. */
export function namesSeveral<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): boolean {
  if (isLeaf(tree)) return false;
  if (!Array.isArray(tree) && flatten(tree, isLeaf).length > 1) return true;
  return Object.values<Tree<T>>(tree as readonly Tree<T>[]).some((child) => namesSeveral(child, isLeaf));
}
