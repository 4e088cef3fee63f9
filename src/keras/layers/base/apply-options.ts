import type { IsLeaf, Tree } from '../../../core/tree.ts';

/** The inputs of a layer that takes several. */
export type Several<T> = readonly T[] | { readonly [name: string]: T };

/** Options of a layer's `apply`. */
export interface ApplyOptions<Mask> {
  /**
   * Whether the layer is called to train: batch statistics, dropout. @default the mode of the enclosing call, else false
   */
  training?: boolean | null | undefined;
  /** Which entries of the input count. @default the mask attached to the input */
  mask?: Mask | null | undefined;
}

/** Whether a value is an item, or arrays and records of nothing but items. Nested numbers are told by the first. */
export function isTreeOf<T>(value: unknown, isLeaf: IsLeaf<T>): value is Tree<T> {
  if (isLeaf(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  const entries: readonly unknown[] = isPlain ? Object.values(value) : [];
  return entries.length > 0 && entries.every((entry) => isTreeOf(entry, isLeaf));
}
