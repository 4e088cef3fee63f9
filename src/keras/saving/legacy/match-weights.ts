import type { StoredArray } from '../../../formats/arrays/stored.ts';
import type { SavedVariable } from '../keras-saveable.ts';
import { type QuantizationMode, dequantize } from '../quantized-weights.ts';

/** A weight in a file, and its name there: `dense/kernel:0`. */
export interface NamedArray {
  readonly name: string;
  readonly array: StoredArray;
}

/**
 * The weights of a layer in a file in the order of the layer's variables. If the names of both are the same they decide;
 * otherwise the order does, as in Keras. The order of the weights in a model inside another depends on `trainable`, which may
 * have changed since the file was written: trainable weights come first.
 */
export function inOrderOf(variables: readonly SavedVariable[], arrays: readonly NamedArray[]): readonly NamedArray[] {
  const paths = variables.map(({ path }) => path);
  const names = arrays.map(({ name }) => name);
  for (const keysOf of [shortNames, fullNames, rankedNames]) {
    const keys = keysOf(names);
    const found = new Map(arrays.map((each, i) => [keys[i], each]));
    const matched = keysOf(paths).flatMap((key) => found.get(key) ?? []);
    if (found.size === arrays.length && new Set(matched).size === variables.length) return matched;
  }
  return arrays;
}

const lastParts = (path: string, count: number): string => path.replace(/:0$/, '').split('/').slice(-count).join('/');
const shortNames = (paths: readonly string[]): readonly string[] => paths.map((path) => lastParts(path, 2));
const fullNames = (paths: readonly string[]): readonly string[] => paths.map((path) => lastParts(path, Infinity));

/**
 * Names in which the numbers of layers are relative: `dense_4` and `dense_7` are the layers 0 and 1 of the name `dense`. The
 * automatic names of the layers of equal models differ by the number of layers that were made before.
 */
function rankedNames(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => {
    const [owner = '', name = ''] = lastParts(path, 2).split('/');
    const [, base = owner, number = '0'] = /^(.*?)(?:_(\d+))?$/.exec(owner) ?? [];
    return { base, number: Number(number), name };
  });
  const numbers = new Map<string, number[]>();
  for (const { base, number } of parts) numbers.set(base, [...(numbers.get(base) ?? []), number]);
  const ranks = new Map([...numbers].map(([base, all]) => [base, [...new Set(all)].sort((a, b) => a - b)]));
  return parts.map(({ base, number, name }) => `${base}/${String(ranks.get(base)?.indexOf(number))}/${name}`);
}

/** The weights of a layer in a file, dequantized, in the order of the layer's variables. */
export interface DequantizedArrays {
  /** The quantized layers by name. */
  readonly quantized: readonly { readonly owner: string; readonly mode: QuantizationMode }[];
  readonly arrays: readonly NamedArray[];
}

/** Dequantizes the weights of a layer and of the layers in it; null if they are not those of quantized layers. */
export function dequantizeNamed(
  variables: readonly SavedVariable[],
  arrays: readonly NamedArray[],
): DequantizedArrays | null {
  const stored = byOwner(arrays, ({ name }) => name);
  const owners = byOwner(variables, ({ path }) => path);
  if (stored.size !== owners.size) return null;
  const inOrder = [...stored.values()];
  const hasNames = [...owners.keys()].every((name) => stored.has(name));
  const quantized: { owner: string; mode: QuantizationMode }[] = [];
  const read = new Map<SavedVariable, NamedArray>();
  for (const [i, [owner, own]] of [...owners].entries()) {
    const named = (hasNames ? stored.get(owner) : inOrder[i]) ?? [];
    const found = new Map(named.map((each) => [lastParts(each.name, 1), each]));
    const plain = new Map([...found].map(([name, { array }]) => [name, array]));
    const dequantized = named.length === own.length ? null : dequantize(own, plain);
    if (dequantized !== null) quantized.push({ owner, mode: dequantized.mode });
    for (const [k, variable] of own.entries()) {
      const there = found.get(variable.name);
      const array = dequantized === null ? there?.array : dequantized.arrays?.[k];
      if (there === undefined || array === undefined) return null;
      read.set(variable, { name: there.name, array });
    }
  }
  return { quantized, arrays: variables.flatMap((variable) => read.get(variable) ?? []) };
}

/** Weights by the layers that own them: by the part of the path before the name. */
function byOwner<T>(all: readonly T[], pathOf: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const each of all) {
    const owner = pathOf(each).split('/').at(-2) ?? '';
    found.set(owner, [...(found.get(owner) ?? []), each]);
  }
  return found;
}
