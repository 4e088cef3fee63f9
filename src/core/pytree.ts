import { type IsLeaf, type Tree, fillTree, flatten, mapTree, treePaths } from './tree.ts';

/** A tree separated into a flat list of leaves and its structure. */
export interface FlatTree<T> {
  readonly leaves: readonly T[];
  readonly treedef: TreeDef;
}

/**
 * The structure of a tree without its leaves, as in JAX's pytrees. It does not refer to the original leaves.
 * @see https://docs.jax.dev/en/latest/pytrees.html
 */
export class TreeDef {
  /** The path of each leaf: `''` for a single leaf, else `[0]`, `.name`, `.a[1]`. */
  readonly paths: readonly string[];
  /** A string that is equal for trees of the same structure; empty for a single leaf. */
  readonly key: string;
  readonly #form: Tree<null>;

  constructor(form: Tree<null>) {
    this.#form = form;
    this.paths = treePaths(form, isNull);
    this.key = form === null ? '' : JSON.stringify(form);
  }

  /** Returns a tree of this structure with the given leaves. */
  unflatten<T>(leaves: readonly T[]): Tree<T> {
    return fillTree(this.#form, isNull, leaves);
  }
}

const isNull = (value: unknown): value is null => value === null;

/** Separates a tree into its leaves and its structure. */
export function flattenTree<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): FlatTree<T> {
  return { leaves: flatten(tree, isLeaf), treedef: new TreeDef(mapTree(tree, isLeaf, () => null)) };
}
