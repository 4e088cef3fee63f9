import type { IsLeaf, Tree } from '../../../core/tree.ts';

/** The inputs of a layer with several inputs. */
export type Several<T> = readonly T[] | { readonly [name: string]: T };

/** Options of a layer's `apply`. */
export interface ApplyOptions<Mask> {
  /**
   * Whether the layer is called to train: batch statistics, dropout. @default the mode of the enclosing call, else false
   */
  training?: boolean | null | undefined;
  /**
   * The boolean mask of the input, true for the entries to use; or a list with a mask, or null, for each of several inputs.
   * @default the masks attached to the inputs
   */
  mask?: Mask | readonly (Mask | null)[] | null | undefined;
}

/** Whether a value is a leaf, or a non-empty tree of arrays and plain records whose leaves all match. */
export function isTreeOf<T>(value: unknown, isLeaf: IsLeaf<T>): value is Tree<T> {
  if (isLeaf(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  const entries: readonly unknown[] = isPlain ? Object.values(value) : [];
  return entries.length > 0 && entries.every((entry) => isTreeOf(entry, isLeaf));
}
