import type { IsLeaf, Tree } from '../../../core/tree.ts';

/** The same tree with the keys of its records sorted, which is Keras's order. */
export function sortKeys<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): Tree<T> {
  if (isLeaf(tree)) return tree;
  if (Array.isArray(tree)) return (tree as readonly Tree<T>[]).map((child) => sortKeys(child, isLeaf));
  const entries = Object.entries(tree as { readonly [key: string]: Tree<T> });
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, child]) => [key, sortKeys(child, isLeaf)]));
}
