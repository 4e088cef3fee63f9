import type { ArrayData } from '../../../core/array-data.ts';
import { isPlainRecord } from '../../../core/config.ts';
import { show } from '../../../core/errors.ts';
import { type ImageDataLike, type NestedArray, type Tensor, isArrayLike } from '../../../core/tensor.ts';
import { type Operand, toValue } from '../../../compiler/builder/operand.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { type KerasTensor, isKerasTensor } from './keras-tensor.ts';

/**
 * Operands in nested arrays and records; null for none. An array of numbers alone is one operand. An array that contains a
 * value, a tensor, a variable or a record is a list.
 */
export type Structure = Operand | null | readonly Structure[] | { readonly [name: string]: Structure };

/** A {@link Structure} whose operands may also be symbolic tensors. */
export type SymbolicStructure =
  Operand | KerasTensor | null | readonly SymbolicStructure[] | { readonly [name: string]: SymbolicStructure };

type Leaf = Value | Variable | Tensor | KerasTensor | NestedArray | ArrayData | ImageDataLike;

/** The structure of T with other leaves. */
type WithLeaves<T, Other> = T extends null | undefined
  ? null
  : T extends Leaf
    ? Other
    : { [Name in keyof T]: WithLeaves<T[Name], Other> };

/** The structure of T with values in the place of operands. */
export type ValuesOf<T> = WithLeaves<T, Value>;

/** Whether T contains a symbolic tensor, at most four levels deep: types that contain themselves have no end. */
type HasSymbol<T, Depth extends readonly unknown[] = []> = T extends KerasTensor
  ? true
  : T extends Leaf | null | undefined
    ? false
    : Depth['length'] extends 4
      ? false
      : T extends readonly (infer Entry)[]
        ? HasSymbol<Entry, [...Depth, Entry]>
        : T extends object
          ? HasSymbol<T[keyof T], [...Depth, T]>
          : false;

/** The structure of Result: of values, or of symbolic tensors where Given contains some. */
export type ComputedFrom<Given, Result> =
  true extends HasSymbol<Given> ? WithLeaves<Result, KerasTensor> : WithLeaves<Result, Value>;

/** A structure without its leaves: `true` in the place of a leaf. */
type Form = true | null | readonly Form[] | { readonly [name: string]: Form };

/** A structure and its leaves, depth first, records in the order of their names. */
export class Flat {
  readonly leaves: readonly unknown[];
  /** A string that structures of one form share. */
  readonly key: string;
  readonly #form: Form;

  private constructor(leaves: readonly unknown[], form: Form) {
    this.leaves = leaves;
    this.#form = form;
    this.key = JSON.stringify(form);
  }

  /** @throws TypeError if something is neither an operand nor an array or a record. */
  static of(who: string, argument: string, given: unknown): Flat {
    const leaves: unknown[] = [];
    const read = (part: unknown): Form => {
      if (part === null || part === undefined) return null;
      if (isLeaf(part)) {
        leaves.push(part);
        return true;
      }
      if (Array.isArray(part)) return part.map(read);
      if (isPlainRecord(part)) {
        const names = Object.keys(part).toSorted((a, b) => (a < b ? -1 : 1));
        return Object.fromEntries(names.map((name) => [name, read(part[name])]));
      }
      throw new TypeError(
        `[${who}] ${argument} must be numbers, tensors, values, or arrays and records of them. Received: ${show(part)}.`,
      );
    };
    const form = read(given);
    return new Flat(leaves, form);
  }

  /** A list of structures: numbers in it are operands, not the elements of one. */
  static entries(who: string, argument: string, given: readonly unknown[]): Flat {
    const parts = given.map((part, i) => Flat.of(who, `${argument}[${i}]`, part));
    return new Flat(
      parts.flatMap(({ leaves }) => leaves),
      parts.map((part) => part.#form),
    );
  }

  /** Whether a leaf is a symbolic tensor. */
  get isSymbolic(): boolean {
    return this.leaves.some(isKerasTensor);
  }

  /** The leaves as values. @throws TypeError for a symbolic tensor, which has no value in a function. */
  values(who: string): readonly Value[] {
    return this.leaves.map((leaf) => {
      if (!isKerasTensor(leaf)) return toValue(leaf as Operand);
      throw new TypeError(
        `[${who}] a function must compute with the values that it receives, not with symbolic tensors around it. Received: ${leaf.toString()}. Pass it as an operand.`,
      );
    });
  }

  /** The structure with other leaves. */
  restore(leaves: readonly unknown[]): unknown {
    let next = 0;
    const write = (form: Form): unknown => {
      if (form === true) return leaves[next++];
      if (form === null) return null;
      if (Array.isArray(form)) return form.map(write);
      return Object.fromEntries(Object.entries(form).map(([name, part]) => [name, write(part)]));
    };
    return write(this.#form);
  }
}

function isLeaf(part: unknown): boolean {
  if (isValue(part) || part instanceof Variable || isKerasTensor(part) || isArrayLike(part)) return true;
  return typeof part === 'number' || typeof part === 'boolean' || isNumbers(part);
}

/** Whether something is an array of numbers at every depth. */
function isNumbers(part: unknown): boolean {
  if (!Array.isArray(part) || part.length === 0) return false;
  const entries: readonly unknown[] = part;
  return entries.every((entry) => typeof entry === 'number' || typeof entry === 'boolean' || isNumbers(entry));
}
